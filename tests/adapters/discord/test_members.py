"""What members get: commands, mentions, menus, direct messages; who sees the answer."""

import re

from bot.events import AnyEvent
from bot.replies import Button, File, Reply, Text, Words
from tests.adapters.discord.conftest import World


async def test_a_question_by_command_is_answered_to_the_member_alone(world: World) -> None:
    told = await world.slash(world.ben, "union ask", question="Did Microsoft pay the AFL-CIO?")
    assert told.reply is not None
    assert told.reply.ephemeral
    assert "No source we read" in told.reply.text
    assert world.double.violations == []


async def test_in_direct_messages_the_command_answers_in_sight(world: World) -> None:
    told = await world.slash(world.ben, "union help", None)
    assert told.reply is not None
    assert not told.reply.ephemeral
    assert "ask staff" in told.reply.text


async def test_the_command_speaks_the_members_language(world: World) -> None:
    told = await world.slash(world.ana, "union help")
    assert told.reply is not None
    assert "programa de computadora" in told.reply.text


async def test_suggestions_while_typing(world: World) -> None:
    found = await world.ana.autocomplete("union ask", "question", "dinero", "general")
    assert found == [{"name": "¿Hay dinero de por medio?", "value": "is-money-involved"}]
    told = await world.slash(world.ana, "union ask", question="is-money-involved")
    assert told.reply is not None
    assert "Fuente:" in told.reply.text


async def test_a_mention_is_answered_where_it_was_asked(world: World) -> None:
    asked = await world.ben.mention("general", "Did Microsoft pay the AFL-CIO?")
    await world.double.until(lambda: len(world.double.messages("general")) > 1)
    answer = world.double.messages("general")[-1]
    assert answer.reference is asked
    assert "No source we read" in answer.text
    assert answer.pings == ()
    assert world.ben.inbox == []


async def test_what_is_personal_goes_to_a_direct_message(world: World) -> None:
    await world.ben.mention("general", "my boss wrote me up today and wants me to sign it")
    await world.double.until(lambda: len(world.double.messages("general")) > 1 and world.ben.inbox)
    assert "steward" in world.ben.inbox[-1].text
    assert world.double.messages("general")[-1].text == "I answered you in a direct message."


async def test_closed_direct_messages_fall_back_to_a_button(world: World) -> None:
    world.ben.user.dm_closed = True
    await world.ben.mention("general", "my boss wrote me up today and wants me to sign it")
    await world.double.until(lambda: len(world.double.messages("general")) > 1)
    said = world.double.messages("general")[-1]
    assert "for you alone" in said.text
    assert "steward" not in said.text
    told = await (await world.ben.press(said, "Show it to me here")).answered()
    assert told.reply is not None
    assert told.reply.ephemeral
    assert "steward" in told.reply.text
    stranger = await (await world.ana.press(said, "Show it to me here")).answered()
    assert stranger.reply is not None
    assert "otra persona" in stranger.reply.text
    refused = world.double.invalid_requests
    await world.ben.mention("general", "my boss wrote me up again and wants me to sign it")
    await world.double.until(lambda: len(world.double.messages("general")) > 3)
    assert world.double.invalid_requests == refused, "after a 403 nothing is tried again"


async def test_a_channel_where_the_bot_may_not_write(world: World) -> None:
    world.double.add_channel(world.guild, "quiet", app_permissions=("view_channel",))
    await world.ben.mention("quiet", "What are the three goals?")
    await world.double.until(lambda: len(world.ben.inbox) == 2)
    assert "I may not write in the channel" in world.ben.inbox[0].text
    assert "Source:" in world.ben.inbox[-1].text


async def test_other_peoples_talk_is_not_answered(world: World) -> None:
    await world.ben.write("general", "What are the three goals?")
    await world.dm(world.ben, "hello")
    assert len(world.double.messages("general")) == 1
    assert len(world.seen) == 1


async def test_own_message_sent_as_feedback(world: World) -> None:
    said = await world.ben.write("general", "The scanner counts my breaks as idle time.")
    await (await world.ben.context_menu("Send as feedback", said)).answered()
    assert world.ben.modal is not None
    assert world.ben.modal.fields["level"]["label"] == "Who may know it was you?"
    theirs = await (await world.ana.context_menu("Send as feedback", said)).answered()
    assert theirs.modal is not None
    assert "scanner" not in theirs.modal.text


async def test_ask_the_bot_about_a_message(world: World) -> None:
    said = await world.ana.write("general", "What are the three goals?")
    told = await (await world.ben.context_menu("Ask the bot", said)).answered()
    assert told.reply is not None
    assert told.reply.ephemeral
    assert "Source:" in told.reply.text


async def test_a_users_own_install_asks_and_gets_help_only(world: World) -> None:
    elsewhere = world.double.add_guild("Another place", channels=("lobby",), installed=False)
    eva = world.double.add_user("eva", guilds=(elsewhere,), user_install=True)
    told = await world.slash(eva, "union ask", "lobby", question="What are the three goals?")
    assert told.reply is not None
    assert told.reply.ephemeral
    assert "Source:" in told.reply.text
    refused = await world.slash(eva, "union mydata", "lobby")
    assert refused.reply is not None
    assert "Here I can only answer questions" in refused.reply.text


async def test_files_get_one_sentence(world: World) -> None:
    said = await world.dm(world.ben, "", files={"voice.ogg": b"words"})
    assert "I can only read text" in said.text


async def test_a_file_follows_what_promised_it(world: World) -> None:
    """As bot/promises.py delivers it: two outcomes of one event."""
    two = (Reply((Text("It comes."),)), Reply((Text("Here it is."),), file=File("items.csv", b"a,b")))

    async def respond(event: AnyEvent) -> None:
        for one in two:
            await world.adapter.deliver(event, one)

    world.adapter.hearing.respond = respond
    told = await world.slash(world.ben, "union staff", words="export feedback csv")
    await world.double.until(lambda: len(told.shown) == 2)
    assert told.shown[1].ephemeral
    assert told.shown[1].files == {"items.csv": b"a,b"}
    said = await world.dm(world.ben, "staff export feedback csv", count=2)
    assert said.files == {"items.csv": b"a,b"}


async def test_a_long_answer_comes_in_order(world: World) -> None:
    long = Reply(
        tuple(Words(f"Line {number}", "*words* " * 60) for number in range(12)), commands=(Button("help", "Help"),)
    )

    async def respond(event: AnyEvent) -> None:
        await world.adapter.deliver(event, long)

    world.adapter.hearing.respond = respond
    await world.slash(world.ben, "union help")
    await world.double.until(lambda: any(one.buttons for one in world.ben.ephemerals))
    parts = world.ben.ephemerals
    await world.ben.dm("help")
    await world.double.until(lambda: any(one.buttons for one in world.ben.inbox))
    for shown in (parts, world.ben.inbox):
        lines = [int(n) for one in shown for n in re.findall(r"Line (\d+)", one.content)]
        assert lines == list(range(12))
        assert [bool(one.buttons) for one in shown] == [False] * (len(shown) - 1) + [True]
    assert world.double.violations == []


async def test_an_interaction_that_came_too_late_is_answered_in_a_direct_message(world: World) -> None:
    world.double.fail("/interactions/*/callback", status=404)
    told = await world.ben.slash("union help", "general")
    await world.double.until(lambda: world.ben.inbox or told.state == "answered")
    assert "ask staff" in "".join(one.text for one in [*world.ben.inbox, *told.shown])
