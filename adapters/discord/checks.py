"""`./run doctor discord`: one line a check, with how to mend it; and the address that invites the bot."""

from collections.abc import AsyncIterator
from urllib.parse import urlencode

import discord

from adapters.discord.client import Client, point
from adapters.discord.commands import Spanish, Tree, build
from adapters.discord.settings import DiscordSettings
from adapters.discord.syncing import FILE
from bot.content import Content

NEEDED = discord.Permissions(
    view_channel=True, send_messages=True, send_messages_in_threads=True, read_message_history=True
)
PRIVILEGED = ("gateway_presence", "gateway_guild_members", "gateway_message_content")
INVITE = "https://discord.com/oauth2/authorize"
PAGE = "the bot's page in the developer portal"


def invite(application: int) -> str:
    """Where somebody who manages a server adds the bot, with exactly the permissions it needs."""
    query = {"client_id": application, "scope": "bot applications.commands", "permissions": NEEDED.value}
    return f"{INVITE}?{urlencode(query)}"


async def check(settings: DiscordSettings, content: Content) -> list[str]:
    """Lines "ok ..." or "FAIL ...", the invite last. Asks Discord over REST only; prints no token."""
    return [line async for line in findings(settings, content)]


async def findings(settings: DiscordSettings, content: Content) -> AsyncIterator[str]:
    point(settings)
    async with Client(settings, started=nothing, message=nothing, interaction=nothing) as client:
        try:
            await client.login(settings.token)
        except discord.LoginFailure:
            yield "FAIL token: Discord refused DISCORD_TOKEN; copy the bot token again from the developer portal."
            return
        except (discord.HTTPException, OSError) as problem:
            yield f"FAIL connection: Discord did not answer as expected ({type(problem).__name__}); try again later."
            return
        yield "ok   token"
        application = client.application
        assert application is not None
        yield application_line(application)
        yield intents_line(application)
        yield await commands_line(client, settings, content)
        async for line in server_lines(client, settings):
            yield line
        yield f"Invite the bot: {invite(application.id)}"


async def nothing(*_: object) -> None:
    """The checks listen to no event."""


def application_line(application: discord.AppInfo) -> str:
    if application.interactions_endpoint_url:
        return f"FAIL application: an interactions endpoint URL is set, so commands do not arrive; empty it on {PAGE}."
    return "ok   application: commands arrive over the gateway"


def intents_line(application: discord.AppInfo) -> str:
    flags = application.flags
    granted = [name for name in PRIVILEGED if getattr(flags, name) or getattr(flags, f"{name}_limited")]
    if granted:
        return f"ok   intents: none is needed; switch these off on {PAGE}: {', '.join(granted)}"
    return "ok   intents: no privileged one is on, and none is needed"


async def commands_line(client: Client, settings: DiscordSettings, content: Content) -> str:
    """What is registered against what this version has, by name."""
    tree = Tree(client)
    build(tree, Nobody(), content, lambda words, language: [])
    await tree.set_translator(Spanish())
    guild = discord.Object(settings.trial_guild) if settings.trial_guild else None
    try:
        registered = {one.name for one in await tree.fetch_commands(guild=guild)}
    except discord.HTTPException:
        return "FAIL commands: they cannot be read; is the bot in the server of DISCORD_TRIAL_GUILD?"
    missing = sorted({one.name for one in tree.get_commands()} - registered)
    if missing:
        remembered = settings.data_dir / FILE
        return f"FAIL commands: not registered: {', '.join(missing)}; remove {remembered} and start ./run discord."
    return f"ok   commands: {len(registered)} registered" + (" in the trial server" if guild else "")


class Nobody:
    """The tree's receiver where it is only looked at: nothing is connected, so nothing comes."""

    async def take(self, interaction: object, make: object) -> None: ...


async def server_lines(client: Client, settings: DiscordSettings) -> AsyncIterator[str]:
    """Permissions and staff roles, a line a server; numbered, because names may tell who organises there."""
    count, roles = 0, set(settings.staff_roles)
    async for found in client.fetch_guilds(limit=None):
        count += 1
        guild = await client.fetch_guild(found.id, with_counts=False)
        held = (await guild.fetch_member(client.me)).guild_permissions
        roles -= {role.id for role in guild.roles}
        missing = [name for name, wanted in NEEDED if wanted and not getattr(held, name)]
        if missing:
            yield f"FAIL server {count}: the bot lacks {', '.join(missing)}; give its role these permissions."
        else:
            yield f"ok   server {count}: permissions"
    if not count:
        yield "FAIL servers: the bot is in none; use the invite below."
    if not settings.staff_roles:
        yield "ok   staff: DISCORD_STAFF_ROLES is empty, so nobody is staff here"
    elif roles:
        yield f"FAIL staff: no server has {len(roles)} of the roles of DISCORD_STAFF_ROLES; copy their ids again."
    else:
        yield "ok   staff: the roles of DISCORD_STAFF_ROLES are there"
