"""What members say, who they are and their receipts: in no log of the program, and nowhere that Slack keeps unseen."""

import pathlib
from collections.abc import AsyncIterator, Iterator
from typing import Any

import pytest

from bot.faq.matcher import Matcher
from tests.adapters.slack.processes import SECONDS, programs, say
from tests.doubles.slack import Member, SlackDouble
from tests.operators import Installation

LOUD = ("-m", "tests.adapters.slack.loud", "slack")
WORDS = ("zebraquestion", "zebraform", "zebramodal", "zebrashortcut", "zebracommand", "zebrastaff")
NAMES = ("zebraname", "zebratyped", "UZEBRA")
HIDDEN = ("private_metadata", "value", "action_id", "block_id", "callback_id", "external_id", "metadata")
FORM = ("feedback", "1", "zebratyped", "an idea", "skip", "skip", "skip", "zebraform", *["skip"] * 4, "no", "no")


@pytest.fixture
async def slack() -> AsyncIterator[SlackDouble]:
    async with SlackDouble(retry_delays=()) as double:
        double.add_channel("C1", "UZEBRA", "UZEBRATWO", "USTAFF", name="general")
        yield double


def hidden(sent: Any) -> Iterator[str]:
    """Every string of a call that members do not see."""
    if isinstance(sent, list):
        for one in sent:
            yield from hidden(one)
    elif isinstance(sent, dict):
        for key, one in sent.items():
            if key in HIDDEN and isinstance(one, str):
                yield one
            else:
                yield from hidden(one)


def leaks(text: str, canaries: list[str]) -> list[str]:
    """Letters and digits only are compared."""
    found = "".join(filter(str.isalnum, text)).lower()
    return [one for one in canaries if "".join(filter(str.isalnum, one)).lower() in found]


def receipts(slack: SlackDouble) -> list[str]:
    """All that were ever shown."""
    blocks = [
        block
        for call in slack.log
        for block in [*call.arguments.get("blocks", ()), *(call.arguments.get("view") or {}).get("blocks", ())]
    ]
    return [block["text"]["text"].strip("*`") for block in blocks if block.get("block_id") == "receipt"]


async def in_a_modal(slack: SlackDouble, member: Member) -> None:
    """Feedback to its end, by modal; then opened with its receipt."""
    await member.command("/union", "feedback", channel="C1")
    await slack.until(lambda: member.view, SECONDS)
    for values in ({"q:level": "anonymous", "q:kind": "idea"}, {"q:words": "zebramodal"}, {"q:sharing": "no"}):
        await member.submit(values=values)
    await member.press(text="Send")
    assert member.view is not None
    await slack.until(lambda: member.view and "Sent" in member.view.shown, SECONDS)
    member.reload()
    await member.command("/union", "receipt", channel="C1")
    await slack.until(lambda: member.view, SECONDS)
    await member.submit(values={"q:words": receipts(slack)[-1]})


async def everything(slack: SlackDouble, typist: Member, member: Member, staff: Member) -> None:
    """Two members, as one alone would be told to slow down."""
    await say(slack, typist, *FORM, "send", "my data")
    await say(slack, member, "is the zebraquestion known", "ask staff", "no, only send it", "What about zebraquestion?")
    await in_a_modal(slack, member)
    before = len(member.ephemerals)
    await member.command("/union", "does zebracommand pay", channel="C1")
    await slack.until(lambda: len(member.ephemerals) > before, SECONDS)
    await member.mention("C1", "what is zebraquestion")
    mine = await member.say("C1", "zebrashortcut")
    member.reload()
    await member.message_shortcut("send_as_feedback", mine)
    await slack.until(lambda: member.view, SECONDS)
    await member.submit(values={"q:level": "anonymous", "q:kind": "idea"})
    await member.open_home()
    await slack.until(lambda: member.home, SECONDS)
    (shown,) = await say(slack, staff, "staff inbox")
    assert "zebraform" in shown.text
    item = next(word for word in shown.text.replace(".", " ").split() if len(word) == 10 and word.isalnum())
    await say(slack, staff, f"staff ask {item} zebrastaff?")


async def things_go_wrong(slack: SlackDouble, member: Member) -> None:
    """A post that Slack refuses, one that it cannot take, an event that is not as it should be, a member who left."""
    await slack.emit({"type": "message", "channel_type": "im", "user": "UZEBRA", "text": "zebraquestion"})
    slack.api.outage = 1
    await say(slack, member, "zebraquestion again")
    failed = len(slack.calls("chat.postMessage"))
    slack.users["UZEBRA"].deleted = True
    await member.dm("zebraquestion as I leave")
    await slack.until(lambda: len(slack.calls("chat.postMessage")) > failed, SECONDS)


async def test_no_word_name_or_receipt_is_logged_or_hidden(
    slack: SlackDouble, answers: Matcher, request: pytest.FixtureRequest, tmp_path: pathlib.Path
) -> None:
    here = Installation(tmp_path / "data")
    (here.folder / "cache").symlink_to(request.config.cache.mkdir("matcher"))
    here.environment |= {"STAFF_IDS": "USTAFF"}
    await here.init()
    typist, member = (slack.member(one, name="zebraname") for one in ("UZEBRATWO", "UZEBRA"))
    staff = slack.member("USTAFF")
    async with programs(here, slack, tmp_path) as several:
        running = await several.started(program=LOUD)
        await everything(slack, typist, member, staff)
        await things_go_wrong(slack, member)
        _, metrics = await running.get("/metrics")
        assert await running.stop() == 0
    drawn = receipts(slack)
    canaries = [*WORDS, *NAMES, member.dm_channel, typist.dm_channel, *drawn]
    assert len(set(drawn)) >= 2
    assert {one for one in WORDS if one in slack.sent()} >= {"zebraform", "zebramodal", "zebrashortcut"}
    assert "Loud." in several.logs
    assert "not_delivered" in several.logs
    assert "slack_not_acknowledged" in several.logs
    assert leaks(several.logs + metrics, canaries) == []
    unseen = [one for call in slack.log for one in hidden(call.arguments)]
    assert len(unseen) > 100
    assert leaks("\n".join(unseen), canaries) == []
    home = slack.home("UZEBRA")
    assert home is not None
    assert leaks(str(home.payload), canaries) == []
