"""A workspace with one app in it: who and what is there, what was shown, and everything the app did."""

import itertools
import json
import secrets
import time
from typing import Any

from tests.doubles.slack.records import (
    Call,
    Channel,
    Json,
    Message,
    ResponseUrl,
    Trigger,
    Upload,
    User,
    View,
    Violation,
)

# The scopes the app needs and nothing more; a test may grant others.
SCOPES = frozenset(
    {"app_mentions:read", "chat:write", "im:history", "im:write", "commands", "files:write", "users:read"}
    | {"usergroups:read", "assistant:write"}
)
SUBSCRIBED = frozenset({"app_mention", "message.im", "app_home_opened", "app_uninstalled", "tokens_revoked"})


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
        self._by_ts: dict[tuple[str, str], Message] = {}
        self._dms: dict[str, str] = {}
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
        if user not in self._dms:
            channel = self.add_channel(f"D{self.number():07d}", user, name="directmessage", kind="im")
            self._dms[user] = channel.id
        return self.channels[self._dms[user]]

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
        message = self._by_ts.get((channel, ts))
        return None if message is None or message.deleted or message.ephemeral_to else message

    def store(self, message: Message) -> Message:
        """Keep a message."""
        self.stored.append(message)
        self._by_ts[message.channel, message.ts] = message
        return message

    def view(self, view_id: str) -> View | None:
        """An open modal or published Home tab by id."""
        views = [*itertools.chain.from_iterable(self.open_views.values()), *self.homes.values()]
        return next((view for view in views if view.id == view_id), None)
