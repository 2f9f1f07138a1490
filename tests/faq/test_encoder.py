"""The sentence encoder keeps to itself."""

import os
import pathlib
import subprocess
import sys

ROOT = pathlib.Path(__file__).parent.parent.parent
USE = "from bot.faq.encoder import Encoder; print(len(Encoder().encode(['hello'])))"


def test_it_reports_to_nobody(tmp_path: pathlib.Path) -> None:
    """Before its library reports, it writes an id of the machine and a queue of reports: so it does where it may."""
    for name in ("home", "tmp"):
        (tmp_path / name).mkdir()
    environment = {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": str(ROOT),
        "HOME": str(tmp_path / "home"),
        "TMPDIR": str(tmp_path / "tmp"),
    }
    done = subprocess.run(
        [sys.executable, "-c", USE], env=environment, capture_output=True, text=True, check=True, timeout=60
    )
    assert done.stdout == "1\n"
    assert sorted(one.name for one in tmp_path.rglob("*")) == ["home", "tmp"]
