"""Where the keys are: in the settings, or in a file of their own beside the embedded database."""

import os
import pathlib

from bot.errors import SettingsError
from bot.vault import new_key


def read_keys(setting: str, path: pathlib.Path) -> list[str]:
    """The key ring, newest first. Without a setting, from `path`; the first start writes a new key there (0600)."""
    if setting.strip():
        return [key.strip() for key in setting.split(",") if key.strip()]
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return [line.strip() for line in path.read_text().splitlines() if line.strip()]
    except OSError as problem:
        raise SettingsError(f"The keys cannot be written to {path} ({problem.strerror}).") from None
    with os.fdopen(descriptor, "w") as file:
        file.write(new_key() + "\n")
        file.flush()
        os.fsync(file.fileno())
    return read_keys(setting, path)
