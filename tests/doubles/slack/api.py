"""The Web API's front door: tokens, scopes, arguments, rate limits; then the method itself."""

import inspect
import json
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from aiohttp import web

from tests.doubles.slack.records import Call, Json
from tests.doubles.slack.world import World

# Errors that a correct app may meet, because of what members and workspaces do.
OF_THE_WORLD = frozenset(
    [
        "ratelimited",
        "hash_conflict",
        "invalid_auth",
        "token_revoked",
        "channel_not_found",
        "user_not_found",
        "user_disabled",
        "not_in_channel",
        "user_not_in_channel",
        "is_archived",
        "message_not_found",
        "cannot_dm_bot",
        "no_such_subteam",
        "not_found",
        "thread_not_found",
        "service_unavailable",
    ]
)


class Refused(Exception):
    """The method answers ok: false with this error; messages go into response_metadata."""

    def __init__(self, error: str, messages: list[str] | None = None, **extra: str) -> None:
        super().__init__(error)
        self.error, self.messages, self.extra = error, messages or [], extra


@dataclass(frozen=True)
class Method:
    """A Web API method: any one of `scopes` will do; `tier` is calls a minute; arguments as documented."""

    run: Callable[..., Json | Awaitable[Json]]
    scopes: tuple[str, ...]
    tier: int
    required: frozenset[str]
    optional: frozenset[str]


METHODS: dict[str, Method] = {}


def method(name: str, scopes: str = "", tier: int = 50, ignored: str = "") -> Callable[[Callable[..., Any]], Any]:
    """Register a method; its keyword parameters are its arguments, `ignored` names those it takes and does not need."""

    def register(run: Callable[..., Any]) -> Callable[..., Any]:
        parameters = list(inspect.signature(run).parameters.values())[1:]
        required = frozenset(p.name for p in parameters if p.default is inspect.Parameter.empty)
        optional = frozenset(p.name for p in parameters if p.name not in required) | frozenset(ignored.split())
        METHODS[name] = Method(run, tuple(scopes.split("|")) if scopes else (), tier, required, optional)
        return run

    return register


class RateLimits:
    """429 by command, by the rule of about one message a second and channel, and by each method's tier."""

    def __init__(self) -> None:
        self.messages_per_second = 0.0  # 0 switches the rule off
        self.tiers = False
        self._ordered: dict[str, list[float]] = {}
        self._until: dict[tuple[str, str], float] = {}
        self._last: dict[str, float] = {}
        self._recent: dict[str, list[float]] = {}
        self.refused = 0

    def order(self, name: str, retry_after: float = 1, times: int = 1) -> None:
        """The next calls of this method are refused with 429 and Retry-After."""
        self._ordered.setdefault(name, []).extend([retry_after] * times)

    def check(self, world: World, name: str, arguments: Json) -> float:
        """Seconds to wait, 0 when the call may go on. A call before Retry-After has passed breaks a rule."""
        now, channel = time.monotonic(), str(arguments.get("channel", ""))
        key = (name, channel if name == "chat.postMessage" else "")
        if now < self._until.get(key, 0) - 0.05:
            world.violate("rate", name, "called again before Retry-After had passed")
        wait = self._wait(name, channel, now)
        if wait:
            self.refused += 1
            self._until[key] = now + wait
        return wait

    def _wait(self, name: str, channel: str, now: float) -> float:
        if self._ordered.get(name):
            return self._ordered[name].pop(0)
        if name == "chat.postMessage" and self.messages_per_second:
            if now - self._last.get(channel, -1e9) < 1 / self.messages_per_second:
                return max(1.0, round(1 / self.messages_per_second))
            self._last[channel] = now
        if self.tiers and name in METHODS:
            recent = [at for at in self._recent.get(name, []) if now - at < 60]
            self._recent[name] = recent
            if len(recent) >= METHODS[name].tier:
                return max(1.0, round(60 - (now - recent[0])))
            recent.append(now)
        return 0


class Api:
    """Answers POST and GET /api/{method}."""

    def __init__(self, world: World, limits: RateLimits) -> None:
        self.world, self.limits = world, limits
        self.outage = 0  # answers 503 to so many calls

    async def serve(self, request: web.Request) -> web.Response:
        name = request.match_info["method"]
        arguments = await _arguments(request)
        token = arguments.pop("token", "") or request.headers.get("Authorization", "").removeprefix("Bearer ").strip()
        wait = self.limits.check(self.world, name, arguments)
        if wait:
            retry = {"Retry-After": str(max(1, int(wait)))}
            return self._answer(name, arguments, {"ok": False, "error": "ratelimited"}, 429, retry)
        if self.outage:
            self.outage -= 1
            return self._answer(name, arguments, {"ok": False, "error": "service_unavailable"}, 503)
        try:
            self._authorize(name, token)
            answer = METHODS[name].run(self.world, **self._checked(name, arguments))
            answer = await answer if inspect.isawaitable(answer) else answer
        except Refused as refused:
            self._blame(name, refused)
            metadata = {"response_metadata": {"messages": refused.messages}} if refused.messages else {}
            answer = {"error": refused.error, **metadata, **refused.extra, "ok": False}
        return self._answer(name, arguments, {"ok": True, **answer}, 200)

    def _authorize(self, name: str, token: str) -> None:
        world = self.world
        if name not in METHODS:
            raise Refused("unknown_method", req_method=name)
        if not token:
            raise Refused("not_authed")
        if world.revoked:
            raise Refused("token_revoked")
        if token not in (world.bot_token, world.app_token):
            raise Refused("invalid_auth")
        wants_app = METHODS[name].scopes == ("connections:write",)
        if (token == world.app_token) is not wants_app and name != "auth.test":
            raise Refused("not_allowed_token_type")
        needed, granted = METHODS[name].scopes, world.app_scopes if wants_app else world.scopes
        if needed and granted.isdisjoint(needed):
            raise Refused("missing_scope", needed=needed[0], provided=",".join(sorted(granted)))

    def _checked(self, name: str, arguments: Json) -> Json:
        # bolt's client sends its workspace along with every call by query or form
        known = METHODS[name].required | METHODS[name].optional | {"team_id"}
        unknown = sorted(arguments.keys() - known)
        if unknown and self.world.strict:
            raise Refused("invalid_arguments", [f"[ERROR] unknown argument: {argument}" for argument in unknown])
        missing = sorted(METHODS[name].required - arguments.keys())
        if missing:
            raise Refused("invalid_arguments", [f"[ERROR] missing required field: {argument}" for argument in missing])
        parameters = inspect.signature(METHODS[name].run).parameters
        return {argument: value for argument, value in arguments.items() if argument in parameters}

    def _blame(self, name: str, refused: Refused) -> None:
        if refused.error in OF_THE_WORLD:
            return
        kinds = {"missing_scope": "scope", "invalid_blocks": "blocks", "msg_too_long": "limits"}
        kind = "trigger" if "trigger" in refused.error else kinds.get(refused.error, "api")
        self.world.violate(kind, name, "; ".join([refused.error, *refused.messages]))

    def _answer(
        self, name: str, arguments: Json, answer: Json, status: int, headers: dict[str, str] | None = None
    ) -> web.Response:
        self.world.log.append(Call(name, arguments, answer, status, time.monotonic()))
        scopes = {"X-OAuth-Scopes": ",".join(sorted(self.world.scopes))}
        return web.json_response(answer, status=status, headers=scopes | (headers or {}))


async def _arguments(request: web.Request) -> Json:
    """Query, form or JSON; nested arguments of a form are JSON themselves."""
    found: Json = dict(request.query)
    if request.content_type == "application/json":
        body = await request.json()
        return found | (body if isinstance(body, dict) else {})
    found |= {key: value for key, value in (await request.post()).items() if isinstance(value, str)}
    for key in ("blocks", "view", "files", "prompts", "metadata", "attachments", "loading_messages"):
        if isinstance(found.get(key), str):
            try:
                found[key] = json.loads(found[key])
            except ValueError as error:
                raise web.HTTPBadRequest(text=f"{key} is not JSON") from error
    return found
