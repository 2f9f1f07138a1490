"""What goes out to Slack: in order for each channel, waiting out 429, without unfurling anything."""

import asyncio
from collections import OrderedDict
from collections.abc import Sequence
from weakref import WeakValueDictionary

import aiohttp
import structlog
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.webhook.async_client import AsyncWebhookClient

from adapters.slack.calling import Pauses, retry_handlers
from adapters.slack.health import Metrics
from adapters.slack.render import Json, Posting
from bot.replies import File

log = structlog.get_logger("worker_voice")
DIRECT_KEPT = 10_000
RESPONSES = 5  # uses of a response_url
THREAD_GONE = ("thread_not_found", "message_not_found", "cannot_reply_to_message")
QUIET: Json = {"unfurl_links": False, "unfurl_media": False}
UNREACHABLE = frozenset(
    (
        *("channel_not_found", "user_not_found", "users_not_found", "user_disabled", "account_inactive"),
        *("cannot_dm_bot", "is_archived", "messages_tab_disabled", "not_in_channel", "user_not_visible"),
        *("user_not_in_channel", "restricted_action", "team_access_not_granted", "no_permission"),
    )
)


class Sender:
    """Posts messages. One line a channel: a message waits until the one before it has arrived."""

    def __init__(self, client: AsyncWebClient, session: aiohttp.ClientSession, metrics: Metrics) -> None:
        self.client, self.session, self.metrics = client, session, metrics
        self.lines: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()
        self.directs: OrderedDict[str, str] = OrderedDict()

    def line(self, channel: str) -> asyncio.Lock:
        return self.lines.setdefault(channel, asyncio.Lock())

    async def post(
        self, channel: str, postings: Sequence[Posting], thread: str = "", *, file: File | None = None
    ) -> None:
        """Raises SlackApiError where Slack refuses, after the messages before."""
        async with self.line(channel):
            for posting in postings:
                try:
                    await self._post(channel, posting, thread)
                except SlackApiError as problem:
                    if not thread or error_of(problem) not in THREAD_GONE or not channel.startswith("D"):
                        raise
                    thread = ""  # its first message was deleted
                    await self._post(channel, posting, thread)
            if file is not None:
                await self.client.files_upload_v2(
                    channel=channel,
                    content=file.content,
                    filename=file.name,
                    title=file.name,
                    thread_ts=thread or None,
                    request_file_info=False,
                )

    async def _post(self, channel: str, posting: Posting, thread: str) -> None:
        more: Json = QUIET | ({"thread_ts": thread} if thread else {})
        await self.client.chat_postMessage(channel=channel, text=posting.text, blocks=posting.blocks, **more)

    async def whisper(self, channel: str, user: str, postings: Sequence[Posting], thread: str = "") -> bool:
        """To one member in a channel; False where Slack cannot show it there."""
        more: Json = {"thread_ts": thread} if thread else {}
        async with self.line(channel):
            for posting in postings:
                try:
                    await self.client.chat_postEphemeral(
                        channel=channel, user=user, text=posting.text, blocks=posting.blocks, **more
                    )
                except SlackApiError as problem:
                    log.info("slack_not_whispered", error=error_of(problem))
                    return False
        return True

    async def respond(self, url: str, postings: Sequence[Posting]) -> bool:
        """By a response_url, to the member alone; False where it is used up, or cannot say that much."""
        if len(postings) > RESPONSES:
            return False
        webhook = AsyncWebhookClient(url, session=self.session, retry_handlers=retry_handlers(self.metrics, Pauses()))
        for posting in postings:
            answer = await webhook.send(
                text=posting.text,
                blocks=posting.blocks,
                response_type="ephemeral",
                replace_original=False,
                unfurl_links=False,
                unfurl_media=False,
            )
            if answer.status_code != 200:
                log.info("slack_response_url_refused", status=answer.status_code)
                return False
        return True

    async def direct(self, user: str) -> str:
        """The direct message with a member."""
        if user not in self.directs:
            opened = await self.client.conversations_open(users=user)
            self.directs[user] = str((opened.get("channel") or {})["id"])
            while len(self.directs) > DIRECT_KEPT:
                self.directs.popitem(last=False)
        return self.directs[user]


def error_of(problem: SlackApiError) -> str:
    """Slack's code for what is wrong; its message may hold what was sent."""
    return str(problem.response.get("error", "")) if problem.response is not None else ""
