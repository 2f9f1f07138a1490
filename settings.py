"""All settings, from the environment or a file `.env` beside this one; `.env.example` lists the same."""

import os
import pathlib
from typing import Literal

from pydantic import Field, ValidationError, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from bot.errors import SettingsError

DAYS, MONTHS = 3650, 1200  # the longest that can be set
Admitted = Literal["all", "questions", "nobody"]


def user_data() -> pathlib.Path:
    base = os.environ.get("XDG_DATA_HOME") or pathlib.Path.home() / ".local" / "share"
    return pathlib.Path(base) / "worker-voice"


class Settings(BaseSettings):
    """Every value has a default that works for a trial in the terminal."""

    model_config = SettingsConfigDict(extra="ignore", env_ignore_empty=True, hide_input_in_errors=True)

    data_dir: pathlib.Path = Field(
        default_factory=user_data, description="Where everything is kept; made with mode 0700."
    )
    database_url: str = Field(
        default="", description="postgresql://user:password@host/name; empty: an SQLite file in DATA_DIR."
    )
    worker_voice_keys: str = Field(
        default="",
        description="Keys, newest first, 64 hexadecimal digits each, comma between; empty: a file in DATA_DIR.",
    )
    content_dir: pathlib.Path | None = Field(
        default=None, description="The union's own answers and union.toml; overlays the built-in content."
    )
    encoder_dir: pathlib.Path | None = Field(
        default=None, description="Another sentence encoder: a folder with onnx/model.onnx and tokenizer.json."
    )

    claim_days: int = Field(
        default=7,
        ge=7,
        le=DAYS,
        description="Days that a handled event is remembered, so that it is not handled twice; after a restart, "
        "Discord messages of the last six days are read again.",
    )
    deletions_file: pathlib.Path | None = Field(
        default=None,
        description="What members took back, for restores; keep it on another disk. Empty: a file in DATA_DIR.",
    )
    item_months: int | None = Field(
        default=None, ge=1, le=MONTHS, description="Months that feedback is kept; empty: until somebody deletes it."
    )
    audit_months: int | None = Field(
        default=None, ge=1, le=MONTHS, description="Months that the audit trail is kept; empty: for good."
    )

    slack_bot_token: str = Field(
        default="", description="Slack: the bot token, xoxb-...; with it ./run serve serves Slack.", repr=False
    )
    slack_app_token: str = Field(
        default="", description="Slack, Socket Mode: the app-level token, xapp-...; empty: HTTP mode.", repr=False
    )
    slack_signing_secret: str = Field(
        default="", description="Slack, HTTP mode: the signing secret that requests are checked with.", repr=False
    )
    slack_host: str = Field(
        default="127.0.0.1", description="Slack, HTTP mode: where to listen; a load balancer with TLS stands before it."
    )
    slack_port: int = Field(
        default=3000, description="Slack, HTTP mode: the port; Slack's requests go to /slack/events.", ge=0, le=65535
    )
    slack_api_url: str = Field(
        default="https://slack.com/api/", description="Slack: its Web API; GovSlack: https://slack-gov.com/api/."
    )
    slack_command: str = Field(default="/union", description="Slack: the slash command, as in the app's manifest.")
    staff_ids: str = Field(
        default="", description="Slack: who is union staff there: user ids (U...), comma between.", repr=False
    )
    slack_staff_group: str = Field(
        default="",
        description="Slack: a user group (S...) whose members are staff too; needs the scope usergroups:read.",
    )
    slack_staff_channel: str = Field(
        default="", description="Slack: the channel (C...) for the count of the week; invite the bot to it."
    )
    slack_guests: Admitted = Field(
        default="all", description="Slack: what guests of the workspace may do: all, questions or nobody."
    )
    slack_outside: Admitted = Field(
        default="questions",
        description="Slack: what people of other organisations may do in shared channels: all, questions or nobody.",
    )
    slack_agent_view: bool = Field(
        default=False, description="Slack: true where the app's agent view is on, for suggested prompts."
    )
    slack_silent_seconds: float = Field(
        default=300.0, description="Slack, Socket Mode: a connection silent for so long is made anew.", gt=0
    )
    discord_token: str = Field(
        default="", description="Discord: the bot token; with it ./run serve serves Discord.", repr=False
    )
    discord_staff_roles: str = Field(
        default="", description="Discord: ids of the server roles whose members are staff, comma between."
    )
    discord_staff_channel: str = Field(
        default="", description="Discord: the id of the channel for the count of the week."
    )
    discord_left_days: int = Field(
        default=7,
        ge=1,
        le=DAYS,
        description="Discord: days after the bot's removal from a server until its drafts and addresses are deleted.",
    )
    discord_trial_guild: str = Field(
        default="", description="Discord: for a trial, the id of the only server that gets the commands; empty: all."
    )
    discord_api_url: str = Field(default="", description="Discord: another REST address, for trials.")
    discord_gateway_url: str = Field(default="", description="Discord: another gateway address, for trials.")
    health_host: str = Field(default="127.0.0.1", description="Where /healthz, /readyz and /metrics are served.")
    health_port: int = Field(default=0, description="Their port; 0: not served.", ge=0, le=65535)
    heartbeat_file: pathlib.Path | None = Field(
        default=None, description="A file that is written every few seconds while members are answered."
    )

    @field_validator("data_dir", "content_dir", "encoder_dir", "deletions_file", "heartbeat_file")
    @classmethod
    def full(cls, path: pathlib.Path | None) -> pathlib.Path | None:
        """A path with `~` is in the user's home, a relative one in the folder the command is given in."""
        try:
            return path.expanduser().absolute() if path else None
        except RuntimeError:
            raise ValueError("there is no such user's home") from None

    @property
    def keys(self) -> str:
        return self.worker_voice_keys


def read_settings() -> Settings:
    """Raises SettingsError with the setting's name and no value."""
    try:
        return Settings()
    except ValidationError as problem:
        first = problem.errors(include_input=False, include_url=False)[0]
        raise SettingsError(f"{str(first['loc'][0]).upper()} cannot be used: {first['msg']}.") from None
