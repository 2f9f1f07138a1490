"""`./run slack` as processes of their own, that can be killed; what they print is kept."""

import asyncio
import contextlib
import pathlib
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Callable

import aiohttp

from tests.adapters.slack.conftest import free_port
from tests.doubles.slack import Member, Message, SlackDouble
from tests.operators import ROOT, Installation

SECONDS = 20.0  # for anything that a process is waited for
PROGRAM = (str(ROOT / "app.py"), "slack")


class Program:
    """One process, from its start to its end."""

    def __init__(
        self, here: Installation, slack: SlackDouble, log: pathlib.Path, *, http: bool = False, program: tuple[str, ...]
    ) -> None:
        self.health, self.port, self.log = free_port(), free_port(), log
        way = (
            {"SLACK_SIGNING_SECRET": slack.signing_secret, "SLACK_PORT": str(self.port)}
            if http
            else {"SLACK_APP_TOKEN": slack.app_token}
        )
        mine = {"SLACK_BOT_TOKEN": slack.bot_token, "SLACK_API_URL": slack.url, "HEALTH_PORT": str(self.health)}
        with log.open("ab") as told:
            self.process = subprocess.Popen(
                [sys.executable, *program], env=here.environment | mine | way, stdout=told, stderr=told
            )

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}/slack/events"

    async def get(self, path: str) -> tuple[int, str]:
        """0 where nobody listens yet."""
        with contextlib.suppress(aiohttp.ClientError):
            async with (
                aiohttp.ClientSession() as session,
                session.get(f"http://127.0.0.1:{self.health}{path}") as answer,
            ):
                return answer.status, await answer.text()
        return 0, ""

    async def ready(self) -> None:
        await self._until("/readyz", lambda status, _: status == 200)

    async def has_taken(self, messages: int) -> None:
        """So many messages of members."""
        wanted = f'worker_voice_slack_events_total{{kind="message"}} {messages}.0'
        await self._until("/metrics", lambda _, told: wanted in told)

    async def _until(self, path: str, holds: Callable[[int, str], bool]) -> None:
        told: tuple[int, str] = (0, "")
        for _ in range(int(SECONDS / 0.05)):
            told = await self.get(path)
            if holds(*told):
                return
            assert self.process.poll() is None, f"it ended: {self.log.read_text()}"
            await asyncio.sleep(0.05)
        raise AssertionError(f"{path} still says {told}")

    def kill(self) -> None:
        self.process.send_signal(signal.SIGKILL)
        self.process.wait(SECONDS)

    async def stop(self) -> int:
        """Its status."""
        self.process.send_signal(signal.SIGTERM)
        return await asyncio.to_thread(self.process.wait, SECONDS)


class Programs:
    """Starts them on one installation; whatever still runs at the end is killed."""

    def __init__(self, here: Installation, slack: SlackDouble, folder: pathlib.Path) -> None:
        self.here, self.slack, self.folder = here, slack, folder
        self.all: list[Program] = []

    def start(self, *, http: bool = False, program: tuple[str, ...] = PROGRAM) -> Program:
        log = self.folder / f"log{len(self.all)}"
        one = Program(self.here, self.slack, log, http=http, program=program)
        self.all.append(one)
        return one

    async def started(self, *, http: bool = False, program: tuple[str, ...] = PROGRAM) -> Program:
        one = self.start(http=http, program=program)
        await one.ready()
        return one

    @property
    def logs(self) -> str:
        return "\n".join(one.log.read_text() for one in self.all)


@contextlib.asynccontextmanager
async def programs(here: Installation, slack: SlackDouble, folder: pathlib.Path) -> AsyncIterator[Programs]:
    several = Programs(here, slack, folder)
    try:
        yield several
    finally:
        for one in several.all:
            if one.process.poll() is None:
                one.kill()


async def say(slack: SlackDouble, member: Member, *several: str) -> list[Message]:
    """A member's words in the direct message, one after the other; what is shown for the last, once it is all there."""
    new: list[Message] = []
    for words in several:
        before = len(member.received)
        await member.dm(words)

        def answered(before: int = before) -> bool:
            new[:] = member.received[before:]
            return bool(new) and "own:written" not in str(new[-1].blocks) and "This is your receipt" not in new[-1].text

        try:
            await slack.until(answered, SECONDS)
        except TimeoutError:
            raise AssertionError(f"{words!r} got {[one.text[-300:] for one in new]}") from None
    return new
