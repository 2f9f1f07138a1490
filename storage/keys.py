"""Where the keys are: in the settings, or in a file of their own beside the embedded database."""

import contextlib
import fcntl
import os
import pathlib
from collections.abc import Iterator, Sequence

from bot.errors import Refused, SettingsError
from bot.vault import Vault, new_key


class Keys:
    """bot.rotation.KeyRing. Without a setting, in the file `path` (0600)."""

    def __init__(self, setting: str, path: pathlib.Path) -> None:
        self.setting, self.path = setting, path
        self.in_settings = bool(setting.strip())

    def read(self) -> list[str]:
        if self.in_settings:
            return [key.strip() for key in self.setting.split(",") if key.strip()]
        try:
            return [line.strip() for line in self.path.read_text().splitlines() if line.strip()]
        except FileNotFoundError:
            raise SettingsError(
                f"The keys are missing: there is no {self.path}. Put your copy back; ./run init makes the first ones."
            ) from None
        except (OSError, UnicodeDecodeError) as problem:
            reason = getattr(problem, "strerror", None) or "not text"
            raise SettingsError(f"The keys in {self.path} cannot be read ({reason}).") from None

    def exist(self) -> bool:
        return self.in_settings or self.path.exists()

    def create(self) -> None:
        """A first key, where there are none; of two processes that start at once the first wins."""
        if not self.exist():
            self._put([new_key()], first=True)

    @contextlib.contextmanager
    def alone(self) -> Iterator[None]:
        """While they are changed. Raises Refused where another command is at it."""
        if self.in_settings:
            yield
            return
        with self.path.with_name(f"{self.path.name}.lock").open("ab") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                raise Refused("Another ./run keys is changing the keys: try again once it has ended.") from None
            yield

    def write(self, keys: Sequence[str]) -> None:
        """Whole or not at all, and on the disk. Refused where the keys stand in the settings."""
        if self.in_settings:
            raise Refused("The keys stand in the setting WORKER_VOICE_KEYS: change them there.")
        Vault(keys)
        self._put(keys, first=False)

    def _put(self, keys: Sequence[str], *, first: bool) -> None:
        """`first`: only where there are none yet."""
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
