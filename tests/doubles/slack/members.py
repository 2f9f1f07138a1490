"""A member's side of the screen: types, presses, fills in, submits; refuses what Slack's client refuses."""

from typing import Any

from tests.doubles.slack import payloads
from tests.doubles.slack.chat import shape
from tests.doubles.slack.delivery import Delivery
from tests.doubles.slack.filling import action_of, fill, refusals
from tests.doubles.slack.records import Channel, Json, Message, View
from tests.doubles.slack.screen import Screen, Shown
from tests.doubles.slack.submitting import apply_response, show_command_response
from tests.doubles.slack.text import escape, typed
from tests.doubles.slack.views import view_shape


class ClientRefused(Exception):
    """Slack's own client would not send this: a required field is empty, a text too long."""


class Member(Screen):
    """One user at the keyboard. Every method waits until the app has acknowledged, or was given up.

    wait=False returns at once; what comes back with an acknowledgement is then not shown.
    """

    # -- writing

    async def dm(self, text: str, thread_ts: str | None = None, wait: bool = True, **more: Any) -> Message:
        """A direct message to the bot; more: extra fields of the event (subtype, files)."""
        message = self._write(self.post.dm_of(self.user.id), typed(text), thread_ts)
        if "message.im" in self.post.subscribed and "im:history" in self.post.scopes:
            event = payloads.message_event(self.post, self.user, message, "message") | more
            await self.emitter.emit(event, self.user.team, wait)
        return message

    async def mention(self, channel: str, text: str, thread_ts: str | None = None, wait: bool = True) -> Message:
        """The bot mentioned in a channel: app_mention, and message too where the app is subscribed to it.

        A bot that has not joined hears nothing.
        """
        place = self.post.channels[channel]
        words = f"<@{self.post.bot_user}> {typed(text)}"
        message = self._write(place, words, thread_ts)
        if self.post.bot_user not in place.members:
            return message
        kinds = ["app_mention"] if {"app_mentions:read"} <= self.post.scopes else []
        plural = {"channel": "channels", "group": "groups"}[place.kind]
        if f"message.{plural}" in self.post.subscribed and f"{plural}:history" in self.post.scopes:
            kinds.insert(0, "message")
        for kind in kinds:
            event = payloads.message_event(self.post, self.user, message, kind)
            await self.emitter.emit(event, self.user.team, wait)
        return message

    async def say(self, channel: str, text: str, thread_ts: str | None = None) -> Message:
        """A message in a channel that is no business of the bot's."""
        return self._write(self.post.channels[channel], typed(text), thread_ts)

    async def edit(self, message: Message, text: str, wait: bool = True) -> None:
        """Change an own direct message (a message_changed event)."""
        before = shape(self.post, message)
        message.text, message.edited = typed(text), True
        event = {
            "type": "message",
            "subtype": "message_changed",
            "channel": message.channel,
            "channel_type": "im",
            "ts": self.post.ts(),
            "event_ts": self.post.ts(),
            "message": shape(self.post, message),
            "previous_message": before,
        }
        await self.emitter.emit(event, self.user.team, wait)

    def _write(self, place: Channel, text: str, thread_ts: str | None) -> Message:
        return self.post.store(Message(place.id, self.post.ts(), self.user.id, text, thread_ts=thread_ts or ""))

    async def command(self, name: str, text: str = "", channel: str = "", wait: bool = True) -> Delivery:
        """A slash command, in the direct message where no channel is named."""
        place = self.post.channels[channel] if channel else self.post.dm_of(self.user.id)
        payload = payloads.command(self.post, self.user, name, escape(text), place)
        delivery = await self.interact(Delivery("slash_commands", payload, accepts_response=True), wait)
        if delivery.response:
            show_command_response(self.post, self.user.id, place.id, delivery.response)
        return delivery

    async def open_home(self, tab: str = "home", wait: bool = True) -> Delivery:
        """The app's Home tab (or tab="messages") comes into view."""
        event: Json = {
            "type": "app_home_opened",
            "user": self.user.id,
            "channel": self.dm_channel,
            "tab": tab,
            "event_ts": self.post.ts(),
        }
        if tab == "home" and self.home is not None:
            event["view"] = view_shape(self.post, self.home)
        return await self.emitter.emit(event, self.user.team, wait)

    # -- pressing

    async def press(
        self,
        where: Shown | None = None,
        action_id: str = "",
        *,
        block_id: str = "",
        value: str | None = None,
        text: str = "",
        wait: bool = True,
    ) -> Delivery:
        """The button that all of what is given describes; in the modal on top where no message is named."""
        where = where or self.top()
        action = action_of(where.blocks, {"button"}, action_id, block_id, value, text)
        return await self._act(where, action, wait)

    async def select(
        self,
        where: Shown | None = None,
        action_id: str = "",
        value: str | list[str] = "",
        *,
        block_id: str = "",
        wait: bool = True,
    ) -> Delivery:
        """Choose by option value in a menu, radio buttons or checkboxes; a list for those that take several."""
        where = where or self.top()
        element = fill(where.blocks, where.state, action_id or block_id, value)
        return await self._act(where, element, wait)

    async def feedback(self, message: Message, value: str, wait: bool = True) -> Delivery:
        """Press one of a message's feedback_buttons, by its value."""
        return await self._act(message, action_of(message.blocks, {"feedback_buttons"}, "", "", value, ""), wait)

    async def _act(self, where: Shown, action: Json, wait: bool) -> Delivery:
        payload = payloads.block_actions(self.post, self.user, where, action)
        return await self.interact(Delivery("interactive", payload), wait)

    # -- modals

    def fill(self, values: dict[str, Any], view: View | None = None) -> None:
        """Type and choose without submitting: block_id or action_id -> text, option value, list of them, None."""
        view = view or self.top()
        for key, value in values.items():
            fill(view.blocks, view.state, key, value)

    async def submit(
        self, view: View | None = None, values: dict[str, Any] | None = None, wait: bool = True
    ) -> Json | None:
        """Fill in and submit a modal; answers the app's response (response_action ...), already applied.

        view may be one that has gone from the screen, as with a submission under way when the process restarts.
        """
        view = view or self.top()
        self.fill(values or {}, view)
        if "submit" not in view.payload:
            raise ClientRefused("a view without a submit button")
        refused = refusals(view)
        if refused:
            raise ClientRefused("; ".join(refused))
        shown = view_shape(self.post, view)
        payload = payloads.interaction(self.post, self.user, "view_submission", True, view=shown, response_urls=[])
        delivery = await self.interact(Delivery("interactive", payload, accepts_response=True), wait)
        if not delivery.acked:
            return None
        self.field_errors, notice = apply_response(self.post, view, delivery.response)
        if notice:
            self.notices.append(notice)
        return delivery.response

    async def close(self, view: View | None = None, all_views: bool = False, wait: bool = True) -> None:
        """Cancel the modal, or the whole stack; the app hears of it only with notify_on_close."""
        view = view or self.top()
        gone = list(self.views) if all_views else [view]
        for closed in reversed(gone):
            if closed in self.views:
                self.views.remove(closed)
            if closed.payload.get("notify_on_close"):
                shown = view_shape(self.post, closed)
                payload = payloads.interaction(self.post, self.user, "view_closed", view=shown, is_cleared=all_views)
                await self.interact(Delivery("interactive", payload), wait)

    # -- shortcuts

    async def message_shortcut(self, callback_id: str, message: Message, wait: bool = True) -> Delivery:
        """A shortcut from the menu of a message."""
        place = self.post.channels[message.channel]
        payload = payloads.interaction(
            self.post,
            self.user,
            "message_action",
            callback_id=callback_id,
            action_ts=self.post.ts(),
            message_ts=message.ts,
            message=shape(self.post, message),
            channel={"id": place.id, "name": place.name},
            response_url=payloads.response_url(self.post, self.user, place.id),
        )
        return await self.interact(Delivery("interactive", payload), wait)

    async def shortcut(self, callback_id: str, wait: bool = True) -> Delivery:
        """A global shortcut."""
        payload = payloads.interaction(
            self.post, self.user, "shortcut", callback_id=callback_id, action_ts=self.post.ts()
        )
        return await self.interact(Delivery("interactive", payload), wait)
