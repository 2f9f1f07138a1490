"""What a member of the workspace sees in Slack's client."""

from typing import Protocol

from tests.doubles.slack.delivery import Delivery, Post
from tests.doubles.slack.records import Json, Message, User, View

Shown = Message | View


class Subscribed(Protocol):
    """What members need of the server besides its world."""

    async def emit(self, event: Json, team: str = "", wait: bool = True) -> Delivery: ...


class Screen:
    """What one user sees, and how what they do is sent off."""

    def __init__(self, post: Post, emitter: Subscribed, user: User) -> None:
        self.post, self.user, self.emitter = post, user, emitter
        self.field_errors: dict[str, str] = {}  # block_id -> sentence, from the last submission
        self.notices: list[str] = []  # what the client itself said: "operation_timeout", "invalid_response"

    # -- what the member sees

    @property
    def dm_channel(self) -> str:
        """The direct message with the bot."""
        return self.post.dm_of(self.user.id).id

    @property
    def received(self) -> list[Message]:
        """The bot's messages in the direct message, oldest first."""
        return self.post.messages(self.dm_channel, by_bot=True)

    @property
    def ephemerals(self) -> list[Message]:
        return self.post.ephemerals(self.user.id)

    @property
    def views(self) -> list[View]:
        """The stack of open modals, root first."""
        return self.post.open_views.setdefault(self.user.id, [])

    @property
    def view(self) -> View | None:
        """The modal on top."""
        return self.views[-1] if self.views else None

    @property
    def home(self) -> View | None:
        return self.post.home(self.user.id)

    def reload(self) -> None:
        """Start the client again: ephemeral messages and modals are gone."""
        for message in self.ephemerals:
            message.deleted = True
        self.views.clear()

    async def interact(self, delivery: Delivery, wait: bool) -> Delivery:
        """Send an interaction; the client says so when nobody acknowledges it."""
        await self.post.dispatch(delivery, wait)
        if delivery.attempts and not delivery.acked:
            self.notices.append("operation_timeout")
        return delivery

    def top(self) -> View:
        """The modal on top, LookupError where none is open."""
        if self.view is None:
            raise LookupError("no modal is open")
        return self.view
