"""Slack's Web API: what fails for a moment is called again, and a 429 is waited out by every call of its method."""

import asyncio
import random
import time
from typing import Any

from slack_sdk.http_retry.async_handler import AsyncRetryHandler
from slack_sdk.http_retry.builtin_async_handlers import (
    AsyncConnectionErrorRetryHandler,
    AsyncRateLimitErrorRetryHandler,
    AsyncServerErrorRetryHandler,
)
from slack_sdk.http_retry.request import HttpRequest
from slack_sdk.http_retry.response import HttpResponse
from slack_sdk.http_retry.state import RetryState
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from adapters.slack.health import Metrics

TRIES_429, TRIES = 20, 4
BY_CHANNEL = ("chat.postMessage",)  # limited for each channel, whose line waits (adapters/slack/sending.py)


class Pauses:
    """Until when Slack takes no call of a method; monotonic seconds."""

    def __init__(self) -> None:
        self.until: dict[str, float] = {}

    def begin(self, method: str, seconds: float) -> None:
        self.until[method] = max(self.until.get(method, 0.0), time.monotonic() + seconds)

    async def over(self, method: str) -> None:
        """Those who waited go on within a second, not all at once."""
        left = self.left(method)
        while left > 0:
            await asyncio.sleep(left + random.random())
            left = self.left(method)

    def left(self, method: str) -> float:
        return self.until.get(method, 0.0) - time.monotonic()


class RateLimits(AsyncRateLimitErrorRetryHandler):
    """Waits as long as Slack says, and counts it."""

    def __init__(self, metrics: Metrics, pauses: Pauses) -> None:
        super().__init__(max_retry_count=TRIES_429)
        self.metrics, self.pauses = metrics, pauses

    async def prepare_for_next_attempt_async(
        self,
        *,
        state: RetryState,
        request: HttpRequest,
        response: HttpResponse | None = None,
        error: Exception | None = None,
    ) -> None:
        self.metrics.rate_limited.inc()
        method = request.url.rpartition("/")[2]
        if response is not None and method not in BY_CHANNEL:
            self.pauses.begin(method, retry_after(response))
        await super().prepare_for_next_attempt_async(state=state, request=request, response=response, error=error)
        await self.pauses.over(method)  # another call may have been told a longer one


class Client(AsyncWebClient):
    """`options`: the library's."""

    def __init__(self, metrics: Metrics, **options: Any) -> None:
        self.pauses = Pauses()
        super().__init__(retry_handlers=retry_handlers(metrics, self.pauses), **options)

    async def api_call(self, api_method: str, **arguments: Any) -> AsyncSlackResponse:
        await self.pauses.over(api_method)
        return await super().api_call(api_method, **arguments)


def retry_handlers(metrics: Metrics, pauses: Pauses) -> list[AsyncRetryHandler]:
    return [
        AsyncConnectionErrorRetryHandler(max_retry_count=TRIES),
        AsyncServerErrorRetryHandler(max_retry_count=TRIES),
        RateLimits(metrics, pauses),
    ]


def retry_after(response: HttpResponse) -> float:
    """Seconds."""
    told = {name.lower(): values[0] for name, values in response.headers.items()}
    return float(told.get("retry-after", 1))
