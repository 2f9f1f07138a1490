"""Routes of users, servers, channels, threads and messages."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aiohttp import web

from . import payloads, posting
from .refusals import Refused, missing_access, missing_permissions, unknown
from .rest import Call, Route
from .world import DM, JSON, PRIVATE_THREAD, PUBLIC_THREAD, Channel, Guild, Message, bits

if TYPE_CHECKING:
    from .server import DiscordDouble

Match = web.UrlMappingMatchInfo


def find_channel(double: DiscordDouble, match: Match) -> Channel:
    channel = double.channels.get(int(match["channel"]))
    if channel is None:
        raise unknown(10003, "Channel")
    need(double, channel, "view_channel")
    return channel


def need(double: DiscordDouble, channel: Channel, *names: str) -> None:
    """Raise 50001 without the right to see a channel, 50013 without another right in it."""
    if channel.type == DM and channel.user is not None:
        return
    held = double.app_permissions(channel)
    if channel.guild is None or not channel.guild.installed or "view_channel" not in held:
        raise missing_access()
    if not set(names) <= held:
        raise missing_permissions()


def find_message(double: DiscordDouble, match: Match) -> Message:
    message = find_channel(double, match).messages.get(int(match["message"]))
    if message is None:
        raise unknown(10008, "Message", fair=True)
    posting.refuse_ephemeral(message)
    return message


def find_guild(double: DiscordDouble, match: Match) -> Guild:
    found = [one for one in double.guilds if one.id == int(match["guild"])]
    if not found or not found[0].installed:
        raise unknown(10004, "Guild") if not found else missing_access()
    return found[0]


async def me(double: DiscordDouble, call: Call, match: Match) -> JSON:
    return payloads.user(double.bot) | {"verified": True, "mfa_enabled": False, "email": None, "locale": "en-US"}


async def application(double: DiscordDouble, call: Call, match: Match) -> JSON:
    return {
        "id": str(double.application_id),
        "name": double.bot.display,
        "icon": None,
        "description": "",
        "bot_public": True,
        "bot_require_code_grant": False,
        "verify_key": "0" * 64,
        "owner": payloads.user(double.owner),
        "team": None,
        "flags": double.application_flags,
        "approximate_guild_count": sum(one.installed for one in double.guilds),
        "redirect_uris": [],
        "interactions_endpoint_url": None,
        "integration_types_config": {"0": {}, **({"1": {}} if double.user_installable else {})},
    }


async def gateway(double: DiscordDouble, call: Call, match: Match) -> JSON:
    left = max(0, 1000 - len(double.ws.identifies))
    limit = {"total": 1000, "remaining": left, "reset_after": 86_400_000, "max_concurrency": 1}
    return {"url": double.gateway, "shards": double.advised, "session_start_limit": limit}


async def user(double: DiscordDouble, call: Call, match: Match) -> JSON:
    if int(match["user"]) not in double.users:
        raise unknown(10013, "User", fair=True)
    return payloads.user(double.users[int(match["user"])])


async def guilds(double: DiscordDouble, call: Call, match: Match) -> list[JSON]:
    told = [one for one in double.guilds if one.installed]
    rights = {one.id: str(bits(one.app)) for one in told}
    plain: JSON = {"icon": None, "owner": False, "features": [], "banner": None}
    return [{"id": str(one.id), "name": one.name, "permissions": rights[one.id], **plain} for one in told]


async def guild(double: DiscordDouble, call: Call, match: Match) -> JSON:
    return payloads.guild(find_guild(double, match), double.bot)


async def guild_channels(double: DiscordDouble, call: Call, match: Match) -> list[JSON]:
    return list(payloads.guild(find_guild(double, match), double.bot)["channels"])


async def guild_roles(double: DiscordDouble, call: Call, match: Match) -> list[JSON]:
    return list(payloads.guild(find_guild(double, match), double.bot)["roles"])


async def guild_member(double: DiscordDouble, call: Call, match: Match) -> JSON:
    guild = find_guild(double, match)
    number = double.bot.id if match["user"] == "@me" else int(match["user"])
    if number != double.bot.id and number not in guild.members:
        raise unknown(10007, "Member", fair=True)
    return payloads.member(double.users[number], guild)


async def leave_guild(double: DiscordDouble, call: Call, match: Match) -> None:
    await double.remove_app(find_guild(double, match))


async def open_dm(double: DiscordDouble, call: Call, match: Match) -> JSON:
    wanted = str(call.data().get("recipient_id", ""))
    if not wanted.isdigit() or int(wanted) not in double.users:
        raise unknown(10013, "User", fair=True)
    return payloads.channel(double.dm_channel(double.users[int(wanted)]))


async def channel(double: DiscordDouble, call: Call, match: Match) -> JSON:
    return payloads.channel(find_channel(double, match))


async def send(double: DiscordDouble, call: Call, match: Match) -> JSON:
    channel, data = find_channel(double, match), call.data()
    if channel.type == DM:
        refuse_dm(double, channel)
    else:
        threads = channel.type in (PUBLIC_THREAD, PRIVATE_THREAD)
        need(double, channel, "send_messages_in_threads" if threads else "send_messages")
        need(double, channel, *(["embed_links"] if data.get("embeds") else []))
        need(double, channel, *(["attach_files"] if call.files else []))
    nonce = data.get("nonce")
    if nonce is not None and data.get("enforce_nonce"):
        for old in channel.messages.values():
            if old.nonce == str(nonce) and old.author is double.bot:
                return payloads.message(old)
    message = await posting.post(double, channel, data, call, reference=referenced(channel, data))
    return payloads.message(message)


def referenced(channel: Channel, data: JSON) -> Message | None:
    wanted = data.get("message_reference")
    if not wanted:
        return None
    found = channel.messages.get(int(wanted.get("message_id") or 0))
    if found is None and wanted.get("fail_if_not_exists", True):
        raise Refused(400, 50035, "Invalid Form Body: message_reference: Unknown message", fair=True)
    return found


def refuse_dm(double: DiscordDouble, channel: Channel) -> None:
    user = channel.user
    assert user is not None
    if user.dm_closed:
        raise Refused(403, 50007, "Cannot send messages to this user", fair=True)
    if not user.user_install and not any(user.id in one.members for one in double.guilds if one.installed):
        raise Refused(403, 50278, "Cannot send messages to this user due to having no mutual guilds", fair=True)


async def history(double: DiscordDouble, call: Call, match: Match) -> list[JSON]:
    channel = find_channel(double, match)
    limit = call.query.get("limit", "50")
    if not limit.isdigit() or not 1 <= int(limit) <= 100:
        raise Refused(400, 50035, "Invalid Form Body: limit: between 1 and 100")
    if channel.type != DM and "read_message_history" not in double.app_permissions(channel):
        return []
    found = sorted((one for one in channel.messages.values() if one.owner is None), key=lambda one: one.id)
    if "after" in call.query:
        found = [one for one in found if one.id > int(call.query["after"])][: int(limit)]
    if "before" in call.query:
        found = [one for one in found if one.id < int(call.query["before"])]
    return [double.as_read(one) for one in reversed(found[-int(limit) :])]


async def message(double: DiscordDouble, call: Call, match: Match) -> JSON:
    found = find_message(double, match)
    need(double, found.channel, "read_message_history")
    return double.as_read(found)


async def edit(double: DiscordDouble, call: Call, match: Match) -> JSON:
    found = find_message(double, match)
    if found.author is not double.bot:
        raise Refused(403, 50005, "Cannot edit a message authored by another user")
    await posting.edit(double, found, call.data(), call)
    return payloads.message(found)


async def delete(double: DiscordDouble, call: Call, match: Match) -> None:
    found = find_message(double, match)
    if found.author is not double.bot:
        if found.channel.type == DM:
            raise Refused(403, 50003, "Cannot execute action on a DM channel")
        need(double, found.channel, "manage_messages")
    await posting.delete(double, found)


async def typing(double: DiscordDouble, call: Call, match: Match) -> None:
    find_channel(double, match)


async def start_thread(double: DiscordDouble, call: Call, match: Match) -> tuple[int, JSON]:
    parent, data = find_channel(double, match), call.data()
    name, kind = str(data.get("name") or ""), int(data.get("type", PRIVATE_THREAD))
    if parent.type == DM or parent.parent is not None:
        raise Refused(400, 50024, "Cannot execute action on this channel type")
    if not 1 <= len(name) <= 100:
        raise Refused(400, 50035, "Invalid Form Body: name: between 1 and 100 in length")
    if "message" in match:
        kind = PUBLIC_THREAD
        if find_message(double, match).id in double.channels:
            raise Refused(400, 160004, "A thread has already been created for this message", fair=True)
    need(double, parent, "create_private_threads" if kind == PRIVATE_THREAD else "create_public_threads")
    number = int(match["message"]) if "message" in match else double.clock.snowflake()
    thread = double.keep(Channel(number, kind, name, parent.guild, parent=parent))
    await double.ws.dispatch("THREAD_CREATE", payloads.channel(thread) | {"newly_created": True}, parent.guild)
    return 201, payloads.channel(thread)


async def thread_member(double: DiscordDouble, call: Call, match: Match) -> None:
    thread = find_channel(double, match)
    need(double, thread, "send_messages_in_threads")
    thread.people.add(double.bot.id if match["user"] == "@me" else int(match["user"]))


async def react(double: DiscordDouble, call: Call, match: Match) -> None:
    need(double, find_message(double, match).channel, "read_message_history")


ROUTES = [
    Route("GET", "/gateway", gateway),
    Route("GET", "/gateway/bot", gateway),
    Route("GET", "/users/@me", me),
    Route("GET", "/users/@me/guilds", guilds),
    Route("DELETE", "/users/@me/guilds/{guild}", leave_guild),
    Route("POST", "/users/@me/channels", open_dm),
    Route("GET", "/users/{user}", user),
    Route("GET", "/oauth2/applications/@me", application),
    Route("GET", "/applications/@me", application),
    Route("GET", "/guilds/{guild}", guild),
    Route("GET", "/guilds/{guild}/channels", guild_channels),
    Route("GET", "/guilds/{guild}/roles", guild_roles),
    Route("GET", "/guilds/{guild}/members/{user}", guild_member),
    Route("GET", "/channels/{channel}", channel),
    Route("POST", "/channels/{channel}/messages", send),
    Route("GET", "/channels/{channel}/messages", history),
    Route("GET", "/channels/{channel}/messages/{message}", message),
    Route("PATCH", "/channels/{channel}/messages/{message}", edit),
    Route("DELETE", "/channels/{channel}/messages/{message}", delete),
    Route("PUT", "/channels/{channel}/messages/{message}/reactions/{emoji}/@me", react),
    Route("POST", "/channels/{channel}/typing", typing),
    Route("POST", "/channels/{channel}/threads", start_thread),
    Route("POST", "/channels/{channel}/messages/{message}/threads", start_thread),
    Route("PUT", "/channels/{channel}/thread-members/{user}", thread_member),
]
