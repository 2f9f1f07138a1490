"""What bolt hears: every event, command, shortcut, press and modal has a listener, so that each is acknowledged.

Events are acknowledged after they were stored (`process_before_response`); Slack sends them again until then.
"""

import asyncio
import dataclasses
import logging
import re
from collections.abc import Awaitable
from typing import TYPE_CHECKING, Any

import structlog
from slack_bolt.async_app import AsyncAck, AsyncApp
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_sdk.errors import SlackApiError

from adapters.slack import parse
from adapters.slack.exchange import LATE, Exchange, Unanswered
from adapters.slack.parse import Act, Payload, Person
from adapters.slack.people import team_of
from adapters.slack.sending import error_of
from adapters.slack.views import ask_view, home_view
from bot import workspace
from bot.events import Message
from bot.serving import where
from bot.turn import command

if TYPE_CHECKING:
    from adapters.slack.adapter import SlackAdapter

ANY = re.compile("")
PROMPTS = (("prompt_1", "prompt_1"), ("prompt_2", "prompt_2"), ("prompt_3", "prompt_3"), ("prompt_4", "prompt_4_says"))
GONE = "The Slack app was removed from the workspace or its tokens were revoked: install it again, then start the bot."
log = structlog.get_logger("worker_voice")


class Listening:
    """A bolt app whose listeners feed the adapter."""

    def __init__(self, adapter: "SlackAdapter") -> None:
        self.adapter = adapter
        quiet = logging.getLogger("slack_bolt.worker_voice")
        quiet.setLevel(logging.CRITICAL)  # its texts may hold what members wrote; what fails is logged below
        settings = adapter.settings
        self.app = app = AsyncApp(
            name="worker-voice",
            client=adapter.client,
            signing_secret=settings.signing_secret,
            process_before_response=True,
            logger=quiet,
            attaching_conversation_kwargs_enabled=False,
        )
        app.event("message")(self.said)
        app.event("app_mention")(self.said)
        app.event("app_home_opened")(self.home_opened)
        app.event("app_uninstalled")(self.uninstalled)
        app.event("tokens_revoked")(self.uninstalled)
        app.event(ANY)(self.nothing)
        app.command(ANY)(self.commanded)
        app.shortcut(ANY)(self.chosen)
        app.action(ANY)(self.pressed)
        app.view(ANY)(self.submitted)
        app.view_closed(ANY)(self.nothing)
        app.options(ANY)(self.nothing)
        app.error(self.failed)

    async def failed(self, error: Exception) -> None:
        """Not acknowledged: Slack sends an event again."""
        log.error("slack_not_acknowledged", error=type(error).__name__, at=where(error))

    async def nothing(self, ack: AsyncAck) -> None:
        await ack()

    async def said(self, body: dict[str, Any], ack: AsyncAck, request: AsyncBoltRequest) -> None:
        event, here = body["event"], self.adapter.here
        if not parse.is_said(event, here):
            await ack()
            return
        person = await self._person(event["user"], body)
        act = parse.message(event, here, person)
        await self._answer(act, person, "message", ack, again=comes_again(request))

    async def commanded(self, body: dict[str, Any], ack: AsyncAck) -> None:
        person = await self._person(body["user_id"], body)
        words = str(body.get("text") or "").strip()
        act = parse.command(body, self.adapter.here, person, question=self._is_question(words))
        await self._answer(act, person, "command", ack, patient=False)

    async def chosen(self, body: dict[str, Any], ack: AsyncAck) -> None:
        if body.get("type") != "message_action":  # a global shortcut, of which the manifest has none
            await ack()
            return
        person = await self._person(body["user"]["id"], body)
        act = parse.shortcut(body, self.adapter.here, person)
        await self._answer(act, person, "shortcut", ack, patient=False)

    async def pressed(self, body: dict[str, Any], ack: AsyncAck) -> None:
        name = str(body["actions"][0].get("action_id", ""))
        if name in (parse.WRITTEN, parse.ASK):
            await ack()
            self.adapter.spawn(self._written(body) if name == parse.WRITTEN else self._ask(body))
            return
        person = await self._person(body["user"]["id"], body)
        await self._answer(parse.action(body, self.adapter.here, person), person, "action", ack, patient=False)

    async def submitted(self, body: dict[str, Any], ack: AsyncAck) -> None:
        person = await self._person(body["user"]["id"], body)
        await self._answer(parse.submission(body, self.adapter.here, person), person, "view", ack)

    async def home_opened(self, body: dict[str, Any], ack: AsyncAck) -> None:
        await ack()
        self.adapter.spawn(self._home(body))

    async def uninstalled(self, body: dict[str, Any], ack: AsyncAck) -> None:
        event = body["event"]
        await ack()
        if event["type"] == "app_uninstalled" or (event.get("tokens") or {}).get("bot"):
            log.error("slack_app_removed", kind=event["type"])
            self.adapter.stop(GONE)

    async def _person(self, user: str, body: Payload) -> Person:
        if self.adapter.stopped.is_set():
            raise Unanswered("stopping")
        return await self.adapter.people.find(user, team_of(body))

    def _is_question(self, words: str) -> bool:
        """After a slash command: whether the words are a question, and not a command, a number or staff's."""
        staff = (
            any(words.lower().split()[:1] == [texts("desk.word_staff")] for texts in self._texts()) if words else False
        )
        name, _ = command(self.adapter.content, words)
        return bool(words) and not name and not staff and not words.isdecimal()

    def _texts(self) -> list[Any]:
        return [texts for texts in self.adapter.content.texts.values() if texts.has("desk.word_staff")]

    async def _answer(
        self, act: Act | None, person: Person, kind: str, ack: AsyncAck, *, patient: bool = True, again: bool = False
    ) -> None:
        """Acknowledge once it was stored. `patient`: wait for that however long, as Slack then asks or sends again."""
        if act is None:
            await ack()
            return
        self.adapter.metrics.events.labels(kind).inc()
        exchange = self.adapter.take(self._narrowed(act, person), person, again=again)
        await self._thinking(exchange)
        try:
            payload = await asyncio.wait_for(asyncio.shield(exchange.acknowledged), None if patient else LATE)
        except TimeoutError:
            payload = {}
        self.adapter.metrics.acknowledged.observe(exchange.seconds)
        await ack(**payload)

    def _narrowed(self, act: Act, person: Person) -> Act:
        """From those who may only ask, everything written is a question."""
        settings = self.adapter.settings
        rule = {"guest": settings.guests, "outside": settings.outside}.get(person.kind, "all")
        if rule == "questions" and isinstance(act.event, Message):
            return dataclasses.replace(act, event=dataclasses.replace(act.event, question=True))
        return act

    async def _thinking(self, exchange: Exchange) -> None:
        """In the agent view: what is shown until the answer comes, which ends it."""
        origin = exchange.origin
        if self.adapter.settings.agent_view and origin.direct and origin.thread and not origin.ephemeral:
            status = self.adapter.words(exchange.person)("slack.thinking")
            self.adapter.spawn(self._status(origin.channel, origin.thread, status))

    async def _status(self, channel: str, thread: str, status: str) -> None:
        await self._quietly(
            self.adapter.client.assistant_threads_setStatus(channel_id=channel, thread_ts=thread, status=status)
        )

    async def _written(self, body: Payload) -> None:
        """The receipt was written down: its message goes."""
        place = body.get("container") or {}
        if str(place.get("channel_id", "")).startswith("D") and not place.get("is_ephemeral"):
            await self._quietly(self.adapter.client.chat_delete(channel=place["channel_id"], ts=place["message_ts"]))

    async def _ask(self, body: Payload) -> None:
        person = await self.adapter.people.find(body["user"]["id"], team_of(body))
        view = ask_view(self.adapter.words(person))
        await self._quietly(self.adapter.client.views_open(trigger_id=body["trigger_id"], view=view))

    async def _home(self, body: Payload) -> None:
        event = body["event"]
        person = await self.adapter.people.find(event["user"], team_of(body))
        words, settings = self.adapter.words(person), self.adapter.settings
        rule = {"guest": settings.guests, "outside": settings.outside}.get(person.kind, "all")
        if event.get("tab", "home") == "home":
            notices = workspace.before_all(self.adapter.content, words.language)
            view = home_view(words, settings.command, notices, questions_only=rule != "all")
            await self._quietly(self.adapter.client.views_publish(user_id=person.id, view=view))
        elif settings.agent_view:
            prompts = [{"title": words(f"slack.{title}"), "message": words(f"slack.{says}")} for title, says in PROMPTS]
            await self._quietly(
                self.adapter.client.assistant_threads_setSuggestedPrompts(channel_id=event["channel"], prompts=prompts)
            )

    async def _quietly(self, call: Awaitable[Any]) -> None:
        """What is only an improvement, or can be done again, fails without harm."""
        try:
            await call
        except SlackApiError as problem:
            log.warning("slack_refused", error=error_of(problem))
        except Exception as problem:
            log.warning("slack_not_reached", error=type(problem).__name__)


def comes_again(request: AsyncBoltRequest) -> bool:
    """Whether Slack sends an event anew, as it was not acknowledged in time."""
    return request.headers.get("x-slack-retry-num", ["0"])[0] != "0"
