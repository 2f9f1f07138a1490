"""All settings, from the environment or a file `.env` beside this one; `.env.example` lists the same."""

import os
import pathlib

from pydantic import Field, ValidationError, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from bot.errors import SettingsError


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
        default=7, ge=1, description="Days that a handled event is remembered, so that it is not handled twice."
    )
    deletions_file: pathlib.Path | None = Field(
        default=None,
        description="What members took back, for restores; keep it on another disk. Empty: a file in DATA_DIR.",
    )
    item_months: int | None = Field(
        default=None, ge=1, description="Months that feedback is kept; empty: until somebody deletes it."
    )
    audit_months: int | None = Field(
        default=None, ge=1, description="Months that the audit trail is kept; empty: for good."
    )

    @field_validator("data_dir", "content_dir", "encoder_dir", "deletions_file")
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
