"""The launcher from nothing: it sets up, repairs, says in one sentence what is missing, and runs what it was told."""

import hashlib
import os
import pathlib
import shutil
import signal
import subprocess
import sys
import time
import zipfile

import pytest

ROOT = pathlib.Path(__file__).parent.parent
APP = "import sys, tiny; print(tiny.WORD, sys.argv[1:]); sys.exit(7 if 'fail' in sys.argv else 0)\n"


def make_wheel(folder: pathlib.Path, word: str) -> str:
    """A package of one line in `folder`; its hash."""
    folder.mkdir(exist_ok=True)
    path = folder / "tiny-1.0-py3-none-any.whl"
    info = "tiny-1.0.dist-info"
    with zipfile.ZipFile(path, "w") as wheel:
        wheel.writestr("tiny.py", f"WORD = {word!r}\n")
        wheel.writestr(f"{info}/METADATA", "Metadata-Version: 2.1\nName: tiny\nVersion: 1.0\n")
        wheel.writestr(
            f"{info}/WHEEL", "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
        )
        wheel.writestr(f"{info}/RECORD", f"tiny.py,,\n{info}/METADATA,,\n{info}/WHEEL,,\n{info}/RECORD,,\n")
    return hashlib.sha256(path.read_bytes()).hexdigest()


def write_lock(house: pathlib.Path, digest: str) -> None:
    wheels = (house / "wheels").as_uri()
    (house / "locks" / "run.txt").write_text(f"--no-index\n--find-links {wheels}\ntiny==1.0 --hash=sha256:{digest}\n")


@pytest.fixture
def house(tmp_path: pathlib.Path) -> pathlib.Path:
    """The launcher in a folder with spaces, with a program and a lock of its own."""
    folder = tmp_path / "a union's folder"
    (folder / "locks").mkdir(parents=True)
    shutil.copy(ROOT / "run", folder)
    (folder / "app.py").write_text(APP)
    write_lock(folder, make_wheel(folder / "wheels", "ready"))
    return folder


def environment(path: str | None = None) -> dict[str, str]:
    mine = str(pathlib.Path(sys.executable).resolve().parent)
    return {"PATH": path or f"{mine}:/usr/bin:/bin", "HOME": os.environ.get("HOME", "/")}


def launch(house: pathlib.Path, *words: str, path: str | None = None) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [str(house / "run"), *words], capture_output=True, text=True, env=environment(path), stdin=subprocess.DEVNULL
    )


def test_the_first_start_sets_up_and_the_next_is_silent(house: pathlib.Path) -> None:
    first, second = launch(house, "ask", "two words"), launch(house, "ask", "two words")
    assert first.stdout == second.stdout == "ready ['ask', 'two words']\n", first.stderr
    assert first.stderr == "Setting up (run): about a minute, only this once...\n"
    assert second.stderr == ""


def test_the_exit_status_is_the_programs(house: pathlib.Path) -> None:
    assert launch(house, "fail").returncode == 7


def spoil(venv: pathlib.Path, how: str) -> None:
    if how == "no interpreter":
        for link in (venv / "bin").glob("python*"):
            link.unlink()
        return
    (venv / "stamp-run").unlink()
    if how == "half an environment":
        shutil.rmtree(venv / "lib")


@pytest.mark.parametrize("broken", ["killed while it set up", "no interpreter", "no stamp", "half an environment"])
def test_an_interrupted_set_up_is_repaired(house: pathlib.Path, broken: str) -> None:
    if broken == "killed while it set up":
        process = subprocess.Popen([str(house / "run"), "ask"], env=environment(), start_new_session=True)
        while not (house / ".venv" / "bin").exists():
            assert process.poll() is None
            time.sleep(0.01)
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
    else:
        launch(house, "ask")
        spoil(house / ".venv", broken)
    again = launch(house, "ask")
    assert again.stdout == "ready ['ask']\n", again.stderr


def test_a_changed_lock_is_installed(house: pathlib.Path) -> None:
    launch(house, "ask")
    (house / "wheels" / "tiny-1.0-py3-none-any.whl").unlink()
    write_lock(house, make_wheel(house / "wheels", "renewed"))
    shutil.rmtree(house / ".venv" / "lib")
    assert launch(house, "ask").stdout == "renewed ['ask']\n"


def test_a_package_that_is_not_what_was_locked_is_refused(house: pathlib.Path) -> None:
    make_wheel(house / "wheels", "forged")
    result = launch(house, "ask")
    assert result.returncode == 3
    assert result.stdout == ""
    assert "could not be installed" in result.stderr.splitlines()[-1]
    assert "Traceback" not in result.stderr


def test_without_python_one_sentence_says_so(house: pathlib.Path, tmp_path: pathlib.Path) -> None:
    (tmp_path / "bin").mkdir()
    result = launch(house, "ask", path=str(tmp_path / "bin"))
    assert result.returncode == 3
    assert result.stderr.startswith("Worker Voice needs Python 3.11 or later")
    assert len(result.stderr.splitlines()) == 1


def test_two_first_starts_at_once_both_work(house: pathlib.Path) -> None:
    several = [
        subprocess.Popen([str(house / "run"), "ask"], env=environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        for _ in range(2)
    ]
    assert [process.communicate()[0] for process in several] == [b"ready ['ask']\n"] * 2
