"""Before connecting: do the tokens work? One sentence where they do not, with no secret in it."""

import contextlib
from collections.abc import Iterator

import aiohttp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from adapters.slack.parse import Here
from adapters.slack.sending import error_of
from adapters.slack.settings import SlackSettings
from bot.errors import SettingsError, WorkerVoiceError

AWAY = "Slack does not answer at SLACK_API_URL. Check the address and the network, and start again."


async def check_bot_token(client: AsyncWebClient) -> Here:
    """Which workspace and bot user it is for. Raises SettingsError; WorkerVoiceError where Slack does not answer."""
    mend = "copy it again from OAuth & Permissions, after installing the app in the workspace"
    with refused("SLACK_BOT_TOKEN", mend):
        told = await client.auth_test()
    return Here(str(told["team_id"]), str(told["user_id"]), str(told.get("enterprise_id") or ""))


async def check_app_token(client: AsyncWebClient, settings: SlackSettings) -> str:
    """A single-use address for the first socket. Raises as check_bot_token."""
    mend = (
        "make one with the scope connections:write under Basic Information, App-Level Tokens, and switch Socket Mode on"
    )
    with refused("SLACK_APP_TOKEN", mend):
        opened = await client.apps_connections_open(app_token=settings.app_token)
    return str(opened["url"])


@contextlib.contextmanager
def refused(setting: str, mend: str) -> Iterator[None]:
    """Slack's refusal of a token, or its silence, in one sentence."""
    try:
        yield
    except SlackApiError as problem:
        if problem.response.status_code >= 500:
            raise WorkerVoiceError(AWAY) from None
        raise SettingsError(f"Slack refuses {setting} ({error_of(problem)}): {mend}.") from None
    except (aiohttp.ClientError, TimeoutError, OSError):
        raise WorkerVoiceError(AWAY) from None
