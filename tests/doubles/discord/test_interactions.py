"""Interactions over the real client: the first response and its rules, follow-ups, modals, components."""

import asyncio
from typing import Any

import pytest

from .acts import Interaction
from .client import Bot, discord, running
from .members import Member
from .server import DiscordDouble
from .usage import CannotDo
from .world import ORDINARY

ASK: dict[str, Any] = {
    "name": "ask",
    "description": "Ask the bot",
    "integration_types": [0, 1],
    "contexts": [0, 1, 2],
    "options": [{"type": 3, "name": "question", "description": "What?", "autocomplete": True}],
}
MENU: dict[str, Any] = {"name": "Ask the bot", "type": 3}


@pytest.fixture
async def asked(double: DiscordDouble, ana: Member, bot: Bot) -> tuple[discord.Interaction, Interaction]:
    """An interaction as the bot has it and as the double has it: /ask in the server, not answered yet."""
    await bot.http.bulk_upsert_global_commands(double.application_id, [ASK, MENU])
    told = await ana.slash("ask", double.guilds[0], question="why?")
    return await bot.next_asked(), told


def modal() -> discord.ui.Modal:
    form = discord.ui.Modal(title="Your feedback", custom_id="f1:draft")
    form.add_item(discord.ui.TextDisplay("Page 1"))
    text: discord.ui.TextInput[discord.ui.Modal] = discord.ui.TextInput(
        custom_id="words", style=discord.TextStyle.long, default="so far", max_length=4000
    )
    form.add_item(discord.ui.Label(text="Your words", description="As long as you like", component=text))
    radio: discord.ui.RadioGroup[discord.ui.Modal] = discord.ui.RadioGroup(custom_id="level", required=True)
    boxes: discord.ui.CheckboxGroup[discord.ui.Modal] = discord.ui.CheckboxGroup(
        custom_id="topics", required=False, min_values=0
    )
    menu: discord.ui.Select[discord.ui.Modal] = discord.ui.Select(custom_id="sector", required=False, min_values=0)
    for code in ("a", "b"):
        radio.add_option(label=code.upper(), value=code)
        boxes.add_option(label=code.upper(), value=code)
        menu.add_option(label=code.upper(), value=code)
    form.add_item(discord.ui.Label(text="Level", component=radio))
    form.add_item(discord.ui.Label(text="Topics", component=boxes))
    form.add_item(discord.ui.Label(text="Sector", component=menu))
    return form


def data_of(it: discord.Interaction) -> Any:
    return it.data


async def respond(it: discord.Interaction, kind: int) -> None:
    """A first response of this type, whatever the library would let through."""
    adapter = discord.webhook.async_.async_context.get()
    params = discord.webhook.async_.interaction_response_params(kind, {})
    await adapter.create_interaction_response(it.id, it.token, session=it._session, params=params)


async def test_payload_has_what_the_client_wants(
    double: DiscordDouble, asked: tuple[discord.Interaction, Interaction], ana: Member
) -> None:
    it, _ = asked
    assert isinstance(it.user, discord.Member)
    assert (it.user.id, str(it.locale), str(it.guild_locale)) == (ana.id, "es-ES", "en-US")
    assert it.app_permissions.embed_links
    assert not it.permissions.manage_guild
    assert it.context.guild
    double.give_role(ana, "stewards")
    await ana.slash("ask", double.guilds[0])
    again = await it.client.next_asked(2)  # type: ignore[attr-defined]
    assert again.permissions.manage_guild
    assert "stewards" in [role.name for role in again.user.roles]


async def test_answer_and_follow_ups(double: DiscordDouble, asked: tuple[discord.Interaction, Interaction]) -> None:
    it, told = asked
    assert told.state == "waiting"
    await it.response.send_message("first", ephemeral=True)
    await it.followup.send("second", ephemeral=True)
    public = await it.followup.send("third", wait=True)
    await it.edit_original_response(content="first, changed")
    await public.edit(content="third, changed")
    ana = double.member("ana")
    assert told.state == "answered"
    assert [one.text for one in ana.ephemerals] == ["first, changed", "second"]
    assert [one.text for one in double.messages("general")] == ["third, changed"]
    await it.delete_original_response()
    assert [one.text for one in ana.ephemerals] == ["second"]
    assert double.violations == []


async def test_void_after_three_seconds(double: DiscordDouble, asked: tuple[discord.Interaction, Interaction]) -> None:
    it, told = asked
    double.clock.advance(3.1)
    assert told.state == "failed"
    with pytest.raises(discord.NotFound) as error:
        await it.response.send_message("late")
    assert error.value.code == 10062
    with pytest.raises(discord.NotFound) as error:
        await it.followup.send("later")
    assert error.value.code == 10015
    assert len(double.violations) == 2


async def test_one_first_response(double: DiscordDouble, asked: tuple[discord.Interaction, Interaction]) -> None:
    it, _ = asked
    await it.response.defer(ephemeral=True)
    it.response._response_type = None
    with pytest.raises(discord.HTTPException) as error:
        await it.response.send_message("again")
    assert error.value.code == 40060
    assert len(double.violations) == 1


async def test_502_after_commit_of_a_callback_is_40060_on_the_retry(
    double: DiscordDouble, asked: tuple[discord.Interaction, Interaction]
) -> None:
    it, told = asked
    double.fail("/interactions/*/callback", after_commit=True)
    with pytest.raises(discord.HTTPException) as error:
        await it.response.send_message("delivered", ephemeral=True)
    assert error.value.code == 40060
    assert told.reply is not None
    assert told.reply.text == "delivered"
    assert double.violations == []
    double.fail("/webhooks/*", after_commit=True)
    await it.followup.send("twice", ephemeral=True)
    assert [one.text for one in double.member("ana").ephemerals] == ["delivered", "twice", "twice"]


async def test_defer_thinks_until_the_first_follow_up_which_keeps_its_visibility(
    double: DiscordDouble, asked: tuple[discord.Interaction, Interaction]
) -> None:
    it, told = asked
    await it.response.defer(ephemeral=True, thinking=True)
    assert (told.state, [one.thinking for one in told.shown]) == ("thinking", [True])
    await it.followup.send("public, it hoped")
    assert (told.state, [one.text for one in double.member("ana").ephemerals]) == ("answered", ["public, it hoped"])
    assert double.messages("general") == []
    with pytest.raises(discord.InteractionResponded):
        await it.response.send_modal(modal())


async def test_token_ends_after_fifteen_minutes(
    double: DiscordDouble, asked: tuple[discord.Interaction, Interaction]
) -> None:
    it, _ = asked
    await it.response.send_message("now", ephemeral=True)
    double.clock.advance(901)
    with pytest.raises(discord.HTTPException) as error:
        await it.edit_original_response(content="too late")
    assert (error.value.status, error.value.code) == (401, 50027)


@pytest.mark.parametrize("kind", [1, 6, 7, 8, 12])
async def test_kinds_that_do_not_answer_a_command(
    double: DiscordDouble, asked: tuple[discord.Interaction, Interaction], kind: int
) -> None:
    it, told = asked
    with pytest.raises(discord.HTTPException) as error:
        await respond(it, kind)
    assert error.value.code == 50035
    assert told.state == "waiting"


async def test_modal_from_button_changes_the_message(
    double: DiscordDouble, ana: Member, bot: Bot, asked: tuple[discord.Interaction, Interaction]
) -> None:
    it, _ = asked
    view = discord.ui.View(timeout=None)
    view.add_item(discord.ui.Button(label="Start", custom_id="v1:start"))
    await it.response.send_message("ready?", view=view, ephemeral=True)
    [message] = ana.ephemerals
    ben = double.add_user("ben")
    with pytest.raises(CannotDo):
        await ben.press(message, "Start")
    await ana.press(message, "Start")
    pressed = await bot.next_asked(2)
    await pressed.response.send_modal(modal())
    assert ana.modal is not None
    assert ana.modal.title == "Your feedback"
    assert "As long as you like" in ana.modal.text
    with pytest.raises(CannotDo):
        await ana.submit(values={"words": "no level chosen"})
    sent = await ana.submit(values={"level": "b", "topics": ["a", "b"]})
    got = await bot.next_asked(3)
    values = {one["component"]["custom_id"]: one["component"] for one in data_of(got)["components"][1:]}
    assert values["words"]["value"] == "so far"
    assert (values["level"]["value"], values["topics"]["values"], values["sector"]["values"]) == ("b", ["a", "b"], [])
    await got.response.edit_message(content="thank you", view=None)
    assert sent.state == "answered"
    assert double.open_modals == {}
    assert [one.text for one in ana.ephemerals] == ["thank you"]
    assert double.violations == []


async def test_modal_does_not_answer_a_modal(
    double: DiscordDouble, ana: Member, bot: Bot, asked: tuple[discord.Interaction, Interaction]
) -> None:
    it, _ = asked
    await it.response.send_modal(modal())
    await ana.submit(values={"level": "a"})
    got = await bot.next_asked(2)
    with pytest.raises(discord.HTTPException):
        await got.response.send_modal(modal())
    assert len(double.violations) == 1
    with pytest.raises(discord.HTTPException):  # no message to change: a command opened it
        await got.response.defer()
    got.response._response_type = None
    await got.response.send_message("kept", ephemeral=True)
    assert ana.modal is None


async def test_modal_stays_when_nobody_answers(
    double: DiscordDouble, ana: Member, asked: tuple[discord.Interaction, Interaction]
) -> None:
    await asked[0].response.send_modal(modal())
    sent = await ana.submit(values={"level": "a", "words": "precious"})
    double.clock.advance(3.1)
    assert sent.state == "failed"
    assert ana.modal is not None
    ana.dismiss()
    assert ana.modal is None


async def test_autocomplete_takes_choices_only(
    double: DiscordDouble, ana: Member, bot: Bot, asked: tuple[discord.Interaction, Interaction]
) -> None:
    typing = asyncio.create_task(ana.autocomplete("ask", "question", "wh", double.guilds[0]))
    it = await bot.next_asked(2)
    await it.response.autocomplete([discord.app_commands.Choice(name="Why?", value="why")])
    assert await typing == [{"name": "Why?", "value": "why"}]
    typing = asyncio.create_task(ana.autocomplete("ask", "question", "wh"))
    it = await bot.next_asked(3)
    with pytest.raises(discord.HTTPException):
        await respond(it, 5)
    with pytest.raises(discord.HTTPException):
        await it.response.autocomplete([discord.app_commands.Choice(name="x" * 101, value="x")])
    double.clock.advance(4)
    with pytest.raises(TimeoutError):
        await typing


async def test_context_menu_has_the_message_with_its_content(
    double: DiscordDouble, ana: Member, bot: Bot, asked: tuple[discord.Interaction, Interaction]
) -> None:
    written = await ana.write("general", "not for the bot")
    await ana.context_menu("Ask the bot", written)
    it = await bot.next_asked(2)
    assert data_of(it)["resolved"]["messages"][str(written.id)]["content"] == "not for the bot"


async def test_select_and_forged_press(double: DiscordDouble, ana: Member, bot: Bot) -> None:
    view = discord.ui.View(timeout=None)
    options = [discord.SelectOption(label=one.upper(), value=one) for one in "abc"]
    view.add_item(discord.ui.Select(custom_id="v1:pick", options=options, max_values=2))
    await bot.get_partial_messageable(double.channel("general").id).send("pick", view=view)
    [message] = double.messages("general")
    with pytest.raises(CannotDo):
        await ana.select(message, "v1:pick", ["a", "b", "c"])
    await ana.select(message, "v1:pick", ["a", "b"])
    assert data_of(await bot.next_asked())["values"] == ["a", "b"]
    with pytest.raises(CannotDo):
        await ana.press(message, "v1:gone")
    await ana.press(message, "v1:gone", forged=True)
    it = await bot.next_asked(2)
    await it.response.defer()
    assert ana.interactions[-1].state == "answered"


async def test_user_installed_app_in_a_server_without_the_bot(double: DiscordDouble, bot: Bot) -> None:
    elsewhere = double.add_guild("Elsewhere", installed=False)
    eva = double.add_user("eva", guilds=[elsewhere], user_install=True)
    await bot.http.bulk_upsert_global_commands(
        double.application_id, [ASK, {**ASK, "name": "feedback", "integration_types": [0]}]
    )
    with pytest.raises(CannotDo):
        await eva.slash("feedback", elsewhere)
    await eva.slash("ask", elsewhere, question="?")
    it = await bot.next_asked()
    assert it.is_user_integration()
    assert not it.is_guild_integration()
    await it.response.send_message("an answer", ephemeral=True)
    for number in range(5):
        await it.followup.send(str(number), ephemeral=True)
    with pytest.raises(discord.HTTPException) as error:
        await it.followup.send("6", ephemeral=True)
    assert error.value.code == 40094


async def test_embeds_vanish_from_public_answers_without_embed_links(
    ana: Member, double: DiscordDouble, bot: Bot
) -> None:
    place = double.add_channel(double.guilds[0], "plain", app_permissions=ORDINARY - {"embed_links"})
    await bot.http.bulk_upsert_global_commands(double.application_id, [ASK])
    told = await ana.slash("ask", place)
    it = await bot.next_asked()
    assert not it.app_permissions.embed_links
    await it.response.send_message("text", embed=discord.Embed(description="picture"))
    assert told.reply is not None
    assert told.reply.text == "text"


async def test_interaction_while_no_shard_is_connected_fails(double: DiscordDouble, ana: Member) -> None:
    async with running(double, Bot()) as bot:
        await bot.http.bulk_upsert_global_commands(double.application_id, [ASK])
    told = await ana.slash("ask", double.guilds[0])
    double.clock.advance(3.1)
    assert told.state == "failed"
    async with running(double, Bot()) as bot:
        assert bot.asked == []


async def test_private_conversation_of_others(double: DiscordDouble, ana: Member, bot: Bot) -> None:
    eva = double.add_user("eva", user_install=True)
    place = double.add_private_channel(ana, eva)
    await bot.http.bulk_upsert_global_commands(double.application_id, [ASK])
    await eva.write(place, "not the bot's business")
    with pytest.raises(CannotDo):
        await ana.slash("ask", place)
    await eva.slash("ask", place, question="?")
    it = await bot.next_asked()
    assert it.context.private_channel
    assert not it.is_guild_integration()
    await it.response.send_message("for both")
    assert [one.text for one in double.messages(place)] == ["not the bot's business", "for both"]
    with pytest.raises(discord.Forbidden):
        await bot.get_partial_messageable(place.id).send("uninvited")
    assert bot.heard == []


async def test_button_in_a_direct_message_after_a_restart(double: DiscordDouble, ana: Member) -> None:
    async with running(double, Bot()) as bot:
        view = discord.ui.View(timeout=None)
        view.add_item(discord.ui.Button(label="Resume", custom_id="v1:resume"))
        await (await bot.fetch_user(ana.id)).send("later", view=view)
    async with running(double, Bot()) as bot:
        pressed = await ana.press(ana.inbox[0], "Resume")
        it = await bot.next_asked()
        assert (it.user.id, it.guild, it.message and it.message.id) == (ana.id, None, ana.inbox[0].id)
        await it.response.edit_message(content="on it", view=None)
        assert pressed.reply is ana.inbox[0]
    assert [(one.text, one.buttons) for one in ana.inbox] == [("on it", {})]
    assert double.violations == []


async def test_components_v2_come_back_with_their_ids(double: DiscordDouble, ana: Member, bot: Bot) -> None:
    view = discord.ui.LayoutView(timeout=None)
    box: discord.ui.Container[discord.ui.LayoutView] = discord.ui.Container(discord.ui.TextDisplay("# Heading"))
    row: discord.ui.ActionRow[discord.ui.LayoutView] = discord.ui.ActionRow()
    row.add_item(discord.ui.Button(label="Go", custom_id="v1:go"))
    view.add_item(box.add_item(row))
    sent = await (await bot.fetch_user(ana.id)).send(view=view)
    assert (ana.inbox[0].text, ana.inbox[0].buttons) == ("# Heading\nGo", {"Go": "v1:go"})
    with pytest.raises(discord.HTTPException, match="IS_COMPONENTS_V2"):
        await sent.edit(content="plain")
    await ana.press(ana.inbox[0], "Go")
    assert (await bot.next_asked()).message == sent
