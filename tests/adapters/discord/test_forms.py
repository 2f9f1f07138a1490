"""Feedback in modals: pages with a button between, errors with the words kept, receipts, restarts, slow databases."""

import asyncio
import dataclasses
import re
from typing import Any

import pytest

from bot.errors import StoreAway
from tests.adapters.discord.conftest import World
from tests.contracts.test_dialogs import left
from tests.doubles.discord import Interaction, Message

SIX = re.compile(r"```\n([a-z]+(?: [a-z]+){5})\n```")
CANARY = "Zqx canary words of mine"
PAGES: list[dict[str, Any]] = [
    {"level": "anonymous", "kind": "idea", "sector": "health"},
    {"words": CANARY, "effects": ["safety", "quality"], "part": "check"},
    {"sharing": "yes"},
]


async def open_form(world: World, **more: Any) -> None:
    await world.slash(world.ben, "union feedback", **more)
    assert world.ben.modal is not None


async def send(world: World, values: dict[str, Any], member: str = "ben") -> Message:
    """Send the open page; the message that answers it."""
    told = await (await world.double.member(member).submit(values=values)).answered()
    assert told.reply is not None
    assert told.reply.ephemeral
    return told.reply


async def press(world: World, message: Message, label: str) -> Interaction:
    return await (await world.ben.press(message, label)).answered()


async def fill(world: World) -> Message:
    """All pages; the summary."""
    await open_form(world)
    for number, values in enumerate(PAGES):
        assert world.ben.modal is not None
        assert f"({number + 1}/3)" in world.ben.modal.title
        said = await send(world, values)
        if number < len(PAGES) - 1:
            await press(world, said, "Continue")
    return said


async def test_page_by_page_to_the_receipt(world: World) -> None:
    summary = await fill(world)
    assert SIX.search(summary.content)
    assert "What happens:** Zqx canary" in summary.content
    told = await press(world, summary, "Send")
    assert told.reply is not None
    assert "next batch" in told.reply.text
    rows = await left(world.bot.store, world.bot.vault)
    assert (rows["envelopes"], rows["draft"]) == (["en"], False)
    assert world.ben.inbox == [], "nothing of it is in the history"
    assert world.double.violations == []


async def test_ids_hold_no_words(world: World) -> None:
    summary = await fill(world)
    receipt = SIX.findall(summary.content)[0]
    for call in world.double.log:
        for custom_id in re.findall(r'"custom_id": ?"([^"]*)"', call.text):
            assert "canary" not in custom_id
            assert not set(receipt.split()) & set(re.split(r"\W", custom_id))
            assert str(world.ben.id) not in custom_id


async def test_a_page_with_a_mistake_keeps_the_words(world: World) -> None:
    await open_form(world)
    assert world.ben.modal is not None
    opened = world.ben.modal.custom_id
    said = await send(world, {"level": "named", "kind": "idea", "job": "night nurse"})
    assert "This one is needed" in said.text
    assert "night nurse" in said.text
    await press(world, said, "Open the form")
    assert world.ben.modal is not None
    assert world.ben.modal.custom_id == opened, "the same page of the same draft"


async def test_a_page_left_open_of_other_feedback_gives_the_words_back(world: World) -> None:
    await open_form(world)
    await world.dm(world.ben, "cancel")
    await world.dm(world.ben, "feedback")  # on another device: the page is still open on this one
    said = await send(world, {"level": "confidential", "kind": "idea", "job": "night nurse"})
    assert "belongs to was sent or ended" in said.text
    assert "night nurse" in said.text
    await world.dm(world.ben, "cancel")
    await press(world, said, "Open the form")
    assert world.ben.modal is not None
    assert "(1/3)" in world.ben.modal.title
    assert "night nurse" not in str(world.ben.modal.data), "nothing of it was kept"


async def test_a_modal_that_was_open_over_a_restart(world: World) -> None:
    await open_form(world)
    await world.stop()
    await world.start()
    await world.double.ready()
    said = await send(world, PAGES[0])
    await world.stop()
    await world.start()
    await world.double.ready()
    await press(world, said, "Continue")
    assert world.ben.modal is not None
    assert "(2/3)" in world.ben.modal.title


async def test_a_receipt_opens_from_another_account(world: World) -> None:
    summary = await fill(world)
    receipt = SIX.findall(summary.content)[0]
    await press(world, summary, "Send")
    await world.slash(world.ana, "union receipt")
    said = await send(world, {"words": receipt}, "ana")
    assert CANARY in said.text


async def test_a_typed_receipt_is_taken_off_the_chat(world: World) -> None:
    for words in ("feedback", "2", "an idea", "skip", "skip", "skip", "Ask first.", *["skip"] * 4, "yes"):
        await world.dm(world.ben, words)
    summary = await world.dm(world.ben, "no")
    receipt = SIX.findall(summary.content)[0]
    await world.stop()
    await world.start()
    await world.double.ready()
    await (await world.ben.press(summary, "I wrote it down")).answered()
    assert receipt not in summary.content
    assert "Ask first." in summary.content
    assert "I wrote it down" not in summary.buttons
    assert "Send" in summary.buttons


async def test_an_old_summary_in_the_chat_is_pressed(world: World) -> None:
    question = await world.dm(world.ben, "feedback")
    await world.dm(world.ben, "2")
    await (await world.ben.press(question, "1. Named")).answered()
    assert "earlier step" in world.ben.inbox[-1].text or "What would you like" in world.ben.inbox[-1].text


async def slowly(world: World, monkeypatch: pytest.MonkeyPatch, seconds: float, *, away: bool = False) -> None:
    """The database takes its time, and then perhaps does not answer."""
    write = world.bot.store.write

    async def slow(work: Any) -> Any:
        await asyncio.sleep(seconds)
        if away:
            raise StoreAway("the database does not answer")
        return await write(work)

    monkeypatch.setattr(world.bot.store, "write", slow)


async def test_a_slow_database_is_waited_for(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    await slowly(world, monkeypatch, 3.2)
    told = await world.ben.slash("union ask", "general", question="What are the three goals?")
    await world.double.until(lambda: told.state == "thinking")
    assert told.seconds is not None
    assert 1.8 < told.seconds < 2.8
    await told.answered(timeout=8)
    assert told.reply is not None
    assert "Source:" in told.reply.text
    assert len(told.shown) == 1


async def test_a_form_that_comes_too_late_gets_a_button(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as slow:
        await slowly(world, slow, 1.6)
        told = await world.slash(world.ben, "union feedback")
    assert told.reply is not None
    assert told.modal is None
    await world.double.until(lambda: not world.adapter.hearing.under_way)  # the delivery is marked, slowly
    await press(world, told.reply, "Open the form")
    assert world.ben.modal is not None


async def test_nothing_typed_is_lost_with_the_database(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    await open_form(world)
    await send(world, PAGES[0])
    await press(world, world.ben.ephemerals[-1], "Continue")
    await slowly(world, monkeypatch, 2.2, away=True)
    told = await world.ben.submit(values=PAGES[1])
    await told.answered(timeout=8)
    assert told.reply is not None
    assert "cannot save anything" in told.reply.text
    assert CANARY in told.reply.text
    await world.double.until(lambda: world.ben.modal is None)


async def test_an_error_after_the_placeholder_is_said(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    await slowly(world, monkeypatch, 2.2)
    world.double.fail("/webhooks/*/messages/@original", status=400, method="PATCH", times=1)
    told = await world.ben.slash("union ask", "general", question=CANARY)
    await told.answered(timeout=8)
    assert told.reply is not None
    assert "could not show you my answer" in told.reply.text
    assert CANARY in told.reply.text


@pytest.mark.parametrize("path", ["/channels/*/messages", "/interactions/*/callback"])
async def test_sent_although_discord_said_502(world: World, path: str) -> None:
    world.double.fail(path, status=502, after_commit=True)
    if "channels" in path:
        await world.dm(world.ben, "What are the three goals?")
        await asyncio.sleep(2.5)  # the client's second try would have come by then
        assert len(world.ben.inbox) == 1
    else:
        told = await world.slash(world.ben, "union ask", question="What are the three goals?")
        await asyncio.sleep(2.5)  # the client's second try would have come by then
        assert len(told.shown) == 1
        assert not told.reply or "could not show" not in told.reply.text
    rows = await left(world.bot.store, world.bot.vault)
    assert rows["counters"] == {("answer", "three-goals-overview"): 1}


async def test_a_button_of_another_version_gets_a_sentence(world: World) -> None:
    said = await world.dm(world.ben, "help")
    told = await (await world.ben.press(said, "v0:old", forged=True)).answered()
    assert told.reply is not None
    assert "too old" in told.reply.text


async def test_switching_from_chat_to_form(world: World) -> None:
    await world.dm(world.ben, "feedback")
    asked = await world.dm(world.ben, "2")
    await press(world, asked, "Open form")
    assert world.ben.modal is not None
    options = world.ben.modal.fields["level"]["options"]
    assert [one["value"] for one in options if one.get("default")] == ["confidential"]


async def test_several_are_chosen_in_a_menu_or_typed(world: World) -> None:
    for words in ("feedback", "2", "an idea", "skip", "skip", "skip", "Ask us first."):
        asked = await world.dm(world.ben, words)
    (menu,) = asked.selects
    told = await (await world.ben.select(asked, menu, ["choose:safety", "choose:quality"])).answered()
    assert told.reply is not None
    assert "What part should AI have" in told.reply.text
    told = await (await world.ben.select(asked, menu, ["choose:time", "choose:pay"])).answered()
    assert told.reply is not None
    assert "That button belongs to an earlier step" in told.reply.text
    assert "Safety and health, Quality of the work" in (await world.dm(world.ben, "back")).text
    await world.dm(world.ben, "2, 4")
    assert "Time and pace, Pay" in (await world.dm(world.ben, "back")).text
    assert world.double.violations == []


async def test_a_page_back_between_two_modals(world: World) -> None:
    await open_form(world)
    said = await send(world, PAGES[0])
    await press(world, said, "Back")
    assert world.ben.modal is not None
    assert "(1/3)" in world.ben.modal.title
    assert [one["value"] for one in world.ben.modal.fields["kind"]["options"] if one.get("default")] == ["idea"]
    said = await send(world, {"kind": "concern"})
    await press(world, said, "Continue")
    assert "(2/3)" in world.ben.modal.title
    said = await send(world, PAGES[1])
    await press(world, said, "Back")
    assert "(2/3)" in world.ben.modal.title
    assert world.ben.modal.fields["words"]["value"] == CANARY
    world.ben.dismiss()
    await press(world, said, "Back")
    assert world.ben.modal is not None
    assert "(1/3)" in world.ben.modal.title
    said = await send(world, {})
    await press(world, said, "Continue")
    assert world.ben.modal is not None
    assert "(3/3)" in world.ben.modal.title
    summary = await send(world, PAGES[2])
    assert "What is it?** A concern" in summary.content
    assert "What happens:** Zqx canary" in summary.content
    assert world.double.violations == []


async def test_in_an_employers_workspace_no_modal_offers_anonymous(world: World) -> None:
    await open_form(world)
    assert world.ben.modal is not None
    before = world.ben.modal
    world.bot.content = dataclasses.replace(
        world.bot.content, union=dataclasses.replace(world.bot.content.union, employer_owned=True)
    )
    said = await send(world, PAGES[0])
    assert "That choice is not offered here any more. Not anonymous here" in said.text
    await press(world, said, "Open the form")
    assert world.ben.modal is not None
    assert [len(one.fields["level"]["options"]) for one in (before, world.ben.modal)] == [3, 2]
    assert "Not anonymous here" in world.ben.modal.text
    assert (await left(world.bot.store, world.bot.vault))["envelopes"] == []
