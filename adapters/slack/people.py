"""Who is writing: profile, guest or outsider, staff or not. Kept a while, bounded; what fails is asked again soon."""

import asyncio
import time
from collections import OrderedDict
from collections.abc import Callable
from typing import Any

import aiohttp
import structlog
from slack_sdk.errors import SlackClientError
from slack_sdk.web.async_client import AsyncWebClient

from adapters.slack.parse import Here, Payload, Person
from adapters.slack.settings import SlackSettings

KEPT = 10_000  # members, the latest to write
PROFILE_SECONDS, FAILED_SECONDS, GROUP_SECONDS = 3600.0, 30.0, 60.0
PATIENCE = 1.0  # seconds: an answer does not wait longer for a profile
FAILURES = (SlackClientError, aiohttp.ClientError, TimeoutError, OSError)

log = structlog.get_logger("worker_voice")
Profile = dict[str, Any]


class People:
    """Looks people up. `clock`: seconds, only ever forward."""

    def __init__(
        self, client: AsyncWebClient, settings: SlackSettings, here: Here, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self.client, self.settings, self.here, self.clock = client, settings, here, clock
        self.profiles: OrderedDict[str, tuple[float, Profile]] = OrderedDict()
        self.group: frozenset[str] = frozenset()
        self.group_until = 0.0

    async def find(self, user: str, team: str = "") -> Person:
        """`team`: the one that the payload names, if any. Who cannot be looked up is a member."""
        profile, staff = await asyncio.gather(self._profile(user), self._is_staff(user))
        shown = profile.get("profile") or {}
        return Person(
            user,
            str(shown.get("display_name") or profile.get("real_name") or ""),
            str(profile.get("locale") or ""),
            self._kind(profile, team),
            staff and not self._is_outside(profile, team),
        )

    def _kind(self, profile: Profile, team: str) -> str:
        if self._is_outside(profile, team):
            return "outside"
        return "guest" if profile.get("is_restricted") or profile.get("is_ultra_restricted") else "member"

    def _is_outside(self, profile: Profile, team: str) -> bool:
        """Of another organisation; other workspaces of one's own Enterprise organisation are inside."""
        if profile.get("is_stranger"):
            return True
        enterprise = (profile.get("enterprise_user") or {}).get("enterprise_id") or ""
        if enterprise and enterprise == self.here.enterprise:
            return False
        return (profile.get("team_id") or team or self.here.team) != self.here.team

    async def _profile(self, user: str) -> Profile:
        until, profile = self.profiles.get(user, (0.0, {}))
        if self.clock() < until:
            self.profiles.move_to_end(user)
            return profile
        try:
            async with asyncio.timeout(PATIENCE):
                found = await self.client.users_info(user=user, include_locale=True)
            profile, seconds = dict(found.get("user") or {}), PROFILE_SECONDS
        except FAILURES as problem:
            log.warning("slack_profile_unknown", error=type(problem).__name__)
            seconds = FAILED_SECONDS  # and what was known before still holds
        self.profiles[user] = (self.clock() + seconds, profile)
        self.profiles.move_to_end(user)
        while len(self.profiles) > KEPT:
            self.profiles.popitem(last=False)
        return profile

    async def _is_staff(self, user: str) -> bool:
        if {user, f"{self.here.team}:{user}"} & self.settings.staff:
            return True
        if not self.settings.staff_group:
            return False
        if self.clock() >= self.group_until:
            self.group = await self._members()
            self.group_until = self.clock() + GROUP_SECONDS
        return user in self.group

    async def _members(self) -> frozenset[str]:
        """Nobody where the group cannot be read: rights are never kept beyond their minute."""
        try:
            async with asyncio.timeout(PATIENCE):
                found = await self.client.usergroups_users_list(usergroup=self.settings.staff_group)
            return frozenset(map(str, found.get("users") or ()))
        except FAILURES as problem:
            log.warning("slack_staff_group_unknown", error=type(problem).__name__)
            return frozenset()


def team_of(body: Payload) -> str:
    """The team of whoever acted, where the payload names it; shared channels do."""
    event, user = body.get("event") or {}, body.get("user") or {}
    named = event.get("user_team") or event.get("source_team")
    return str(named or (user.get("team_id") if isinstance(user, dict) else "") or "")
