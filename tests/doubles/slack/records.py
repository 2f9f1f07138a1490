"""What the Slack-shaped server keeps: people, channels, messages, views, files, and what the app did."""

from dataclasses import dataclass, field
from typing import Any

from tests.doubles.slack.text import mentions_in, texts_in

Json = dict[str, Any]


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
