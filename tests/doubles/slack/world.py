"""What the Slack-shaped server knows: people, channels, messages, views, and everything it has recorded."""

import itertools
import json
import secrets
import time
from dataclasses import dataclass, field
from typing import Any

from tests.doubles.slack.text import mentions_in, texts_in

Json = dict[str, Any]

# The scopes the app needs and nothing more; a test may grant others.
SCOPES = frozenset(
    {"app_mentions:read", "chat:write", "im:history", "im:write", "commands", "files:write", "users:read"}
    | {"usergroups:read", "assistant:write"}
)
SUBSCRIBED = frozenset({"app_mention", "message.im", "app_home_opened", "app_uninstalled", "tokens_revoked"})


@dataclass
class User:
    """A person or a bot of a workspace, as users.info shows it."""

    id: str
    name: str
    team: str
    tz: str = "America/New_York"
    locale: str = "en-US"
    is_bot: bool = False
    is_restricted: bool = False
    is_ultra_restricted: bool = False
    is_stranger: bool = False
    deleted: bool = False


@dataclass
class Channel:
    """A conversation; kind is channel, group, im or mpim."""

    id: str
    name: str
    kind: str
    members: set[str] = field(default_factory=set)
    is_archived: bool = False


@dataclass(eq=False)
class Message:
    """A message as stored: text escaped as Slack keeps it, blocks with every id filled in."""

    channel: str
    ts: str
    user: str
    text: str
    blocks: list[Json] = field(default_factory=list)
    thread_ts: str = ""
    by_bot: bool = False
    ephemeral_to: str = ""
    deleted: bool = False
    edited: bool = False
    files: list[str] = field(default_factory=list)
    state: Json = field(default_factory=dict)

    @property
    def shown(self) -> str:
        """Every word a reader sees: the blocks, or the text where there are none."""
        return "\n".join(texts_in(self.blocks)) if self.blocks else self.text

    @property
    def mentions(self) -> set[str]:
        """Everybody this message would notify: user ids, "!channel", "!here", "!everyone", "!subteam^ID"."""
        return mentions_in(self.text) | mentions_in(self.blocks)


@dataclass(eq=False)
class View:
    """A modal or Home tab: payload as the app sent it with ids filled in, state as the member has filled it."""

    id: str
    user: str
    payload: Json
    hash: str
    root_id: str
    previous_id: str = ""
    state: Json = field(default_factory=dict)

    @property
    def blocks(self) -> list[Json]:
        return list(self.payload.get("blocks", []))

    @property
    def title(self) -> str:
        return str(self.payload.get("title", {}).get("text", ""))

    @property
    def shown(self) -> str:
        return "\n".join([self.title, *texts_in(self.blocks)])


@dataclass
class Upload:
    """A file on its way (content None), arrived, and shared (complete)."""

    id: str
    name: str
    length: int
    content: bytes | None = None
    title: str = ""
    channel: str = ""
    thread_ts: str = ""
    complete: bool = False


@dataclass
class Trigger:
    """A trigger id: good once, for a few seconds."""

    user: str
    issued: float
    in_modal: bool = False
    used: bool = False


@dataclass
class ResponseUrl:
    """A response_url: five uses within 30 minutes; message is the one the member pressed in, if any."""

    user: str
    channel: str
    issued: float
    message: Message | None = None
    uses: int = 0


@dataclass(frozen=True)
class Call:
    """A request of the app: the method (or "response_url", "ack:<type>") with its arguments and our answer."""

    method: str
    arguments: Json
    answer: Json
    status: int
    at: float


@dataclass(frozen=True)
class Violation:
    """A rule of Slack that the app broke; kind is api, blocks, limits, scope, trigger, rate or ack."""

    kind: str
    where: str
    detail: str


class World:
    """State and records. Knobs are plain attributes; a test may set them at any time."""

    def __init__(self, team_id: str = "T0UNION", strict: bool = True) -> None:
        self.team_id, self.team_domain, self.app_id = team_id, "union", "A0VOICE"
        self.bot_user, self.bot_id = "U0BOT", "B0BOT"
        self.bot_token = f"xoxb-{secrets.token_hex(16)}"
        self.app_token = f"xapp-1-{self.app_id}-{secrets.token_hex(16)}"
        self.signing_secret = secrets.token_hex(16)
        self.strict = strict
        self.origin = ""  # http://127.0.0.1:PORT once the server listens
        self.scopes = set(SCOPES)
        self.app_scopes = {"connections:write"}
        self.subscribed = set(SUBSCRIBED)
        self.revoked = False
        self.trigger_ttl, self.response_url_ttl = 3.0, 1800.0
        self.users: dict[str, User] = {}
        self.channels: dict[str, Channel] = {}
        self.groups: dict[str, list[str]] = {}
        self.stored: list[Message] = []
        self.open_views: dict[str, list[View]] = {}
        self.homes: dict[str, View] = {}
        self.uploads: list[Upload] = []
        self.triggers: dict[str, Trigger] = {}
        self.response_urls: dict[str, ResponseUrl] = {}
        self.statuses: list[Json] = []
        self.prompts: list[Json] = []
        self.log: list[Call] = []
        self.violations: list[Violation] = []
        self._numbers = itertools.count(1)
        self.add_user(self.bot_user, name="worker-voice", is_bot=True)

    # -- people and places

    def add_user(self, id: str, name: str = "", team: str = "", **profile: Any) -> User:
        """A user; profile: tz, locale, is_bot, is_restricted, is_ultra_restricted, is_stranger, deleted."""
        user = User(id, name or id.lower(), team or self.team_id, **profile)
        self.users[id] = user
        return user

    def add_channel(
        self, id: str, *members: str, name: str = "", kind: str = "channel", joined: bool = True
    ) -> Channel:
        """A channel with these members; joined: the bot is one of them."""
        channel = Channel(id, name or id.lower(), kind, set(members) | ({self.bot_user} if joined else set()))
        self.channels[id] = channel
        return channel

    def add_group(self, id: str, *users: str) -> None:
        """A user group (usergroups.users.list)."""
        self.groups[id] = list(users)

    def dm_of(self, user: str) -> Channel:
        """The direct message between the bot and this user, opened where there is none."""
        for channel in self.channels.values():
            if channel.kind == "im" and user in channel.members:
                return channel
        return self.add_channel(f"D{self.number():07d}", user, name="directmessage", kind="im")

    # -- what was shown

    def messages(self, channel: str = "", by_bot: bool | None = None) -> list[Message]:
        """Messages still there, oldest first, none ephemeral; by_bot narrows to the bot's or the members'."""
        found = [m for m in self.stored if not m.deleted and not m.ephemeral_to and channel in ("", m.channel)]
        return [m for m in found if by_bot in (None, m.by_bot)]

    def ephemerals(self, user: str) -> list[Message]:
        """Ephemeral messages this user can still see, oldest first."""
        return [m for m in self.stored if m.ephemeral_to == user and not m.deleted]

    def home(self, user: str) -> View | None:
        """The Home tab published for this user."""
        return self.homes.get(user)

    def calls(self, method: str) -> list[Call]:
        """The recorded requests of one method, oldest first."""
        return [call for call in self.log if call.method == method]

    def sent(self) -> str:
        """Everything the app ever sent, as one JSON text to search for canaries."""
        return json.dumps([[call.method, call.arguments] for call in self.log], ensure_ascii=False)

    # -- bookkeeping

    def number(self) -> int:
        """A number never given before."""
        return next(self._numbers)

    def ts(self) -> str:
        """A message timestamp, unique and rising."""
        return f"{int(time.time())}.{self.number():06d}"

    def violate(self, kind: str, where: str, detail: str) -> None:
        """Record a broken rule."""
        self.violations.append(Violation(kind, where, detail))

    def new_trigger(self, user: str, in_modal: bool = False) -> str:
        trigger = f"{self.number()}.{secrets.token_hex(8)}"
        self.triggers[trigger] = Trigger(user, time.monotonic(), in_modal)
        return trigger

    def find(self, channel: str, ts: str) -> Message | None:
        """The message with this ts that is still there."""
        found = (m for m in self.stored if m.channel == channel and m.ts == ts and not m.deleted and not m.ephemeral_to)
        return next(found, None)

    def view(self, view_id: str) -> View | None:
        """An open modal or published Home tab by id."""
        views = [*itertools.chain.from_iterable(self.open_views.values()), *self.homes.values()]
        return next((view for view in views if view.id == view_id), None)
