"""What `./run doctor discord` looks at, each with how to mend it; and the address that invites the bot."""

from collections.abc import AsyncIterator
from urllib.parse import urlencode

import discord

from adapters.discord.client import Client, point
from adapters.discord.commands import Spanish, Tree, build
from adapters.discord.settings import DiscordSettings
from adapters.discord.syncing import FILE
from bot.content import Content
from bot.doctor import Finding, State

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


async def check(settings: DiscordSettings, content: Content) -> list[Finding]:
    """The invite last. Asks Discord over REST only; shows no token."""
    return [finding async for finding in findings(settings, content)]


def well(name: str, told: str) -> Finding:
    return Finding(f"discord {name}", State.WELL, told)


def ill(name: str, told: str, fix: str) -> Finding:
    return Finding(f"discord {name}", State.ILL, told, fix)


async def findings(settings: DiscordSettings, content: Content) -> AsyncIterator[Finding]:
    point(settings)
    async with Client(settings, started=nothing, message=nothing, interaction=nothing) as client:
        try:
            await client.login(settings.token)
        except discord.LoginFailure:
            yield ill("token", "Discord refused DISCORD_TOKEN", f"Copy the bot token again from {PAGE}.")
            return
        except (discord.HTTPException, OSError) as problem:
            told = f"Discord did not answer as expected ({type(problem).__name__})"
            yield ill("connection", told, "Look at the network and at DISCORD_API_URL, or try again later.")
            return
        yield well("token", "works")
        application = client.application
        assert application is not None
        yield of_application(application)
        yield of_intents(application)
        yield await of_commands(client, settings, content)
        async for finding in of_servers(client, settings):
            yield finding
        yield well("invite", invite(application.id))


async def nothing(*_: object) -> None:
    """The checks listen to no event."""


def of_application(application: discord.AppInfo) -> Finding:
    if application.interactions_endpoint_url:
        told = "an interactions endpoint URL is set, so commands do not arrive"
        return ill("application", told, f"Empty it on {PAGE}.")
    return well("application", "commands arrive over the gateway")


def of_intents(application: discord.AppInfo) -> Finding:
    flags = application.flags
    granted = [name for name in PRIVILEGED if getattr(flags, name) or getattr(flags, f"{name}_limited")]
    if granted:
        return well("intents", f"none is needed; switch these off on {PAGE}: {', '.join(granted)}")
    return well("intents", "no privileged one is on, and none is needed")


async def of_commands(client: Client, settings: DiscordSettings, content: Content) -> Finding:
    """What is registered against what this version has, by name."""
    tree = Tree(client)
    build(tree, Nobody(), content, lambda words, language: [])
    await tree.set_translator(Spanish())
    guild = discord.Object(settings.trial_guild) if settings.trial_guild else None
    try:
        registered = {one.name for one in await tree.fetch_commands(guild=guild)}
    except discord.HTTPException:
        return ill("commands", "they cannot be read", "Is the bot in the server of DISCORD_TRIAL_GUILD?")
    missing = sorted({one.name for one in tree.get_commands()} - registered)
    if missing:
        fix = f"Start ./run discord; if it was started already, remove {settings.data_dir / FILE} and start it again."
        return ill("commands", f"not registered: {', '.join(missing)}", fix)
    return well("commands", f"{len(registered)} registered" + (" in the trial server" if guild else ""))


class Nobody:
    """The tree's receiver where it is only looked at: nothing is connected, so nothing comes."""

    async def take(self, interaction: object, make: object) -> None: ...


async def of_servers(client: Client, settings: DiscordSettings) -> AsyncIterator[Finding]:
    """Permissions of each server, and staff's roles; numbered, because names may tell who organises there."""
    count, roles = 0, set(settings.staff_roles)
    async for found in client.fetch_guilds(limit=None):
        count += 1
        guild = await client.fetch_guild(found.id, with_counts=False)
        held = (await guild.fetch_member(client.me)).guild_permissions
        roles -= {role.id for role in guild.roles}
        missing = [name for name, wanted in NEEDED if wanted and not getattr(held, name)]
        if missing:
            yield ill(f"server {count}", f"the bot lacks {', '.join(missing)}", "Give its role these permissions.")
        else:
            yield well(f"server {count}", "the bot has the permissions it needs")
    if not count:
        yield ill("servers", "the bot is in none", "Use the invite below.")
    if not settings.staff_roles:
        yield well("staff", "DISCORD_STAFF_ROLES is empty, so nobody is staff here")
    elif roles:
        yield ill("staff", f"no server has {len(roles)} of the roles of DISCORD_STAFF_ROLES", "Copy their ids again.")
    else:
        yield well("staff", "the roles of DISCORD_STAFF_ROLES are there")
