"""Where the keys are: in the settings, or in a file of their own beside the embedded database."""

import contextlib
import os
import pathlib
from collections.abc import Sequence

from bot.errors import Refused, SettingsError
from bot.vault import Vault, new_key


class Keys:
    """bot.rotation.KeyRing. Without a setting, in the file `path`; the first start writes a new key there (0600)."""

    def __init__(self, setting: str, path: pathlib.Path) -> None:
        self.setting, self.path = setting, path
        self.in_settings = bool(setting.strip())

    def read(self) -> list[str]:
        if self.in_settings:
            return [key.strip() for key in self.setting.split(",") if key.strip()]
        if not self.path.exists():
            self._put([new_key()], first=True)
        try:
            return [line.strip() for line in self.path.read_text().splitlines() if line.strip()]
        except (OSError, UnicodeDecodeError) as problem:
            reason = getattr(problem, "strerror", None) or "not text"
            raise SettingsError(f"The keys in {self.path} cannot be read ({reason}).") from None

    def write(self, keys: Sequence[str]) -> None:
        """Whole or not at all, and on the disk. Refused where the keys stand in the settings."""
        if self.in_settings:
            raise Refused("The keys stand in the setting WORKER_VOICE_KEYS: change them there.")
        Vault(keys)
        self._put(keys, first=False)

    def _put(self, keys: Sequence[str], *, first: bool) -> None:
        """`first`: whoever is first wins, of two processes that start at once."""
        scratch = self.path.with_name(f"{self.path.name}.{os.getpid()}.tmp")
        try:
            with contextlib.suppress(FileNotFoundError):
                scratch.unlink()
            with open(os.open(scratch, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
                file.write("".join(key + "\n" for key in keys))
                file.flush()
                os.fsync(file.fileno())
            try:
                if first:
                    with contextlib.suppress(FileExistsError):
                        os.link(scratch, self.path)
                else:
                    scratch.rename(self.path)
            finally:
                scratch.unlink(missing_ok=True)
            folder = os.open(self.path.parent, os.O_RDONLY)
            os.fsync(folder)
            os.close(folder)
        except OSError as problem:
            raise SettingsError(f"The keys cannot be written to {self.path} ({problem.strerror}).") from None
