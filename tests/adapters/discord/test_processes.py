"""`./run discord` as processes on the double: killed with every kind of view and modal open, away, slow, watched."""

import asyncio
import contextlib
import datetime as dt
import json
import pathlib
import re
import signal
import sqlite3
import subprocess
import sys
from collections import Counter
from collections.abc import AsyncIterator, Iterator

import pytest

from bot.faq.matcher import Matcher
from tests.doubles.discord import DiscordDouble, Interaction, Member, Message
from tests.operators import ROOT, Installation

SECONDS = 20.0  # for anything that a process is waited for
PAGE_1 = {"level": "confidential", "kind": "idea"}
BEFORE_EFFECTS = ("feedback", "2", "an idea", "skip", "skip", "skip", "Ask us first.")
AFTER_EFFECTS = ("skip", "skip", "skip", "no", "no")
GOALS = "What are the three goals?"
DEBUG = "import logging; logging.basicConfig(level=logging.DEBUG); logging.getLogger().setLevel(logging.DEBUG)\n"


class Program:
    """One process at a time, that can be killed; `log`: all that they printed."""

    def __init__(self, here: Installation, double: DiscordDouble, log: pathlib.Path) -> None:
        self.here, self.double, self.log = here, double, log
        self.process: subprocess.Popen[bytes] | None = None

    async def start(self, **settings: str) -> None:
        mine = {"DISCORD_TOKEN": self.double.token, "DISCORD_API_URL": self.double.url}
        with self.log.open("ab") as told:
            self.process = subprocess.Popen(  # noqa: ASYNC220
                [sys.executable, str(ROOT / "app.py"), "discord"],
                env=self.here.environment | mine | settings,
                stdout=told,
                stderr=told,
            )
        try:
            await self.double.ready(timeout=SECONDS)
            await self.double.until(lambda: self.double.commands[None], SECONDS)
        except TimeoutError:
            raise AssertionError(f"it did not connect: {self.log.read_text()[-2000:]}") from None

    async def kill(self) -> None:
        assert self.process is not None
        self.process.send_signal(signal.SIGKILL)
        await asyncio.to_thread(self.process.wait, SECONDS)
        await self.double.until(lambda: not self.double.ws.open())

    async def stop(self) -> int:
        assert self.process is not None
        self.process.send_signal(signal.SIGTERM)
        return await asyncio.to_thread(self.process.wait, SECONDS)

    @contextlib.contextmanager
    def locked(self) -> Iterator[None]:
        """Nobody can commit."""
        path = self.here.folder / "worker-voice.sqlite3"
        with contextlib.closing(sqlite3.connect(path, isolation_level=None)) as connection:
            connection.execute("BEGIN IMMEDIATE")
            yield
            connection.execute("ROLLBACK")

    def unmarked(self) -> int:
        """Answers that are not known to have arrived."""
        with contextlib.closing(sqlite3.connect(self.here.folder / "worker-voice.sqlite3")) as connection:
            return int(connection.execute("SELECT count(*) FROM claims WHERE NOT delivered").fetchone()[0])

    def words(self) -> Counter[str]:
        """Of the feedback that is filed."""
        with contextlib.closing(sqlite3.connect(self.here.folder / "worker-voice.sqlite3")) as connection:
            return Counter(json.loads(row[0])["words"] for row in connection.execute("SELECT answers FROM items"))


@pytest.fixture
async def double() -> AsyncIterator[DiscordDouble]:
    async with DiscordDouble() as one:
        one.add_guild("Local 12", channels=("general",), roles=("stewards",))
        yield one


@pytest.fixture
async def program(
    double: DiscordDouble, answers: Matcher, request: pytest.FixtureRequest, tmp_path: pathlib.Path
) -> AsyncIterator[Program]:
    here = Installation(tmp_path / "data")
    (here.folder / "cache").symlink_to(request.config.cache.mkdir("matcher"))
    await here.init()
    one = Program(here, double, tmp_path / "log")
    yield one
    if one.process is not None and one.process.poll() is None:
        one.process.kill()
        one.process.wait(SECONDS)


async def say(member: Member, *several: str) -> Message:
    """Words in direct messages, one after the other; the last message shown for the last."""
    for words in several:
        before = len(member.inbox)
        await member.dm(words)

        def answered(before: int = before) -> bool:
            new = member.inbox[before:]
            return bool(new) and ("I wrote it down" not in new[-1].buttons or "Send" in new[-1].buttons)

        try:
            await member.double.until(answered, SECONDS)
        except TimeoutError:
            raise AssertionError(f"{words!r} got {[one.text[-300:] for one in member.inbox[before:]]}") from None
    return member.inbox[-1]


async def answered(told: Interaction) -> Message:
    await told.answered(timeout=SECONDS)
    assert told.reply is not None, told.state
    return told.reply


async def test_killed_with_every_kind_of_view_and_modal_open(double: DiscordDouble, program: Program) -> None:
    ana, ben, cai, dan, eva = [double.add_user(name) for name in ("ana", "ben", "cai", "dan", "eva")]
    await program.start()
    effects = await say(ana, *BEFORE_EFFECTS)  # a menu of several
    summary = await say(ben, *BEFORE_EFFECTS[:-1], "Ben's words.", "skip", *AFTER_EFFECTS)  # a receipt, and Send
    await cai.slash("union feedback", "general")  # a modal
    await double.until(lambda: cai.modal, SECONDS)
    dan.user.dm_closed = True
    await dan.mention("general", "my boss wrote me up today and wants me to sign it")  # a button in the channel
    await double.until(lambda: any("Show it to me here" in one.buttons for one in double.messages("general")), SECONDS)
    here = double.messages("general")[-1]
    listed = await say(eva, "feedback", "2", "an idea")  # choices and commands
    await program.kill()
    await program.start()

    (menu,) = effects.selects
    part = await answered(await ana.select(effects, menu, ["choose:safety", "choose:quality"]))
    assert "What part should AI have" in part.text
    before = summary.content
    await (await ben.press(summary, "I wrote it down")).answered(timeout=SECONDS)
    assert summary.content != before
    assert re.search(r"```\n[a-z]+( [a-z]+){5}\n```", before)
    assert "```" not in summary.content
    assert "Sent" in (await answered(await ben.press(summary, "Send"))).text
    page = await answered(await cai.submit(values=PAGE_1))
    await (await cai.press(page, "Continue")).answered(timeout=SECONDS)
    assert cai.modal is not None
    assert "(2/3)" in cai.modal.title
    shown = await answered(await dan.press(here, "Show it to me here"))
    assert shown.ephemeral
    assert "steward" in shown.text
    chosen = await answered(await eva.select(listed, "w1m:0", "choose:health", forged=True))  # as of a longer list
    assert "job" in chosen.text.lower()
    back = await answered(await eva.press(listed, "Back"))  # a button of the core's
    assert "sector" in back.text.lower()
    assert program.words() == Counter(["Ben's words."])
    assert double.violations == []
    assert await program.stop() == 0


async def test_what_was_written_while_it_was_dead(double: DiscordDouble, program: Program) -> None:
    """Once, in order, at most six days back; and of the last words before the kill nothing is lost or doubled."""
    ben = double.add_user("ben")
    await program.start()
    await say(ben, *BEFORE_EFFECTS[:-1], "Ben's words.", "skip", *AFTER_EFFECTS)
    await double.until(lambda: program.unmarked() == 0, SECONDS)
    with program.locked():
        await ben.dm("send")  # arrives, and cannot be stored
        await double.until(lambda: double.ws.open()[0].sent[-1]["t"] == "MESSAGE_CREATE")
        await program.kill()
    assert program.words() == Counter()
    now, shown = dt.datetime.now(dt.UTC), len(ben.inbox)
    await ben.dm("Did Microsoft pay the AFL-CIO?", at=now - dt.timedelta(days=6, hours=2))
    await ben.dm(GOALS, at=now + dt.timedelta(seconds=1))
    await program.start()
    await double.until(lambda: len(ben.inbox) >= shown + 2, SECONDS)
    await double.until(lambda: program.unmarked() == 0, SECONDS)  # what is not may come twice
    await program.kill()
    await program.start()
    assert "ask staff" in (await say(ben, "help")).text
    told = [one.text for one in ben.inbox[shown:]]
    assert len(told) == 3, told
    assert told[0].startswith("Sent")
    assert "Source:" in told[1]
    assert program.words() == Counter(["Ben's words."])


async def test_a_database_that_is_slow(double: DiscordDouble, program: Program) -> None:
    ben = double.add_user("ben")
    await program.start()
    await say(ben, "hello")
    with program.locked():
        told = await ben.slash("union ask", "general", question=GOALS)
        await double.until(lambda: told.state != "waiting", SECONDS)
        assert told.state == "thinking"
    assert "Source:" in (await answered(told)).text
    assert len(told.shown) == 1
    with program.locked():
        late = await ben.slash("union feedback", "general")  # a modal cannot follow a placeholder
        await double.until(lambda: late.state != "waiting", SECONDS)
        assert late.state == "thinking"
    button = await answered(late)
    await (await ben.press(button, "Open the form")).answered(timeout=SECONDS)
    assert ben.modal is not None
    assert double.violations == []


async def test_nothing_of_a_member_is_in_custom_ids_or_in_the_logs_at_debug(
    double: DiscordDouble, program: Program, tmp_path: pathlib.Path
) -> None:
    """Every logger at DEBUG, asyncio's own debugging on, from the first line of the process."""
    (tmp_path / "debug").mkdir()
    (tmp_path / "debug" / "sitecustomize.py").write_text(DEBUG)
    path = f"{tmp_path / 'debug'}:{program.here.environment['PYTHONPATH']}"
    ben = double.add_user("zqxben", display="Zqxbenjamin")
    await program.start(PYTHONPATH=path, PYTHONASYNCIODEBUG="1")
    double.limit("/channels/*/messages", retry_after=0.1)
    summary = await say(ben, "feedback", "1", "Zqxname", "idea", *["skip"] * 3, "Zqxwords.", "skip", *AFTER_EFFECTS)
    receipt = re.findall(r"```\n([a-z ]+)\n```", summary.content)[0]
    await answered(await ben.press(summary, "Send"))
    double.fail("/interactions/*/callback", status=400)
    await answered(await ben.slash("union ask", "general", question="Zqxquestion?"))
    await ben.slash("union feedback", "general")
    await double.until(lambda: ben.modal, SECONDS)
    page = await answered(await ben.submit(values={"level": "named", "kind": "idea", "job": "Zqxjob"}))
    assert "Zqxjob" in page.text
    double.fail("/channels/*/messages", status=400)
    await ben.dm("Zqxlast?")
    await double.until(lambda: any(one.status == 400 and one.path.endswith("/messages") for one in double.log), SECONDS)
    assert await program.stop() == 0
    log = program.log.read_text()
    assert "not_delivered" in log
    assert "asyncio" in log, "the loggers are not at DEBUG"
    place = str(double.channel("general").id)
    for canary in ("Zqx", "zqx", str(ben.id), receipt, double.token, place, str(double.guilds[0].id)):
        found = [line for line in log.splitlines() if canary in line]
        assert found == [], canary
    ids = [one for call in double.log for one in re.findall(r'"custom_id": ?"([^"]*)"', call.text)]
    assert len(ids) > 20
    for one in ids:
        assert "zqx" not in one.lower()
        assert str(ben.id) not in one
        assert not set(receipt.split()) & set(re.split(r"\W", one)), one
