"""Whether Slack will take what is set: one check a line, each with how to mend it."""

from collections.abc import Awaitable, Callable

import aiohttp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from adapters.slack.connecting import check_app_token, check_bot_token
from adapters.slack.sending import error_of
from adapters.slack.settings import SlackSettings
from bot.doctor import Finding, Ill, State
from bot.errors import WorkerVoiceError

SCOPES = frozenset(
    ("app_mentions:read", "chat:write", "commands", "files:write", "im:history", "im:write", "users:read")
)
GROUP_SCOPE, AGENT_SCOPE = "usergroups:read", "assistant:write"
MANIFEST = "adapters/slack/manifest.yaml"
Look = Callable[[AsyncWebClient, SlackSettings], Awaitable[str]]


async def examine(settings: SlackSettings) -> list[Finding]:
    """Do all checks; none changes anything, none shows a token. After wrong settings the others are not looked at."""
    found: list[Finding] = []
    async with aiohttp.ClientSession(trust_env=True) as session:
        client = AsyncWebClient(token=settings.bot_token, base_url=settings.base_url, session=session)
        for name, look, fix in CHECKS:
            if found and found[0].state is not State.WELL:
                found.append(Finding(name, State.SKIPPED, "not looked at: the settings come first"))
                continue
            try:
                found.append(Finding(name, State.WELL, await look(client, settings)))
            except WorkerVoiceError as problem:
                found.append(Finding(name, State.ILL, str(problem), fix))
    return found


async def set_up(_: AsyncWebClient, settings: SlackSettings) -> str:
    settings.check()
    return "Socket Mode" if settings.socket_mode else f"HTTP mode on {settings.host}:{settings.port}"


async def bot_token(client: AsyncWebClient, _: SlackSettings) -> str:
    here = await check_bot_token(client)
    return f"works, for the workspace {here.team}"


async def scopes(client: AsyncWebClient, settings: SlackSettings) -> str:
    try:
        told = await client.auth_test()
    except (SlackApiError, aiohttp.ClientError, TimeoutError, OSError):
        raise Ill("could not be asked for") from None
    headers = {name.lower(): value for name, value in told.headers.items()}
    granted = {one.strip() for one in headers.get("x-oauth-scopes", "").split(",") if one.strip()}
    if not granted:
        raise Ill("Slack did not say which are granted")
    wanted = SCOPES | ({GROUP_SCOPE} if settings.staff_group else set())
    wanted |= {AGENT_SCOPE} if settings.agent_view else set()
    if wanted - granted:
        raise Ill("missing: " + ", ".join(sorted(wanted - granted)))
    more = granted - wanted - {GROUP_SCOPE, AGENT_SCOPE}
    return f"{len(wanted)} granted" + (f"; more than needed: {', '.join(sorted(more))}" if more else "")


async def way_in(client: AsyncWebClient, settings: SlackSettings) -> str:
    if settings.socket_mode:
        await check_app_token(client, settings)
        return "Socket Mode opens"
    return "requests will be checked with SLACK_SIGNING_SECRET"


async def staff(client: AsyncWebClient, settings: SlackSettings) -> str:
    named = f"{len(settings.staff)} in STAFF_IDS"
    if not settings.staff_group:
        if not settings.staff:
            raise Ill("nobody: no member of staff can read feedback in Slack")
        return named
    try:
        found = await client.usergroups_users_list(usergroup=settings.staff_group)
    except SlackApiError as problem:
        raise Ill(f"SLACK_STAFF_GROUP cannot be read ({error_of(problem)})") from None
    except (aiohttp.ClientError, TimeoutError, OSError):
        raise Ill("SLACK_STAFF_GROUP could not be asked for") from None
    return f"{named}, {len(found.get('users') or ())} in SLACK_STAFF_GROUP"


CHECKS: tuple[tuple[str, Look, str], ...] = (
    ("slack settings", set_up, "See .env.example, and the README on Slack."),
    ("slack bot token", bot_token, "Slack's page OAuth & Permissions shows it, after the app was installed."),
    ("slack scopes", scopes, f"Give the app those of {MANIFEST}, then install it again: OAuth & Permissions."),
    ("slack connection", way_in, "Switch Socket Mode on; SLACK_APP_TOKEN needs the scope connections:write."),
    ("slack staff", staff, "STAFF_IDS: user ids, U...; SLACK_STAFF_GROUP: a group's id, S..., and usergroups:read."),
)
