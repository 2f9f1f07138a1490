"""What members and staff do in Slack, through the real client, and what they see."""

import dataclasses
import json
import time
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from adapters.slack.adapter import SlackAdapter
from adapters.slack.mrkdwn import unescape
from bot.core import Bot
from bot.ports import Store
from bot.replies import File, Reply, Text
from tests.adapters.slack.test_trouble import type_all
from tests.doubles.slack import Member, SlackDouble

Run = Callable[..., Awaitable[SlackAdapter]]
MONEY = "Did Microsoft pay the AFL-CIO?"
ANSWER = "No source we read"
CANARY = "The zebra planner plans our shifts without asking."
PAGE_1 = {"q:level": "anonymous", "q:kind": "idea"}
PAGE_3 = {"q:sharing": "no"}


@pytest.fixture(autouse=True)
def nothing_broken(slack: SlackDouble) -> object:
    """Whatever a test does, no rule of Slack is broken."""
    yield
    assert slack.violations == []


def shown(member: Member) -> str:
    return unescape(member.received[-1].text)


async def test_a_question_is_answered_in_the_direct_message(adapter: SlackAdapter, ana: Member) -> None:
    await ana.dm(MONEY)
    await adapter.idle()
    assert [ANSWER in one.text for one in ana.received] == [True]
    assert ana.received[0].thread_ts == ""
    await ana.press(ana.received[0], text="Yes")
    await adapter.idle()
    assert "Good." in shown(ana)


async def test_a_thread_keeps_its_thread(adapter: SlackAdapter, ana: Member) -> None:
    first = await ana.dm("hello")
    await adapter.idle()
    await ana.dm(MONEY, thread_ts=first.ts)
    await adapter.idle()
    assert ana.received[-1].thread_ts == first.ts
    await ana.press(ana.received[-1], text="Yes")
    await adapter.idle()
    assert ana.received[-1].thread_ts == first.ts
    assert "Good." in shown(ana)


async def test_a_mention_is_answered_in_the_thread_once(adapter: SlackAdapter, slack: SlackDouble, ana: Member) -> None:
    slack.scopes.add("channels:history")
    slack.subscribed.add("message.channels")  # so that both copies come
    asked = await ana.mention("C1", MONEY)
    await adapter.idle()
    (answer,) = slack.messages("C1", by_bot=True)
    assert ANSWER in answer.text
    assert answer.thread_ts == asked.ts
    assert ana.received == []


async def test_a_press_below_a_public_answer_is_answered_to_whoever_pressed(
    adapter: SlackAdapter, slack: SlackDouble, ana: Member, luz: Member
) -> None:
    await ana.mention("C1", MONEY)
    await adapter.idle()
    await luz.press(slack.messages("C1", by_bot=True)[0], text="Yes")
    await adapter.idle()
    assert len(slack.messages("C1", by_bot=True)) == 1
    assert len(luz.ephemerals) == 1
    assert ana.ephemerals == []


async def test_what_is_personal_stays_with_the_member(adapter: SlackAdapter, slack: SlackDouble, ana: Member) -> None:
    await ana.mention("C1", "feedback")
    await adapter.idle()
    assert slack.messages("C1", by_bot=True) == []
    (aside,) = ana.ephemerals
    await ana.press(aside, text="Give feedback")
    await adapter.idle()
    assert ana.view is not None
    assert ana.view.title == "AI at work"


async def test_not_spoken_to_not_heard(adapter: SlackAdapter, slack: SlackDouble, ana: Member) -> None:
    slack.scopes.add("channels:history")
    slack.subscribed.add("message.channels")
    await ana.say("C1", MONEY)
    first = await ana.dm("hello")
    await adapter.idle()
    before = len(slack.stored)
    await ana.edit(first, MONEY)
    await ana.dm(MONEY, subtype="thread_broadcast")
    await ana.dm(MONEY, bot_id="B9")
    await adapter.idle()
    assert [one for one in slack.stored[before:] if one.by_bot] == []


async def test_files_are_not_read(adapter: SlackAdapter, ana: Member) -> None:
    await ana.dm("", subtype="file_share", files=[{"id": "F1"}])
    await adapter.idle()
    assert "I can only read text" in shown(ana)


@pytest.mark.parametrize("words", [MONEY, "help", "", "mydata", "language", "receipt"])
async def test_a_slash_command_is_answered_to_the_member_alone(
    adapter: SlackAdapter, slack: SlackDouble, ana: Member, words: str
) -> None:
    slack.add_channel("C2", "U1", joined=False)
    await ana.command("/union", words, channel="C2")
    await adapter.idle()
    assert slack.messages(by_bot=True) == []
    if words == "receipt":
        assert ana.view is not None
    else:
        assert len(ana.ephemerals) == 1


async def test_a_question_by_command_leaves_the_form_where_it_is(adapter: SlackAdapter, ana: Member) -> None:
    await ana.dm("feedback")
    await adapter.idle()
    await ana.command("/union", MONEY, channel="C1")
    await adapter.idle()
    assert ANSWER in ana.ephemerals[-1].text
    await ana.dm("2")
    await adapter.idle()
    assert "What would you like to tell us?" in shown(ana)


async def test_a_receipt_is_not_lost_with_the_modal(
    adapter: SlackAdapter, slack: SlackDouble, ana: Member, store: Store
) -> None:
    """Closed before it was written down: nothing was sent, and the summary comes again, with a new receipt."""
    await ana.command("/union", "feedback", channel="C1")
    await adapter.idle()
    for values in (PAGE_1, {"q:words": CANARY}, PAGE_3):
        await ana.submit(values=values)
    assert ana.view is not None
    lost = receipt_in(ana.view.blocks)
    await ana.close()
    assert ana.view is None
    await ana.dm("hello")
    await adapter.idle()
    assert "If you have not written the six words down, type *continue*" in str(ana.received[-1].blocks)
    await ana.command("/union", "continue", channel="C1")
    await adapter.idle()
    again = receipt_in(ana.ephemerals[-1].blocks)
    await ana.press(ana.ephemerals[-1], text="Send")
    await adapter.idle()
    for words, opens in ((lost, False), (again, True)):
        await ana.command("/union", "receipt", channel="C1")
        await adapter.idle()
        await ana.submit(values={"q:words": words})
        await adapter.idle()
        assert ana.view is not None
        assert (CANARY in unescape(ana.view.shown)) is opens
        ana.reload()
    assert all(lost not in one.text and again not in one.text for one in slack.messages(by_bot=True))


def receipt_in(blocks: list[dict[str, Any]]) -> str:
    (found,) = [str(block["text"]["text"]).strip("*`") for block in blocks if block.get("block_id") == "receipt"]
    return found


async def test_feedback_in_a_modal(
    adapter: SlackAdapter, slack: SlackDouble, ana: Member, bot: Bot, store: Store
) -> None:
    await ana.command("/union", "feedback", channel="C1")
    await adapter.idle()
    assert ana.view is not None
    assert "Page 1 of 3" in ana.view.shown
    await ana.submit(values=PAGE_1)
    assert "Page 2 of 3" in ana.view.shown
    await ana.submit(values={"q:words": CANARY})
    await ana.press(action_id="own:back")
    await adapter.idle()
    assert "Page 2 of 3" in ana.view.shown
    assert CANARY in str(ana.view.payload)
    await ana.submit(values={"q:words": CANARY})
    await ana.submit(values=PAGE_3)
    assert CANARY in unescape(ana.view.shown)
    assert "six words" in ana.view.shown
    await ana.press(text="Send")
    await adapter.idle()
    assert "Sent." in ana.view.shown
    assert await store.read(lambda uow: len(uow.envelopes.waiting())) == 1
    assert slack.messages(by_bot=True) == []


async def test_errors_stand_beside_the_fields_and_what_was_typed_is_kept(adapter: SlackAdapter, ana: Member) -> None:
    await ana.command("/union", "feedback", channel="C1")
    await adapter.idle()
    assert ana.view is not None
    await ana.submit(values={"q:level": "named", "q:kind": "idea"})
    assert set(ana.field_errors) == {"q:name"}
    await ana.submit(values={"q:name": "Ana"})  # the same view, whose hash has not changed
    assert ana.field_errors == {}
    assert "Page 2 of 3" in ana.view.shown


async def test_a_page_left_open_of_other_feedback_keeps_the_words(adapter: SlackAdapter, ana: Member) -> None:
    await ana.command("/union", "feedback", channel="C1")
    await adapter.idle()
    await ana.dm("cancel")  # on another device: the page is still open on this one
    await adapter.idle()
    await ana.dm("feedback")
    await adapter.idle()
    await ana.submit(values=PAGE_1)
    assert {name: said[:44] for name, said in ana.field_errors.items()} == {
        "q:level": "The feedback this page belongs to was sent o"
    }
    assert ana.view is not None
    assert "Page 1 of 3" in ana.view.shown


async def test_in_an_employers_workspace_no_modal_offers_anonymous(
    adapter: SlackAdapter, ana: Member, bot: Bot, store: Store
) -> None:
    await ana.command("/union", "feedback", channel="C1")
    await adapter.idle()
    assert ana.view is not None
    assert "Anonymous" in ana.view.shown
    bot.content = dataclasses.replace(bot.content, union=dataclasses.replace(bot.content.union, employer_owned=True))
    await ana.submit(values=PAGE_1)
    assert set(ana.field_errors) == {"q:level"}
    assert "Not anonymous here" in ana.field_errors["q:level"]
    await ana.command("/union", "feedback", channel="C1")
    await adapter.idle()
    assert "Not anonymous here" in ana.view.shown
    assert "Once filed, it leads back to no account" not in ana.view.shown
    assert await store.read(lambda uow: len(uow.envelopes.waiting())) == 0


async def test_nothing_in_metadata_and_values_but_ids(adapter: SlackAdapter, slack: SlackDouble, ana: Member) -> None:
    await ana.open_home()
    await adapter.idle()
    await ana.press(ana.home, text="Give feedback, or go on with it")
    await adapter.idle()
    await ana.submit(values=PAGE_1)
    await ana.submit(values={"q:words": CANARY})
    await ana.submit(values=PAGE_3)
    await ana.press(text="Send")
    await adapter.idle()
    await ana.open_home()
    await adapter.idle()
    hidden = []
    for call in slack.log:
        view = call.arguments.get("view") or {}
        hidden.append(view.get("private_metadata", ""))
        for block in [*view.get("blocks", ()), *call.arguments.get("blocks", ())]:
            hidden += [block.get("block_id", ""), *(str(one.get("value", "")) for one in block.get("elements", ()))]
    assert hidden
    assert not any("zebra" in one or " " in one for one in hidden)
    assert ana.home is not None
    assert "zebra" not in str(ana.home.payload)


async def test_a_shortcut_takes_own_words_only(adapter: SlackAdapter, ana: Member, luz: Member) -> None:
    mine = await ana.say("C1", CANARY)
    await ana.message_shortcut("send_as_feedback", mine)
    await adapter.idle()
    assert ana.view is not None
    await ana.submit(values=PAGE_1)
    assert CANARY in str(ana.view.payload)
    await luz.message_shortcut("send_as_feedback", mine)
    await adapter.idle()
    assert luz.view is not None
    assert "zebra" not in str(luz.view.payload)
    assert "otra persona" in luz.view.shown


async def test_a_shortcut_asks(adapter: SlackAdapter, slack: SlackDouble, ana: Member, luz: Member) -> None:
    theirs = await luz.say("C1", MONEY)
    await ana.message_shortcut("ask_the_bot", theirs)
    await adapter.idle()
    assert ANSWER in ana.ephemerals[-1].text
    assert slack.messages(by_bot=True) == []


async def test_the_home_tab_speaks_the_members_language(adapter: SlackAdapter, ana: Member, luz: Member) -> None:
    for member, words in ((ana, "I am a computer program"), (luz, "Soy un programa")):
        await member.open_home()
        await adapter.idle()
        assert member.home is not None
        assert words in member.home.shown
        assert "emple" not in member.home.shown


@pytest.mark.parametrize("confirmed", [False, True])
async def test_the_home_tab_tells_of_an_employers_workspace(
    adapter: SlackAdapter, ana: Member, luz: Member, confirmed: bool
) -> None:
    owned = dataclasses.replace(adapter.content.union, employer_owned=True, anonymous_confirmed=confirmed)
    adapter.content = dataclasses.replace(adapter.content, union=owned)
    for member, words, off in ((ana, "belongs to an employer", "no anonymous"), (luz, "de un empleador", "no recibo")):
        await member.open_home()
        await adapter.idle()
        assert member.home is not None
        assert words in member.home.shown
        assert (off in member.home.shown) is not confirmed


async def test_asking_from_the_home_tab(adapter: SlackAdapter, slack: SlackDouble, ana: Member) -> None:
    await ana.open_home()
    await adapter.idle()
    await ana.press(ana.home, text="Ask a question")
    await adapter.idle()
    assert ana.view is not None
    await ana.submit(values={"q:ask": MONEY})
    assert ANSWER in ana.view.shown
    await ana.press(text="Yes")
    await adapter.idle()
    assert "Good." in ana.view.shown
    assert slack.messages(by_bot=True) == []


@pytest.mark.parametrize("name", ["My data", "Open with a receipt", "Español", "Help"])
async def test_the_home_tabs_buttons(adapter: SlackAdapter, slack: SlackDouble, ana: Member, name: str) -> None:
    await ana.open_home()
    await adapter.idle()
    await ana.press(ana.home, text=name)
    await adapter.idle()
    assert ana.view is not None
    assert slack.messages(by_bot=True) == []


async def test_several_are_ticked_or_typed(adapter: SlackAdapter, ana: Member) -> None:
    for words in ("feedback", "2", "an idea", "skip", "skip", "skip", "Ask us first."):
        await ana.dm(words)
        await adapter.idle()
    asked = ana.received[-1]
    await ana.select(asked, "own:pick", ["safety", "quality"])
    await ana.press(asked, "own:chosen")
    await adapter.idle()
    assert "What part should AI have" in shown(ana)
    await ana.press(asked, "own:chosen")
    await adapter.idle()
    assert "That button belongs to an earlier step" in shown(ana)
    await ana.press(ana.received[-1], text="Back")
    await adapter.idle()
    assert "Your answer so far: Safety and health, Quality of the work" in shown(ana)
    await ana.dm("2, 4")
    await adapter.idle()
    await ana.dm("back")
    await adapter.idle()
    assert "Your answer so far: Time and pace, Pay" in shown(ana)


async def test_a_receipt_in_a_message_is_deleted_when_written_down(
    adapter: SlackAdapter, slack: SlackDouble, ana: Member
) -> None:
    for words in ("feedback", "2", "an idea", *["skip"] * 3, "Ask us first.", *["skip"] * 4, "no", "no"):
        await ana.dm(words)
        await adapter.idle()
    receipt = next(one for one in ana.received if "own:written" in str(one.blocks))
    words = receipt.text.strip().split("\n")[0]
    assert len(words.split()) == 6
    assert sum(words in one.text + str(one.blocks) for one in ana.received) == 1
    await ana.press(receipt, "own:written")
    await adapter.idle()
    assert receipt.deleted
    assert not any(words in one.text + str(one.blocks) for one in ana.received)
    await ana.press(ana.received[-1], text="Send")
    await adapter.idle()
    assert "Sent." in shown(ana)


async def test_old_buttons_get_a_sentence(adapter: SlackAdapter, ana: Member) -> None:
    await ana.dm("feedback")
    await adapter.idle()
    first = ana.received[-1]
    for words in ("2", "an idea"):
        await ana.dm(words)
        await adapter.idle()
    await ana.press(first, text="3. Anonymous")
    await adapter.idle()
    assert "That button belongs to an earlier step" in shown(ana)
    assert "In which sector" in shown(ana)


async def test_hostile_words_mention_nobody(adapter: SlackAdapter, slack: SlackDouble, ana: Member) -> None:
    hostile = "<!channel> <@U2> *bold* <https://x.example|click> \u202e & \x00 :smile:"
    for words in ("feedback", "2", "an idea", *["skip"] * 3, hostile, *["skip"] * 4, "no", "no", "2"):
        await ana.dm(words)
        await adapter.idle()
    assert any("<!channel> <@U2> *bold*" in unescape(one.text) for one in ana.received)
    assert all(one.mentions == set() for one in ana.received)
    assert all(call.arguments["unfurl_links"] in (False, "false", "0") for call in slack.calls("chat.postMessage"))


async def test_guests_and_people_from_outside(run: Run, slack: SlackDouble) -> None:
    adapter = await run(guests="nobody")
    guest = slack.member("U7", is_restricted=True)
    outsider = slack.member("U8", team="T0OTHER")
    await guest.dm(MONEY)
    await outsider.dm(MONEY)
    await adapter.idle()
    assert "do not answer others" in shown(guest)
    assert ANSWER in shown(outsider)
    await outsider.dm("feedback")
    await adapter.idle()
    assert "who may know" not in shown(outsider)
    await outsider.command("/union", "mydata")
    await outsider.open_home()
    await adapter.idle()
    assert outsider.home is not None
    assert "Give feedback" not in outsider.home.shown
    assert outsider.view is None


@pytest.mark.parametrize("by", ["id", "group"])
async def test_staff(run: Run, slack: SlackDouble, by: str) -> None:
    slack.add_group("S1", "U1")
    adapter = await run(**({"staff": frozenset({"U1"})} if by == "id" else {"staff_group": "S1"}))
    assert (await adapter.people.find("U1")).staff
    assert not (await adapter.people.find("U2")).staff
    slack.groups["S1"] = []
    adapter.people.clock = lambda: time.monotonic() + 61
    assert (await adapter.people.find("U1")).staff is (by == "id")


async def test_the_agent_view(run: Run, slack: SlackDouble, ana: Member) -> None:
    adapter = await run(agent_view=True)
    await ana.open_home(tab="messages")
    first = await ana.dm("hello")
    await adapter.idle()
    assert len(slack.prompts[0]["prompts"]) == 4
    await ana.dm(MONEY, thread_ts=first.ts)
    await adapter.idle()
    assert slack.statuses[0]["thread_ts"] == first.ts
    await ana.feedback(ana.received[-1], "yes")
    await adapter.idle()
    assert "Good." in shown(ana)


async def test_a_modal_that_was_open_over_a_restart(run: Run, slack: SlackDouble, ana: Member) -> None:
    adapter = await run()
    await ana.command("/union", "feedback", channel="C1")
    await adapter.idle()
    adapter.stop()
    await slack.until(lambda: not adapter.health.connected)
    await run()
    assert ana.view is not None
    await ana.submit(values=PAGE_1)
    assert "Page 2 of 3" in ana.view.shown


async def test_the_adapters_own_words_follow_the_language_that_was_chosen(
    adapter: SlackAdapter, slack: SlackDouble, ana: Member
) -> None:
    await ana.dm("en español")
    for words in ("opinar", "2", "una idea", *["saltar"] * 3, "Que avise antes.", *["saltar"] * 4, "sí", "no"):
        await ana.dm(words)
    await adapter.idle()
    assert "Ya lo apunté" in json.dumps([one.blocks for one in ana.received[-2:]], ensure_ascii=False)
    assert slack.violations == []


async def test_letters_are_pushed(adapter: SlackAdapter, slack: SlackDouble, ana: Member) -> None:
    news = Reply((Text("Union staff answer"),))
    assert await adapter.push(("slack", "T0UNION:U1"), news)
    assert "Union staff answer" in shown(ana)
    slack.member("U9", deleted=True)
    assert not await adapter.push(("slack", "T0UNION:U9"), news)
    assert not await adapter.push(("slack", "T0UNION:U404"), news)
    assert not await adapter.push(("slack", "T0OTHER:U1"), news)
    assert not await adapter.push(("discord", "1"), news)


async def test_a_file_comes_in_the_direct_message(adapter: SlackAdapter, slack: SlackDouble, ana: Member) -> None:
    await ana.dm("hello")
    await adapter.idle()
    made = Reply((Text("Here it is."),), file=File("feedback.csv", b"id,words\r\n"))
    assert await adapter.push(("slack", "T0UNION:U1"), made)
    (upload,) = slack.uploads
    assert (upload.name, upload.content, upload.channel) == ("feedback.csv", b"id,words\r\n", ana.dm_channel)
    assert upload.complete


async def test_the_staffs_channel(adapter: SlackAdapter, slack: SlackDouble) -> None:
    week = Reply((Text("The week of"),))
    slack.add_channel("C9", joined=False)
    assert await adapter.announce("C1", week, "en")
    assert not await adapter.announce("C9", week, "en")
    assert [one.text for one in slack.messages("C1", by_bot=True)] == ["The week of"]


async def test_staffs_commands(run: Run, slack: SlackDouble, ana: Member, luz: Member) -> None:
    adapter = await run(staff=frozenset({"U1"}))
    await ana.dm("staff inbox")
    await luz.dm("staff inbox")
    await ana.command("/union", "staff inbox", channel="C1")
    await adapter.idle()
    assert "No feedback is filed" in shown(ana)
    assert "No feedback is filed" in ana.ephemerals[-1].text
    assert "No feedback is filed" not in shown(luz)
    assert "ninguna opinión" not in shown(luz)


async def test_in_an_employers_workspace_staff_are_shown_no_members_words(
    run: Run, slack: SlackDouble, ana: Member, bot: Bot, store: Store
) -> None:
    """By message and by slash command; elsewhere they are, so that this is no accident."""
    adapter = await run(staff=frozenset({"U1"}))
    author = slack.member("U3", name="ben", locale="en-US")
    await type_all(adapter, author, CANARY)
    await author.dm("send")
    await adapter.idle()
    (item,) = await store.read(lambda uow: list(uow.items.all("ai-at-work")))
    await ana.dm(f"staff show {item.id}")
    await adapter.idle()
    assert CANARY in shown(ana)
    bot.content = dataclasses.replace(bot.content, union=dataclasses.replace(bot.content.union, employer_owned=True))
    for words in ("inbox", f"show {item.id}", "questions", "export feedback csv why", "export questions csv why"):
        await ana.dm(f"staff {words}")
        await ana.command("/union", f"staff {words}", channel="C1")
        await adapter.idle()
        for said in (shown(ana), unescape(ana.ephemerals[-1].text)):
            assert "This workspace belongs to an employer, so I show no members' words" in said, words
            assert CANARY not in said
    assert slack.uploads == []
