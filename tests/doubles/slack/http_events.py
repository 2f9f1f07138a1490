"""Signed HTTP: events, interactions and commands posted to the app's endpoints as Slack posts them."""

import asyncio
import hashlib
import hmac
import itertools
import json
import secrets
import time
from urllib.parse import urlencode

import aiohttp

from tests.doubles.slack.delivery import Answer, Delivery, Post
from tests.doubles.slack.records import Json

FORM = "application/x-www-form-urlencoded"


class HttpEvents:
    """A transport that posts to the endpoints in turn, as a load balancer in front of several processes would."""

    def __init__(self, post: Post, session: aiohttp.ClientSession, endpoints: list[str]) -> None:
        self.post, self.session = post, session
        self.endpoints = endpoints
        self._turns = itertools.cycle(endpoints)

    def sign(self, body: bytes, at: int) -> str:
        """The X-Slack-Signature of this body sent at this time (seconds)."""
        base = f"v0:{at}:".encode() + body
        return "v0=" + hmac.new(self.post.signing_secret.encode(), base, hashlib.sha256).hexdigest()

    async def send(self, delivery: Delivery, attempt: int, reason: str) -> Answer:
        """One POST; acknowledged by a status of 2xx within the time given."""
        headers = {}
        if attempt and delivery.kind == "events_api":
            headers = {"X-Slack-Retry-Num": str(attempt), "X-Slack-Retry-Reason": reason}
        try:
            status, answer_headers, body = await self.request(_content_type(delivery), _body(delivery), headers)
        except TimeoutError:
            return Answer(ok=False, reason="http_timeout")
        except aiohttp.ClientError:
            return Answer(ok=False, reason="connection_failed")
        if not 200 <= status < 300:
            return Answer(ok=False, reason="http_error", no_retry=answer_headers.get("X-Slack-No-Retry") == "1")
        return Answer(ok=True, payload=_payload(answer_headers.get("Content-Type", ""), body))

    async def verify(self) -> bool:
        """Slack's check of a request URL: the challenge must come back."""
        challenge = {"token": "verification", "challenge": secrets.token_hex(8), "type": "url_verification"}
        status, _, body = await self.request("application/json", json.dumps(challenge).encode())
        return status == 200 and challenge["challenge"] in body

    async def request(
        self,
        content_type: str,
        body: bytes,
        headers: dict[str, str] | None = None,
        at: int | None = None,
        sign: str = "",
    ) -> tuple[int, dict[str, str], str]:
        """POST this body, signed as of `at` or with the signature given; answers (status, headers, body)."""
        at = int(time.time()) if at is None else at
        signed = {
            "Content-Type": content_type,
            "X-Slack-Request-Timestamp": str(at),
            "X-Slack-Signature": sign or self.sign(body, at),
            "User-Agent": "Slackbot 1.0 (+https://api.slack.com/robots)",
        }
        async with (
            asyncio.timeout(self.post.ack_timeout),
            self.session.post(next(self._turns), data=body, headers=signed | (headers or {})) as response,
        ):
            return response.status, dict(response.headers), await response.text()


def _content_type(delivery: Delivery) -> str:
    return "application/json" if delivery.kind == "events_api" else FORM


def _body(delivery: Delivery) -> bytes:
    if delivery.kind == "events_api":
        return json.dumps(delivery.payload).encode()
    if delivery.kind == "slash_commands":
        return urlencode(delivery.payload).encode()
    return urlencode({"payload": json.dumps(delivery.payload)}).encode()


def _payload(content_type: str, body: str) -> Json | None:
    """The body of an acknowledgement as Socket Mode would carry it."""
    if not body:
        return None
    if content_type.startswith("application/json"):
        parsed = json.loads(body)
        return parsed if isinstance(parsed, dict) and parsed else None
    return {"text": body}
