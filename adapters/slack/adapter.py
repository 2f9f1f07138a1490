"""Members in Slack: bot.ports.Adapter on slack-bolt, by Socket Mode or signed HTTP."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from typing import Any

import aiohttp
import structlog
from slack_sdk.errors import SlackApiError

from adapters.slack import sockets, web
from adapters.slack.calling import Client
from adapters.slack.connecting import check_app_token, check_bot_token
from adapters.slack.exchange import Exchange
from adapters.slack.health import Health
from adapters.slack.listening import Listening
from adapters.slack.parse import BLOCK, Act, Origin, Person
from adapters.slack.people import People
from adapters.slack.render import render
from adapters.slack.sending import UNREACHABLE, Sender, error_of
from adapters.slack.settings import PLATFORM, SlackSettings
from adapters.slack.showing import Showing
from adapters.slack.words import words_in
from bot.content import Content
from bot.errors import SettingsError
from bot.events import AnyEvent, FormSubmission
from bot.replies import FormErrors, Outcome, Reply, ShowForm, Text
from bot.texts import Texts

GRACE = 15.0  # seconds that a shutdown waits for what is under way
log = structlog.get_logger("worker_voice")


class SlackAdapter:
    """`ready`: what else must be well for /readyz, such as the database."""

    def __init__(
        self, settings: SlackSettings, content: Content, ready: Callable[[], Awaitable[bool]] | None = None
    ) -> None:
        self.settings, self.content = settings, content
        self.health = Health(ready=ready)
        self.metrics = self.health.metrics
        self.exchanges: dict[str, Exchange] = {}
        self.tasks: set[asyncio.Task[None]] = set()
        self.stopped = asyncio.Event()
        self.ended = ""  # why, where Slack ended it

    async def connect(self) -> None:
        """Check the settings and the tokens. Raises SettingsError with one sentence that shows no secret."""
        self.settings.check()
        self.session = aiohttp.ClientSession(trust_env=True)
        try:
            self.client = Client(
                self.metrics,
                token=self.settings.bot_token,
                base_url=self.settings.base_url,
                session=self.session,
            )
            self.here = await check_bot_token(self.client)
            self.address = await check_app_token(self.client, self.settings) if self.settings.socket_mode else ""
        except BaseException:
            await self.session.close()
            raise
        self.sender = Sender(self.client, self.session, self.metrics)
        self.people = People(self.client, self.settings, self.here)
        self.showing = Showing(self.client, self.sender, self.content, self.settings.agent_view)

    async def listen(self, respond: Callable[[AnyEvent], Awaitable[None]]) -> None:
        """Until `stop`, or until Slack ends it: then SettingsError says why. What is under way is finished."""
        self.respond = respond
        listening = Listening(self)
        try:
            await (sockets if self.settings.socket_mode else web).run(listening.app, self)
        finally:
            await self.session.close()
        if self.ended:
            raise SettingsError(self.ended)

    def stop(self, why: str = "") -> None:
        """Take nothing new, finish what is under way, end `listen`."""
        self.ended = self.ended or why
        self.health.stopping = True
        self.stopped.set()

    async def is_ready(self) -> bool:
        return await self.health.is_ready()

    async def close(self) -> None:
        """Where nobody listens."""
        await self.session.close()

    async def idle(self) -> None:
        """Until nothing is under way."""
        while self.tasks:
            await asyncio.wait(set(self.tasks))

    async def finish(self) -> None:
        """What is under way, within the grace that a shutdown has; the rest is not acknowledged."""
        if self.tasks:
            await asyncio.wait(set(self.tasks), timeout=GRACE)
        for task in set(self.tasks):
            task.cancel()
        await self.idle()

    def take(self, act: Act, person: Person, *, again: bool = False) -> Exchange:
        """Begin to answer an act, or find that it is being answered already; `again`: perhaps by another process."""
        exchange = self.exchanges.get(act.event.id)
        if exchange is None:
            exchange = self.exchanges[act.event.id] = Exchange(act, person)
            self.spawn(self._answer(exchange, self.settings.again_seconds if again else 0.0))
        return exchange

    def spawn(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.ensure_future(work)
        self.tasks.add(task)
        task.add_done_callback(self.tasks.discard)

    async def _answer(self, exchange: Exchange, after: float) -> None:
        try:
            await asyncio.sleep(after)
            refused = self._refused(exchange)
            if refused:
                exchange.acknowledge()
                await self.showing.say(exchange, Reply((Text(self.words(exchange.person)(refused)),)))
            else:
                await self.respond(exchange.event)
            exchange.acknowledge()
            self.metrics.answered.observe(exchange.seconds)
        except (SlackApiError, aiohttp.ClientError, OSError) as problem:
            self.metrics.failed.inc()
            log.error("slack_not_said", error=type(problem).__name__)
        finally:
            if self.exchanges.get(exchange.event.id) is exchange:
                del self.exchanges[exchange.event.id]
            exchange.give_up()

    def _refused(self, exchange: Exchange) -> str:
        """The text that says what guests and people of other organisations cannot do here; "" where they can."""
        rules = {"guest": self.settings.guests, "outside": self.settings.outside}
        rule = rules.get(exchange.person.kind, "all")
        if rule == "nobody":
            return "slack.nobody"
        allowed = getattr(exchange.event, "question", None) or getattr(exchange.event, "action", None) in ANYBODY
        return "slack.questions_only" if rule == "questions" and not allowed else ""

    def words(self, person: Person) -> Texts:
        return words_in(person.locale)

    async def deliver(self, event: AnyEvent, outcome: Outcome) -> None:
        """Acknowledge, as what was done is stored by now, and show it. Raises where Slack does not take it."""
        exchange = self.exchanges.get(event.id) or self._without(event)
        try:
            match outcome:
                case None:
                    exchange.acknowledge()
                case FormErrors(errors=errors):
                    self.exchanges.pop(event.id, None)  # corrected, the same view comes again, with the same hash
                    exchange.acknowledge(response_action="errors", errors=beside_fields(event, errors))
                case ShowForm():
                    await self.showing.form(exchange, outcome)
                case Reply():
                    await self.showing.reply(exchange, outcome)
        except Exception:
            self.metrics.failed.inc()
            raise

    def _without(self, event: AnyEvent) -> Exchange:
        """An event that came some other way: its member has a direct message."""
        person = Person(event.account.partition(":")[2], event.name, event.locale)
        return Exchange(Act(event, Origin(person.id)), person)

    async def push(self, to: tuple[str, ...], reply: Reply) -> bool:
        """Write to a member first; False where they cannot be reached. Raises where it may go later."""
        team, _, user = (to[1] if len(to) > 1 else "").partition(":")
        if to[0] != PLATFORM or team != self.here.team or not user:
            return False
        person = await self.people.find(user)
        try:
            channel = await self.sender.direct(user)
            await self.sender.post(
                channel, render(reply, words_in(reply.language or person.locale), apart=True), file=reply.file
            )
        except SlackApiError as problem:
            if error_of(problem) not in UNREACHABLE:
                raise
            return False
        return True

    async def announce(self, channel: str, reply: Reply, language: str) -> bool:
        """Write to a channel that the bot was invited to; False where it cannot."""
        try:
            await self.sender.post(channel, render(reply, words_in(language)))
        except SlackApiError as problem:
            if error_of(problem) not in UNREACHABLE:
                raise
            return False
        return True


ANYBODY = ("topic", "helped", "help")  # what people of other organisations may press


def beside_fields(event: AnyEvent, errors: Mapping[str, str]) -> dict[str, str]:
    """Slack shows errors at fields only: what is wrong with the whole page stands at its first."""
    first = next(iter(event.values), "") if isinstance(event, FormSubmission) else ""
    return {BLOCK + (name or first): error for name, error in errors.items()}
