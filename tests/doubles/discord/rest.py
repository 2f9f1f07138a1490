"""The REST door: every request is logged, authorised, met by the ordered faults, and answered as JSON."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from aiohttp import web

from .faults import Fault
from .refusals import Refused, unknown
from .world import JSON

if TYPE_CHECKING:
    from .server import DiscordDouble

MAX_FILE, MAX_FILES = 10 * 1024 * 1024, 10
PREFIX = "/api/v10"


@dataclass
class Call:
    """One request as it came, and what it was answered. `text`: its body as sent, files apart (name -> bytes)."""

    method: str
    path: str
    query: dict[str, str]
    text: str
    files: dict[str, bytes] = field(default_factory=dict)
    authorized: bool = False
    losing: bool = False  # its answer will be lost: it takes effect, and a 502 comes back
    status: int = 0
    code: int = 0
    at: float = field(default_factory=time.monotonic)

    @property
    def body(self) -> Any:
        return json.loads(self.text) if self.text else None

    def holds(self, words: str) -> bool:
        """Whether path, query, body or a file has these words."""
        plain = json.dumps(self.body, ensure_ascii=False) if self.text else ""
        told = f"{unquote(self.path)} {self.query} {self.text} {plain}"
        return words in told or any(words.encode() in content for content in self.files.values())

    def data(self) -> JSON:
        """The body where an object has to come."""
        try:
            body = self.body
        except ValueError:
            raise Refused(400, 50109, "The request body contains invalid JSON.") from None
        if not isinstance(body, dict):
            raise Refused(400, 50035, "Invalid Form Body: an object is wanted")
        return body


Handler = Callable[["DiscordDouble", Call, web.UrlMappingMatchInfo], Awaitable[Any]]


@dataclass(frozen=True)
class Route:
    """`public`: the token in the path is the authority, not the bot's."""

    method: str
    path: str
    answer: Handler
    public: bool = False


async def read(request: web.Request) -> Call:
    """The request with its JSON, out of a plain body or the payload_json of a form with files."""
    call = Call(request.method, request.path.removeprefix(PREFIX), dict(request.query), "")
    if request.content_type == "multipart/form-data":
        async for part in await request.multipart():
            name = getattr(part, "name", "") or ""
            content = bytes(await part.read(decode=False))  # type: ignore[union-attr]
            if name == "payload_json":
                call.text = content.decode()
            else:
                call.files[f"{name}/{getattr(part, 'filename', '') or ''}"] = content
    else:
        call.text = (await request.read()).decode()
        if call.text and request.content_type != "application/json":
            raise Refused(400, 50109, "Content-Type must be application/json")
    return call


def check_files(call: Call) -> None:
    if len(call.files) > MAX_FILES:
        raise Refused(400, 50035, f"Invalid Form Body: at most {MAX_FILES} files")
    if any(len(content) > MAX_FILE for content in call.files.values()) or sum(map(len, call.files.values())) > 25 << 20:
        raise Refused(413, 40005, "Request entity too large")


def respond(status: int, body: Any, headers: dict[str, str] | None = None) -> web.Response:
    if status == 204:
        return web.Response(status=204)
    told = {"Content-Type": "application/json", "Via": "1.1 google", **(headers or {})}
    return web.Response(status=status, body=json.dumps(body).encode(), headers=told)


def limited(retry_after: float, everywhere: bool, via: bool) -> web.Response:
    headers = {"Retry-After": str(max(1, round(retry_after))), "X-RateLimit-Scope": "user"}
    if everywhere:
        headers |= {"X-RateLimit-Global": "true", "X-RateLimit-Scope": "global"}
    body = {"message": "You are being rate limited.", "retry_after": retry_after, "global": everywhere}
    answer = respond(429, body, headers)
    if not via:
        del answer.headers["Via"]
    return answer


def handler(double: DiscordDouble, route: Route) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
    async def handle(request: web.Request) -> web.StreamResponse:
        try:
            call = await read(request)
        except Refused as error:
            double.note(f"{request.method} {request.path}: {error}", fair=False)
            return respond(error.status, error.body())
        double.log.append(call)
        call.authorized = request.headers.get("Authorization") == f"Bot {double.token}" and not double.revoked
        fault = next((one for one in double.faults if one.meets(call.method, call.path)), None)
        answer = await meet(double, route, call, request, fault)
        call.status = answer.status
        double.invalid_requests += answer.status in (401, 403, 429)
        return answer

    return handle


async def meet(
    double: DiscordDouble, route: Route, call: Call, request: web.Request, fault: Fault | None
) -> web.StreamResponse:
    """Answer one request, through the fault ordered for it if there is one."""
    if fault is not None:
        fault.hits += 1
        await asyncio.sleep(fault.delay)
        if fault.cut and request.transport is not None:
            request.transport.abort()
            return web.Response(status=444)  # as nginx logs it; nobody reads it
        if fault.status == 429:
            return limited(fault.retry_after, fault.everywhere, fault.via)
        if fault.status and not fault.after_commit:
            return respond(fault.status, {"message": "ordered by a test", "code": 0})
    wait = double.wait_for_turn(call)
    if wait > 0:
        return limited(wait, False, True)
    try:
        if not route.public and not call.authorized:
            raise Refused(401, 0, "401: Unauthorized", fair=double.revoked)
        check_files(call)
        call.losing = fault is not None and fault.after_commit
        told = await route.answer(double, call, request.match_info)
    except Refused as error:
        call.code = error.code
        double.refusals.append(error)
        double.note(f"{call.method} {call.path}: {error}", fair=error.fair)
        return respond(error.status, error.body())
    if fault is not None and fault.status:
        return respond(fault.status, {"message": "ordered by a test", "code": 0})
    status, body = told if isinstance(told, tuple) else (204 if told is None else 200, told)
    headers = {"X-RateLimit-Limit": "50", "X-RateLimit-Remaining": "49", "X-RateLimit-Reset-After": "1.0"}
    headers |= {"X-RateLimit-Bucket": f"{route.method}:{route.path}", "X-RateLimit-Reset": str(time.time() + 1)}
    return respond(status, body, headers)


async def no_route(double: DiscordDouble, call: Call, match: web.UrlMappingMatchInfo) -> Any:
    """Whatever the double does not know is a violation: either it or the app is wrong."""
    raise unknown(0, f"route {call.method} {call.path}")
