"""Messages made and changed from a request's data: checked, kept, told to the gateway."""

from __future__ import annotations

import copy
import re
from typing import TYPE_CHECKING

from .acts import Interaction
from .limits import check_message
from .refusals import Refused, invalid
from .rest import Call
from .world import EPHEMERAL, JSON, LOADING, SUPPRESS_EMBEDS, V2, Channel, Message, User, flat

if TYPE_CHECKING:
    from .server import DiscordDouble

SETTABLE = EPHEMERAL | SUPPRESS_EMBEDS | V2 | 1 << 12
KEPT = ("content", "embeds", "components", "attachments", "flags", "allowed_mentions")


def pings(content: str, allowed: JSON | None) -> tuple[str, ...]:
    """Whom a text pings: "everyone", "user:ID", "role:ID", as far as allowed_mentions lets it."""
    found = ["everyone"] if re.search(r"@(everyone|here)\b", content) else []
    found += [f"user:{one}" for one in re.findall(r"<@!?(\d+)>", content)]
    found += [f"role:{one}" for one in re.findall(r"<@&(\d+)>", content)]
    if allowed is None:
        return tuple(dict.fromkeys(found))
    parse = allowed.get("parse", [])
    names = {"everyone": "everyone", "user": "users", "role": "roles"}

    def may(one: str) -> bool:
        kind, _, number = one.partition(":")
        return names[kind] in parse or number in [str(each) for each in allowed.get(names[kind], [])]

    return tuple(dict.fromkeys(one for one in found if may(one)))


def numbered(components: list[JSON]) -> list[JSON]:
    """Components as Discord gives them back: each with an id."""
    told = copy.deepcopy(components)
    for number, part in enumerate(flat(told), start=1):
        part.setdefault("id", number)
    return told


def attached(double: DiscordDouble, data: JSON, files: dict[str, bytes]) -> tuple[list[JSON], dict[str, bytes]]:
    """The attachments of the files that came with a request, and their bytes by name."""
    told, kept = [], {}
    described = {str(one.get("id")): one for one in data.get("attachments") or []}
    for key, content in files.items():
        field, _, filename = key.partition("/")
        number = field.removeprefix("files[").removesuffix("]")
        name = described.get(number, {}).get("filename") or filename
        url = f"{double.base}/attachments/{double.clock.snowflake()}/{name}"
        told.append(
            {
                "id": str(double.clock.snowflake()),
                "filename": name,
                "size": len(content),
                "url": url,
                "proxy_url": url,
                "content_type": "application/octet-stream",
            }
        )
        kept[name] = content
    return told, kept


async def post(
    double: DiscordDouble,
    channel: Channel,
    data: JSON,
    call: Call,
    *,
    where: str = "",
    interaction: Interaction | None = None,
    owner: User | None = None,
    reference: Message | None = None,
) -> Message:
    """A new message of the bot's; `owner`: ephemeral, for this user alone."""
    invalid(check_message(data, files=len(call.files), where=where))
    message = Message(double.clock.snowflake(), channel, double.bot, interaction=interaction, owner=owner)
    message.reference = reference
    fill(double, message, data, call.files)
    message.flags = message.flags | EPHEMERAL if owner else message.flags & ~EPHEMERAL
    message.nonce = str(data["nonce"]) if data.get("nonce") is not None else None
    if reference is not None and (message.allowed_mentions or {}).get("replied_user", message.allowed_mentions is None):
        message.mentions.append(reference.author)
        message.pings += (f"user:{reference.author.id}",)
    channel.messages[message.id] = message
    if owner is None:
        await double.ws.tell("MESSAGE_CREATE", message)
    return message


def fill(double: DiscordDouble, message: Message, data: JSON, files: dict[str, bytes]) -> None:
    """Put a request's data on a message, as a change of what it was."""
    fresh = message.thinking or message.id not in message.channel.messages  # a later change pings nobody
    if message.content or message.embeds or message.components:
        message.edits.append({key: copy.deepcopy(getattr(message, key)) for key in KEPT})
    if "content" in data:
        message.content = data["content"] or ""
    if "embeds" in data:
        message.embeds = [{"type": "rich", **one} for one in data["embeds"] or []]
    if "components" in data:
        message.components = numbered(data["components"] or [])
    if "flags" in data:
        message.flags = (int(data["flags"] or 0) & SETTABLE) | (message.flags & EPHEMERAL)
    if "attachments" in data and data["attachments"] is not None:
        staying = {str(one.get("id")) for one in data["attachments"]}
        message.attachments = [one for one in message.attachments if one["id"] in staying]
    new, content = attached(double, data, files)
    message.attachments = message.attachments + new
    message.files |= content
    if "allowed_mentions" in data:
        message.allowed_mentions = data["allowed_mentions"]
    if fresh:
        message.pings = pings(message.text, message.allowed_mentions)
        told = [int(one.removeprefix("user:")) for one in message.pings if one.startswith("user:")]
        message.mentions = [double.users[one] for one in told if one in double.users]


async def edit(double: DiscordDouble, message: Message, data: JSON, call: Call, *, where: str = "") -> None:
    """Change a message of the bot's; a placeholder that was "thinking" becomes it."""
    invalid(check_message(data, files=len(call.files), where=where, old=message))
    was_loading = message.thinking
    fill(double, message, data, call.files)
    message.flags &= ~LOADING
    if not was_loading:
        message.edited_at = double.clock.now()
    elif message.interaction is not None:
        message.interaction.settled.set()
    if message.owner is None:
        await double.ws.tell("MESSAGE_UPDATE", message)


async def delete(double: DiscordDouble, message: Message) -> None:
    message.deleted = True
    del message.channel.messages[message.id]
    if message.owner is None:
        told: JSON = {"id": str(message.id), "channel_id": str(message.channel.id)}
        guild = message.channel.guild
        await double.ws.dispatch("MESSAGE_DELETE", told | ({"guild_id": str(guild.id)} if guild else {}), guild)


def refuse_ephemeral(message: Message) -> None:
    """Ephemeral messages exist for no channel route."""
    if message.owner is not None:
        raise Refused(404, 10008, "Unknown Message")
