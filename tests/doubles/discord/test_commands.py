"""Commands synchronised by the real client, and what members are offered of them."""

import pytest

from .client import Bot, discord
from .members import Member
from .server import DiscordDouble
from .usage import CannotDo

app_commands = discord.app_commands


class Spanish(app_commands.Translator):
    async def translate(
        self, text: app_commands.locale_str, locale: discord.Locale, place: app_commands.TranslationContextTypes
    ) -> str | None:
        return text.extras.get("es") if locale is discord.Locale.spain_spanish else None


async def ask(it: discord.Interaction, question: str) -> None:
    await it.response.send_message(f"asked {question}", ephemeral=True)


async def menu(it: discord.Interaction, message: discord.Message) -> None:
    await it.response.send_message(message.content, ephemeral=True)


async def tree_of(bot: Bot) -> app_commands.CommandTree[Bot]:
    tree = app_commands.CommandTree(bot)
    await tree.set_translator(Spanish())
    union = app_commands.Group(
        name="union",
        description="The union's bot",
        allowed_contexts=app_commands.AppCommandContext(guild=True, dm_channel=True),
        allowed_installs=app_commands.AppInstallationType(guild=True, user=True),
    )
    name = app_commands.locale_str("ask", es="preguntar")
    union.command(name=name, description=app_commands.locale_str("Ask", es="Pregunta"))(ask)
    staff = app_commands.Group(
        name="staff", description="Staff", guild_only=True, default_permissions=discord.Permissions(manage_guild=True)
    )
    staff.command(name="ask", description="Ask")(ask)
    tree.add_command(union)
    tree.add_command(staff)
    tree.add_command(app_commands.ContextMenu(name="Ask the bot", callback=menu))
    return tree


async def test_sync_replaces_all_and_keeps_ids_and_localisations(double: DiscordDouble, bot: Bot) -> None:
    tree = await tree_of(bot)
    first = await tree.sync()
    second = await tree.sync()
    assert {one.id for one in first} == {one.id for one in second}
    [union] = [one for one in double.commands[None] if one["name"] == "union"]
    assert union["options"][0]["name_localizations"] == {"es-ES": "preguntar"}
    assert union["options"][0]["description_localizations"] == {"es-ES": "Pregunta"}
    tree.remove_command("staff")
    await tree.sync()
    assert sorted(one["name"] for one in double.commands[None]) == ["Ask the bot", "union"]
    assert double.syncs == [(None, 3), (None, 3), (None, 2)]
    assert double.violations == []


async def test_guild_scope_is_apart(double: DiscordDouble, bot: Bot) -> None:
    tree = await tree_of(bot)
    guild = double.guilds[0]
    tree.copy_global_to(guild=discord.Object(guild.id))
    await tree.sync(guild=discord.Object(guild.id))
    assert (len(double.commands[guild.id]), double.commands[None]) == (3, [])
    assert [one.name for one in await tree.fetch_commands(guild=discord.Object(guild.id))]


async def test_members_use_what_is_offered(double: DiscordDouble, ana: Member, bot: Bot) -> None:
    tree = await tree_of(bot)
    with pytest.raises(CannotDo, match="registered"):
        await ana.slash("union ask", question="too early")
    await tree.sync()
    for place in (None, double.guilds[0]):
        told = await (await ana.slash("union ask", place, question="why")).answered()
        assert told.reply is not None
        assert told.reply.text == "asked why"
    with pytest.raises(CannotDo, match="must be given"):
        await ana.slash("union ask")
    with pytest.raises(CannotDo, match="no option"):
        await ana.slash("union ask", question="a", answer="b")
    for place in (None, double.guilds[0]):
        with pytest.raises(CannotDo, match="not offered"):
            await ana.slash("staff ask", place, question="hidden")
    double.give_role(ana, "stewards")
    await (await ana.slash("staff ask", double.guilds[0], question="shown")).answered()
    written = await ana.dm("these words")
    told = await (await ana.context_menu("Ask the bot", written)).answered()
    assert told.reply is not None
    assert told.reply.text == "these words"
    assert double.violations == []


async def test_a_wrong_command_is_refused_and_changes_nothing(double: DiscordDouble, bot: Bot) -> None:
    tree = await tree_of(bot)
    await tree.sync()
    with pytest.raises(discord.HTTPException, match="name"):
        await bot.http.bulk_upsert_global_commands(double.application_id, [{"name": "Ask", "description": "x"}])
    assert len(double.commands[None]) == 3
    assert len(double.violations) == 1
