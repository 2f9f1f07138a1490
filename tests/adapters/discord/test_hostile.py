"""Members who mean harm, and words of any length or kind, through the real client to the strict double."""

import re
from typing import Any

import pytest

from adapters.discord.escaping import unescape
from bot.content import Content
from bot.events import Role
from tests.adapters.discord.conftest import World
from tests.adapters.discord.test_forms import PAGES, fill, open_form
from tests.adapters.discord.test_rendering import HOSTILE
from tests.contracts.test_dialogs import left
from tests.doubles.discord import Member, Message
from tests.doubles.discord.world import SUPPRESS_EMBEDS

SIX = re.compile(r"```\n([a-zñáéíóúü]+(?: [a-zñáéíóúü]+){5})\n```")


async def rows(world: World) -> dict[str, Any]:
    return await left(world.bot.store, world.bot.vault)


async def test_a_stranger_presses_what_is_under_somebody_elses_answer(world: World) -> None:
    await world.ben.mention("general", "Did Microsoft pay the AFL-CIO?")
    await world.double.until(lambda: len(world.double.messages("general")) > 1)
    answer = world.double.messages("general")[-1]
    before = await rows(world)
    assert answer.buttons
    for label in answer.buttons:
        told = await (await world.ana.press(answer, label)).answered()
        assert told.reply is not None
        assert told.reply.ephemeral
        assert "otra persona" in told.reply.text
    assert await rows(world) == before
    assert [one.account for one in world.seen] == [str(world.ben.id)]
    told = await (await world.ben.press(answer, next(iter(answer.buttons)))).answered()
    assert len(world.seen) == 2, "its own asker may"


async def test_a_forged_press_acts_for_nobody_else(world: World) -> None:
    """Custom ids name no member: whoever sends one acts on their own conversation."""
    await open_form(world)
    modal = world.ben.modal
    assert modal is not None
    summary = await fill(world)
    for label, custom_id in summary.buttons.items():
        told = await (await world.ana.press(summary, custom_id, forged=True)).answered()
        if label != "I wrote it down":
            assert told.reply is None or not SIX.search(told.reply.content), label
    found = await rows(world)
    assert (found["items"], found["envelopes"], found["draft"]) == ([], [], True)
    await (await world.ana.submit(modal, PAGES[0], forged=True)).answered()
    told = await (await world.ben.press(summary, "Send")).answered()
    assert (await rows(world))["envelopes"] == ["en"]


@pytest.mark.parametrize(
    "forged", ["w1", "w1:", "w1m:0", "w1:send", "w1:edit:999999999", "w1:choose:nothing", "w1x:no"]
)
async def test_ids_that_nobody_was_given(world: World, forged: str) -> None:
    said = await world.dm(world.ben, "help")
    told = await (await world.ben.press(said, forged, forged=True)).answered()
    assert told.state == "answered"
    found = await rows(world)
    assert (found["items"], found["envelopes"]) == ([], [])


async def test_a_role_that_was_taken_away_is_gone_at_the_next_press(world: World) -> None:
    world.double.give_role(world.ana, "stewards")
    inbox = await world.slash(world.ana, "union staff", words="inbox")
    world.double.give_role(world.ana, "stewards", take=True)
    await world.slash(world.ana, "union staff", words="inbox")
    assert inbox.reply is not None
    for label in inbox.reply.buttons:
        await (await world.ana.press(inbox.reply, label)).answered()
    roles = [one.role for one in world.seen]
    assert roles == [Role.STAFF] + [Role.MEMBER] * (len(roles) - 1)


@pytest.mark.parametrize("path", ["/interactions/*/callback", "/channels/*/messages"])
async def test_sent_once_although_discord_said_502(world: World, path: str) -> None:
    if "channels" in path:
        for words in ("feedback", "2", "an idea", "skip", "skip", "skip", "Ask first.", *["skip"] * 4, "no", "no"):
            await world.dm(world.ben, words)
        world.double.fail(path, status=502, after_commit=True)
        before = len(world.ben.inbox)
        await world.ben.dm("send")
        await world.double.until(lambda: not world.adapter.hearing.under_way and len(world.ben.inbox) > before)
        assert len(world.ben.inbox) == before + 1
        assert [one["answers"]["words"] for one in (await rows(world))["items"]] == ["Ask first."]
        return
    summary = await fill(world)
    world.double.fail(path, status=502, after_commit=True)
    told = await world.ben.press(summary, "Send")
    await told.answered()
    await world.double.until(lambda: not world.adapter.hearing.under_way)
    assert len(told.shown) == 1
    assert (await rows(world))["envelopes"] == ["en"]
    await (await world.ben.press(summary, "Send")).answered()
    assert (await rows(world))["envelopes"] == ["en"]


async def through(world: World, member: Member, pages: list[dict[str, Any]]) -> list[Message]:
    """All pages in modals, keeping the words as they are; every message of the summary."""
    await world.slash(member, "union feedback")
    for page in pages:
        assert member.modal is not None
        fields = member.modal.fields
        told = await (
            await member.submit(values={key: value for key, value in page.items() if key in fields})
        ).answered()
        assert told.reply is not None
        while member.modal is None:
            await world.double.until(lambda told=told: any(one.buttons for one in told.shown))
            if SIX.search("".join(one.content for one in told.shown)):
                break
            asked = next(one for one in told.shown if one.buttons)
            kept = [one for one in asked.buttons.values() if one.startswith("w1:redact:keep")]
            going = [one for one in asked.buttons.values() if one.startswith("w1:resume") or ":continue" in one]
            assert kept or going, (asked.text[-600:], asked.buttons)
            told = await (await member.press(asked, (kept or going)[0])).answered()
    await world.double.until(lambda: any("w1:send:" in one.buttons.values() for one in told.shown))
    return told.shown


@pytest.mark.parametrize(("name", "unit"), [("ben", "*_"), ("ana", "ñ`")])
async def test_the_longest_words_in_every_field(world: World, content: Content, name: str, unit: str) -> None:
    """In English and Spanish, of signs that are longer once they are escaped: all of it is shown, and all is taken."""
    member = world.double.member(name)
    (form,) = content.forms.values()
    longest = {one.id: (unit * 2000)[: one.longest] for one in form.questions if one.kind == "text"}
    chosen: dict[str, Any] = {
        "level": "confidential",
        "kind": "idea",
        "sector": "health",
        "sharing": "yes",
        "contact": "yes",
    }
    effects = tuple(one.code for one in form["effects"].options)
    page = longest | chosen | {"effects": list(effects), "part": form["part"].options[0].code}
    shown = await through(world, member, [page] * max(one.page for one in form.questions))
    text = unescape("".join(one.content for one in shown))
    for question, words in longest.items():
        if question != "name":
            assert re.sub(r"\s", "", text).count(words[:1500]) >= 1, question
    said = next(one for one in shown if "w1:send:" in one.buttons.values())
    await (await member.press(said, "w1:send:")).answered()
    (item,) = (await rows(world))["items"]
    assert {key: item["answers"][key] for key in longest if key != "name"} == {
        key: words for key, words in longest.items() if key != "name"
    }
    assert world.double.violations == []


async def test_hostile_words_ping_link_and_format_nothing(world: World) -> None:
    words = "\n".join(HOSTILE)
    shown = await through(world, world.ben, [{**one, "words": words} if "words" in one else one for one in PAGES])
    text = "\n".join(one.content for one in shown)
    for one in shown:
        assert one.pings == ()
        assert one.flags & SUPPRESS_EMBEDS
        assert one.allowed_mentions == {"parse": []}, one.allowed_mentions
    assert not re.search(r"(?<!\\)@everyone|(?<!\\)<@|https?://evil|(?<!\\)\]\(", text)
    told = [one for one in text.splitlines() if "free money" in one]
    assert told
    assert "free money" in unescape(told[0])
    assert world.double.violations == []
