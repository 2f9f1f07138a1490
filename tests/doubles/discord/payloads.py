"""The JSON that Discord gives of what exists, with every field discord.py 2.7.1 reads."""

from __future__ import annotations

import datetime

from .acts import Interaction
from .world import (
    DM,
    EPHEMERAL,
    JSON,
    ORDINARY,
    PRIVATE_THREAD,
    PUBLIC_THREAD,
    TEXT,
    Channel,
    Guild,
    Message,
    Role,
    User,
    bits,
    iso,
)


def user(one: User) -> JSON:
    return {
        "id": str(one.id),
        "username": one.name,
        "discriminator": "0",
        "global_name": one.display,
        "avatar": None,
        "bot": one.bot,
        "public_flags": 0,
    }


def permissions_of(one: User, guild: Guild) -> int:
    """A member's permissions in a server: what everybody has and what their roles add."""
    held = set(ORDINARY)
    for role in guild.members.get(one.id, ()):
        held |= guild.roles[role].permissions
    return bits(frozenset(held))


def member(one: User, guild: Guild, *, with_user: bool = True, with_permissions: bool = False) -> JSON:
    told: JSON = {
        "nick": None,
        "roles": [str(role) for role in sorted(guild.members.get(one.id, ()))],
        "joined_at": "2024-01-01T00:00:00+00:00",
        "deaf": False,
        "mute": False,
        "flags": 0,
        "pending": False,
        "avatar": None,
        "communication_disabled_until": None,
    }
    if with_user:
        told["user"] = user(one)
    if with_permissions:
        told["permissions"] = str(permissions_of(one, guild))
    return told


def role(one: Role, position: int) -> JSON:
    return {
        "id": str(one.id),
        "name": one.name,
        "permissions": str(bits(one.permissions)),
        "position": position,
        "color": 0,
        "colors": {"primary_color": 0, "secondary_color": None, "tertiary_color": None},
        "hoist": False,
        "managed": False,
        "mentionable": False,
        "flags": 0,
    }


def overwrites(one: Channel) -> list[JSON]:
    if one.app is None or one.guild is None:
        return []
    allow, deny = bits(one.app - one.guild.app), bits(one.guild.app - one.app)
    return [{"id": str(one.guild.bot_role), "type": 0, "allow": str(allow), "deny": str(deny)}]


def channel(one: Channel) -> JSON:
    told: JSON = {"id": str(one.id), "type": one.type, "last_message_id": None, "flags": 0}
    if one.type == DM:
        return {**told, "recipients": [user(one.user)] if one.user else []}
    told |= {"name": one.name, "guild_id": str(one.guild.id) if one.guild else "0", "rate_limit_per_user": 0}
    if one.type == TEXT:
        told |= {"position": 0, "parent_id": None, "topic": None, "nsfw": False}
        return {**told, "permission_overwrites": overwrites(one)}
    made = iso(one.id)
    state = {"archived": False, "auto_archive_duration": 1440, "archive_timestamp": made, "locked": False}
    told |= {"parent_id": str(one.parent.id) if one.parent else None, "owner_id": "0", "message_count": 0}
    return {**told, "member_count": 1, "total_message_sent": 0, "thread_metadata": state | {"create_timestamp": made}}


def guild(one: Guild, bot: User) -> JSON:
    """A server as GUILD_CREATE has it: without the members intent, only the bot among its members."""
    threads = [channel(each) for each in one.channels.values() if each.type in (PUBLIC_THREAD, PRIVATE_THREAD)]
    return {
        "id": str(one.id),
        "name": one.name,
        "icon": None,
        "owner_id": "1",
        "preferred_locale": one.locale,
        "verification_level": 0,
        "default_message_notifications": 1,
        "explicit_content_filter": 0,
        "features": [],
        "emojis": [],
        "stickers": [],
        "premium_tier": 0,
        "nsfw_level": 0,
        "mfa_level": 0,
        "system_channel_flags": 0,
        "afk_timeout": 300,
        "member_count": len(one.members) + 1,
        "large": False,
        "unavailable": False,
        "joined_at": "2024-01-01T00:00:00+00:00",
        "roles": [role(each, place) for place, each in enumerate(one.roles.values())],
        "channels": [channel(each) for each in one.channels.values() if each.type == TEXT],
        "threads": threads,
        "members": [member(bot, one)],
        "voice_states": [],
        "presences": [],
        "stage_instances": [],
        "guild_scheduled_events": [],
        "soundboard_sounds": [],
    }


def message(one: Message, *, content: bool = True, event: bool = False) -> JSON:
    """A message; `content` False: stripped as without the Message Content intent; `event`: with what only the
    gateway adds."""
    edited = None
    if one.edited_at is not None:
        edited = datetime.datetime.fromtimestamp(one.edited_at, datetime.UTC).isoformat()
    told: JSON = {
        "id": str(one.id),
        "channel_id": str(one.channel.id),
        "author": user(one.author),
        "content": one.content if content else "",
        "embeds": one.embeds if content else [],
        "components": one.components if content else [],
        "attachments": one.attachments if content else [],
        "timestamp": iso(one.id),
        "edited_timestamp": edited,
        "tts": False,
        "mention_everyone": "everyone" in one.pings,
        "mentions": [user(each) for each in one.mentions],
        "mention_roles": [],
        "pinned": False,
        "type": 19 if one.reference is not None else 0,
        "flags": one.flags,
    }
    if one.nonce is not None:
        told["nonce"] = one.nonce
    if one.reference is not None:
        told["message_reference"] = {"message_id": str(one.reference.id), "channel_id": str(one.channel.id)}
        told["referenced_message"] = message(one.reference, content=content)
    if one.interaction is not None:
        told |= {"webhook_id": str(one.author.id), "application_id": str(one.author.id)}
        told["type"] = 20 if one.interaction.type == 2 and one is one.interaction.original else 19
        told["interaction_metadata"] = metadata(one.interaction)
        if told["type"] == 19 and one.reference is None:
            told["type"] = 0
    if event:
        told["channel_type"] = one.channel.type
        if one.channel.guild is not None:
            told["guild_id"] = str(one.channel.guild.id)
            if one.interaction is None:
                told["member"] = member(one.author, one.channel.guild, with_user=False)
    return told


def metadata(one: Interaction) -> JSON:
    told: JSON = {
        "id": str(one.id),
        "type": one.type,
        "user": user(one.user),
        "authorizing_integration_owners": owners(one),
    }
    if one.type == 3 and one.message is not None:
        told["interacted_message_id"] = str(one.message.id)
    if one.type == 5 and one.source is not None:
        told["triggering_interaction_metadata"] = metadata(one.source)
    return told


def context(one: Channel) -> int:
    """Where a command is used: 0 a server, 1 the bot's direct message, 2 a private conversation of others."""
    return 0 if one.guild is not None else 1 if one.user is not None else 2


def owners(one: Interaction) -> JSON:
    """Who installed the app that answers: the server ("0": "0" in the bot's direct message), the user."""
    told: JSON = {}
    if one.guild is not None and one.guild.installed:
        told["0"] = str(one.guild.id)
    elif context(one.channel) == 1:
        told["0"] = "0"
    if one.user_installed:
        told["1"] = str(one.user.id)
    return told


def interaction(one: Interaction, application: int, app_permissions: int) -> JSON:
    place: JSON = channel(one.channel)
    if one.guild is not None:
        place["permissions"] = str(permissions_of(one.user, one.guild))
    told: JSON = {
        "id": str(one.id),
        "application_id": str(application),
        "type": one.type,
        "token": one.token,
        "version": 1,
        "data": one.data,
        "channel": place,
        "channel_id": str(one.channel.id),
        "locale": one.locale,
        "context": context(one.channel),
        "app_permissions": str(app_permissions),
        "authorizing_integration_owners": owners(one),
        "entitlements": [],
        "entitlement_sku_ids": [],
        "attachment_size_limit": 10 * 1024 * 1024,
    }
    if one.guild is not None:
        told |= {"guild_id": str(one.guild.id), "guild_locale": one.guild.locale}
        told["guild"] = {"id": str(one.guild.id), "locale": one.guild.locale, "features": []}
        told["member"] = member(one.user, one.guild, with_permissions=True)
    else:
        told["user"] = user(one.user)
    if one.message is not None:
        told["message"] = message(one.message)
    return told


def callback(one: Interaction) -> JSON:
    """The answer to a first response that asks `with_response`."""
    told: JSON = {"id": str(one.id), "type": one.type}
    if one.callback in (4, 5) and one.original is not None:
        told |= {"response_message_id": str(one.original.id), "response_message_loading": one.callback == 5}
        told["response_message_ephemeral"] = bool(one.original.flags & EPHEMERAL)
    resource: JSON = {"type": one.callback}
    if one.callback in (4, 7) and one.original is not None:
        resource["message"] = message(one.original)
    return {"interaction": told, "resource": resource} if one.callback in (4, 5, 6, 7) else {"interaction": told}
