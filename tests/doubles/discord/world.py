"""What exists on the double: users, servers, channels and messages; and its clock and ids."""

from __future__ import annotations

import datetime
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .acts import Interaction

JSON = dict[str, Any]
EPOCH = 1_420_070_400_000  # Discord's, milliseconds
DM, TEXT, PUBLIC_THREAD, PRIVATE_THREAD = 1, 0, 11, 12
EPHEMERAL, LOADING, V2, SUPPRESS_EMBEDS = 1 << 6, 1 << 7, 1 << 15, 1 << 2
PERMISSIONS = {
    "administrator": 1 << 3,
    "manage_guild": 1 << 5,
    "view_channel": 1 << 10,
    "send_messages": 1 << 11,
    "manage_messages": 1 << 13,
    "embed_links": 1 << 14,
    "attach_files": 1 << 15,
    "read_message_history": 1 << 16,
    "use_application_commands": 1 << 31,
    "manage_threads": 1 << 34,
    "create_public_threads": 1 << 35,
    "create_private_threads": 1 << 36,
    "send_messages_in_threads": 1 << 38,
}
ORDINARY = frozenset(PERMISSIONS) - {"administrator", "manage_guild", "manage_messages", "manage_threads"}


def bits(names: frozenset[str]) -> int:
    """The permission integer of some names of PERMISSIONS; administrator has them all."""
    chosen = PERMISSIONS if "administrator" in names else {name: PERMISSIONS[name] for name in names}
    return sum(chosen.values())


@dataclass
class Clock:
    """Seconds since 1970 as the double counts them; `advance` lets 15 minutes pass at once."""

    offset: float = 0.0
    last: int = 0

    def now(self) -> float:
        return time.time() + self.offset

    def advance(self, seconds: float) -> None:
        self.offset += seconds

    def snowflake(self, at: datetime.datetime | None = None) -> int:
        """A new id; ids rise, except for one that is dated back."""
        wanted = (int((at.timestamp() if at else self.now()) * 1000) - EPOCH) << 22
        if at is not None:
            self.last += 1
            return wanted | (self.last & 0x3FFFFF)
        self.last = max(wanted, self.last + 1)
        return self.last


def iso(snowflake: int) -> str:
    """The moment an id was made, as the API writes it."""
    return datetime.datetime.fromtimestamp(((snowflake >> 22) + EPOCH) / 1000, datetime.UTC).isoformat()


@dataclass
class Role:
    id: int
    name: str
    permissions: frozenset[str] = frozenset()


@dataclass
class Guild:
    """A server. `installed`: the app's bot is in it; `app`: the permissions it has there."""

    id: int
    name: str
    locale: str
    installed: bool
    app: frozenset[str]
    bot_role: int
    roles: dict[int, Role] = field(default_factory=dict)
    channels: dict[int, Channel] = field(default_factory=dict)
    members: dict[int, set[int]] = field(default_factory=dict)  # user id -> role ids


@dataclass
class Channel:
    """A direct message with the bot (`user`) or between others (`people`), a text channel or a thread (`parent`) of
    a `guild`."""

    id: int
    type: int
    name: str = ""
    guild: Guild | None = None
    user: User | None = None
    parent: Channel | None = None
    app: frozenset[str] | None = None  # the app's permissions here, where they differ from the server's
    people: set[int] = field(default_factory=set)  # added to a thread, or talking without the bot
    messages: dict[int, Message] = field(default_factory=dict)


@dataclass
class User:
    """`dm_closed`: the bot cannot write to them. `user_install`: they have the app on their account."""

    id: int
    name: str
    display: str
    locale: str = "en-US"
    bot: bool = False
    dm_closed: bool = False
    user_install: bool = False


@dataclass
class Message:
    """One message, whoever wrote it. `owner`: the only user who sees it (ephemeral). `edits`: its earlier data."""

    id: int
    channel: Channel
    author: User
    content: str = ""
    embeds: list[JSON] = field(default_factory=list)
    components: list[JSON] = field(default_factory=list)
    attachments: list[JSON] = field(default_factory=list)
    files: dict[str, bytes] = field(default_factory=dict)
    flags: int = 0
    allowed_mentions: JSON | None = None
    nonce: str | None = None
    mentions: list[User] = field(default_factory=list)
    reference: Message | None = None
    interaction: Interaction | None = None
    owner: User | None = None
    edited_at: float | None = None
    edits: list[JSON] = field(default_factory=list)
    deleted: bool = False
    pings: tuple[str, ...] = ()

    @property
    def ephemeral(self) -> bool:
        return bool(self.flags & EPHEMERAL)

    @property
    def thinking(self) -> bool:
        """Shown as "thinking..."."""
        return bool(self.flags & LOADING)

    @property
    def parts(self) -> list[JSON]:
        """Every component, nested ones too, in reading order."""
        return list(flat(self.components))

    @property
    def buttons(self) -> dict[str, str]:
        """Label -> custom id of the buttons that can be pressed."""
        pressed = [part for part in self.parts if part["type"] == 2 and not part.get("disabled")]
        return {part.get("label") or "": part["custom_id"] for part in pressed if part.get("custom_id")}

    @property
    def selects(self) -> dict[str, list[JSON]]:
        """Custom id -> options of the select menus."""
        return {part["custom_id"]: part.get("options", []) for part in self.parts if part["type"] == 3}

    @property
    def text(self) -> str:
        """All that can be read in it, a line a piece."""
        lines = [self.content]
        for embed in self.embeds:
            lines += [embed.get("title") or "", embed.get("description") or ""]
            lines += [f"{one['name']}\n{one['value']}" for one in embed.get("fields", [])]
            lines.append((embed.get("footer") or {}).get("text", ""))
        for part in self.parts:
            lines += [part.get("content") or "", part.get("label") or "", part.get("placeholder") or ""]
            lines += [f"{one['label']} {one.get('description') or ''}".strip() for one in part.get("options", [])]
        return "\n".join(line for line in lines if line)


def flat(components: list[JSON]) -> list[JSON]:
    """Components and all that is nested in them, depth first."""
    found: list[JSON] = []
    for part in components:
        nested = [*part.get("components", ())]
        nested += [part[key] for key in ("accessory", "component") if part.get(key)]
        found += [part, *flat(nested)]
    return found
