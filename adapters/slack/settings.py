"""How the Slack adapter was set up; imports nothing of Slack's."""

from dataclasses import dataclass, field
from typing import Literal

from bot.errors import SettingsError

PLATFORM = "slack"
API_URL = "https://slack.com/api/"
COMMAND = "/union"

Admitted = Literal["all", "questions", "nobody"]


@dataclass(frozen=True, kw_only=True)
class SlackSettings:
    """`app_token`: Socket Mode; without it `signing_secret`: HTTP mode on `host` and `port`.

    `staff`: user ids (U...), `staff_group`: a user group's id (S...). `guests` and `outside`: what guests of the
    workspace and people of other organisations may do. `agent_view`: the manifest has it. `again_seconds`: how long
    an event that Slack sends again waits for another process to finish with it.
    """

    bot_token: str = field(default="", repr=False)
    app_token: str = field(default="", repr=False)
    signing_secret: str = field(default="", repr=False)
    api_url: str = API_URL
    command: str = COMMAND
    host: str = "127.0.0.1"
    port: int = 3000
    staff: frozenset[str] = field(default=frozenset(), repr=False)
    staff_group: str = ""
    guests: Admitted = "all"
    outside: Admitted = "questions"
    agent_view: bool = False
    silent_seconds: float = 300.0
    check_seconds: float = 5.0
    again_seconds: float = 2.0

    @property
    def socket_mode(self) -> bool:
        return bool(self.app_token)

    @property
    def base_url(self) -> str:
        return self.api_url.rstrip("/") + "/"

    def check(self) -> None:
        """Raises SettingsError with one sentence, which names the setting and shows no value."""
        kind("SLACK_BOT_TOKEN", self.bot_token, "xoxb-", "Slack's page OAuth & Permissions shows it")
        if self.app_token:
            kind(
                "SLACK_APP_TOKEN", self.app_token, "xapp-", "Slack's page Basic Information, App-Level Tokens, makes it"
            )
        elif not self.signing_secret:
            raise SettingsError(
                "Set SLACK_APP_TOKEN (it begins with xapp-) for Socket Mode, or SLACK_SIGNING_SECRET for HTTP mode."
            )
        elif self.signing_secret.startswith(("xoxb-", "xapp-")):
            raise SettingsError("SLACK_SIGNING_SECRET holds a token; Slack's page Basic Information shows the secret.")
        if not self.api_url.startswith(("https://", "http://127.0.0.1", "http://localhost")):
            raise SettingsError("SLACK_API_URL must begin with https://, as the bot token is sent there.")
        if not self.command.startswith("/") or " " in self.command or len(self.command) > 32:
            raise SettingsError("SLACK_COMMAND must begin with / and have no spaces and at most 32 characters.")


def kind(setting: str, token: str, prefix: str, where: str) -> None:
    """A token is told by how it begins."""
    if not token:
        raise SettingsError(f"{setting} is not set: {where}; it begins with {prefix}.")
    if not token.startswith(prefix):
        raise SettingsError(f"{setting} must begin with {prefix}; this is another kind of token. {where}.")
    if not token.isascii() or any(character.isspace() for character in token):
        raise SettingsError(f"{setting} holds characters that no token has: copy it again, whole.")
