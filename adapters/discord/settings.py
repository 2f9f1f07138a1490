"""How Discord is reached, and who is staff there."""

import pathlib
from dataclasses import dataclass, field

from bot.errors import SettingsError

PLATFORM = "discord"
API_URL = "https://discord.com/api/v10"


@dataclass(frozen=True)
class DiscordSettings:
    """`api_url` and `gateway_url`: elsewhere than Discord, for trials. `staff_roles`: ids of server roles.

    `trial_guild`: the only server the commands are registered in, at once; 0: everywhere. `data_dir`: where it is
    remembered which commands were registered.
    """

    token: str = field(repr=False)
    data_dir: pathlib.Path
    api_url: str = API_URL
    gateway_url: str = ""
    staff_roles: frozenset[int] = frozenset()
    trial_guild: int = 0


def read(
    data_dir: pathlib.Path, *, token: str, api_url: str = "", gateway_url: str = "", roles: str = "", guild: str = ""
) -> DiscordSettings:
    """From the texts of the environment. Raises SettingsError: one sentence that names the setting and no value."""
    if not token.strip():
        raise SettingsError("DISCORD_TOKEN is empty; write the bot token of the Discord developer portal there.")
    for name, url, schemes in (
        ("DISCORD_API_URL", api_url, ("http://", "https://")),
        ("DISCORD_GATEWAY_URL", gateway_url, ("ws://", "wss://")),
    ):
        if url and not url.startswith(schemes):
            raise SettingsError(f"{name} must begin with {' or '.join(schemes)}.")
    return DiscordSettings(
        token.strip().removeprefix("Bot "),
        data_dir,
        (api_url or API_URL).rstrip("/"),
        gateway_url,
        frozenset(ids("DISCORD_STAFF_ROLES", roles)),
        next(iter(ids("DISCORD_TRIAL_GUILD", guild)), 0),
    )


def ids(name: str, text: str) -> list[int]:
    parts = [part.strip() for part in text.split(",") if part.strip()]
    if not all(part.isascii() and part.isdecimal() and len(part) <= 20 for part in parts):
        raise SettingsError(f"{name} must hold ids of digits, with commas between.")
    return [int(part) for part in parts]
