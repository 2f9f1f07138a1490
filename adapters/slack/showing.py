"""Shows outcomes: in the modal that is open, in a new one, to the member alone in a channel, or as messages."""

import structlog
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from adapters.slack.exchange import Exchange
from adapters.slack.parse import Origin
from adapters.slack.render import Json, Posting, render
from adapters.slack.sending import Sender, error_of
from adapters.slack.views import form_view, notice_view, reply_view
from adapters.slack.words import words_in
from bot.content import Content
from bot.replies import Button, Reply, ShowForm, Text

log = structlog.get_logger("worker_voice")
GONE = frozenset(
    (
        *("not_found", "view_not_found", "hash_conflict", "invalid_trigger_id"),
        *("expired_trigger_id", "trigger_expired", "exchanged_trigger_id", "trigger_exchanged"),
    )
)


class Showing:
    """Each acknowledges first, or with what it shows. Raises SlackApiError where Slack does not take it."""

    def __init__(self, client: AsyncWebClient, sender: Sender, content: Content, agent: bool) -> None:
        self.client, self.sender, self.content, self.agent = client, sender, content, agent

    async def form(self, exchange: Exchange, form: ShowForm) -> None:
        words = words_in(form.language)
        if await self._show(exchange, form_view(form, words)) or exchange.origin.view:
            return
        asked = form.questions[0].ask[form.language]
        again = (Button("as_form", words("slack.open_form")),) if form.form in self.content.forms else ()
        await self.say(exchange, Reply((Text(words("slack.late") if again else asked),), (), again))

    async def _show(self, exchange: Exchange, view: Json) -> bool:
        """In the modal that is open, or in a new one; False where there is none and none can be opened any more."""
        origin = exchange.origin
        if origin.submitted and exchange.in_time and not exchange.acknowledged.done():
            exchange.acknowledge(response_action="update", view=view)
            return True
        exchange.acknowledge()
        try:
            if origin.view:
                await self.client.views_update(view_id=origin.view, view=view)
            elif origin.trigger:
                await self.client.views_open(trigger_id=origin.trigger, view=view)
            else:
                return False
        except SlackApiError as problem:
            if error_of(problem) not in GONE:
                raise
            log.info("slack_view_gone", error=error_of(problem))
            return False
        return True

    async def reply(self, exchange: Exchange, reply: Reply) -> None:
        origin, words = exchange.origin, words_in(reply.language or exchange.person.locale)
        if origin.view or origin.home:
            view = None if reply.file else reply_view(reply, words)
            if view and (await self._show(exchange, view) or origin.view):
                return  # who has closed the modal does not want it in a message, which stays
            if origin.view:
                await self._show(exchange, notice_view("slack.in_direct", words))
        exchange.acknowledge()
        await self.say(exchange, reply)

    async def say(self, exchange: Exchange, reply: Reply) -> None:
        """As messages: where the member is, or in the direct message where they cannot be seen there by them alone."""
        origin, words = exchange.origin, words_in(reply.language or exchange.person.locale)
        here = bool(origin.channel) and not origin.ephemeral
        if here and origin.direct:
            await self.sender.post(
                origin.channel, render(reply, words, apart=True, agent=self.agent), origin.thread, file=reply.file
            )
            return
        if here and not reply.private:
            await self.sender.post(origin.channel, render(reply, words, agent=self.agent), origin.thread)
            return
        if not reply.file and await self._aside(origin, render(reply, words, agent=self.agent)):
            return
        channel = await self.sender.direct(origin.user)
        await self.sender.post(channel, render(reply, words, apart=True, agent=self.agent), file=reply.file)

    async def _aside(self, origin: Origin, postings: list[Posting]) -> bool:
        """To the member alone, where they are."""
        if origin.channel and not origin.ephemeral:
            return await self.sender.whisper(origin.channel, origin.user, postings, origin.thread)
        return bool(origin.response_url) and await self.sender.respond(origin.response_url, postings)
