"""What operators deploy: the image holds all that the program reads, and systemd takes the unit as it is."""

import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tomllib

import pytest

from bot.faq.matcher import Matcher

ROOT = pathlib.Path(__file__).parent.parent
DEPLOY = ROOT / "deploy"
MOST_EXPOSED = "20"  # of 100, as systemd counts how much a service could reach


@pytest.fixture
def steps() -> list[tuple[str, str]]:
    """The Containerfile's instructions with what follows them, in order."""
    lines = (DEPLOY / "Containerfile").read_text().replace("\\\n", " ").splitlines()
    return [tuple(line.split(maxsplit=1)) for line in lines if line and not line.startswith("#")]  # type: ignore[misc]


def copied(steps: list[tuple[str, str]], folder: pathlib.Path) -> None:
    """Put into the folder what the image gets; as COPY does, a folder's content goes into the one that is named."""
    for name, told in steps:
        if name != "COPY":
            continue
        *sources, target = told.split()
        for source in sources:
            if (ROOT / source).is_dir():
                shutil.copytree(ROOT / source, folder / target, ignore=shutil.ignore_patterns("__pycache__"))
            else:
                shutil.copy(ROOT / source, folder / target)


def test_what_the_image_holds_runs(
    steps: list[tuple[str, str]], answers: Matcher, request: pytest.FixtureRequest, tmp_path: pathlib.Path
) -> None:
    """The files it copies and no others answer a question, reach the code of each platform, and need no lock more."""
    place, data = tmp_path / "place", tmp_path / "data"
    place.mkdir()
    data.mkdir(mode=0o700)
    copied(steps, place)
    (data / "cache").symlink_to(request.config.cache.mkdir("matcher"))
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": str(place), "DATA_DIR": str(data)}

    def run(*words: str) -> subprocess.CompletedProcess[str]:
        call = [sys.executable, str(place / "app.py"), *words]
        return subprocess.run(call, env=environment, cwd=place, capture_output=True, text=True, timeout=120)

    asked = run("ask", "What are the three goals?")
    assert (asked.returncode, asked.stderr) == (0, "")
    assert "Source" in asked.stdout
    assert [one.name for one in data.iterdir()] == ["cache"], "preparing the answers leaves keys in the image"
    for platform, missing in (("slack", "SLACK_BOT_TOKEN is not set"), ("discord", "DISCORD_TOKEN is empty")):
        assert missing in run(platform).stderr
    assert {one.name for one in (place / "locks").iterdir()} >= {"run.txt", "platforms.txt"}


def test_what_is_copied_is_not_kept_from_the_build(steps: list[tuple[str, str]]) -> None:
    """And nothing else is let in, such as .env."""
    listed = (ROOT / ".dockerignore").read_text().split()
    assert listed[0] == "*"
    named = {source.rstrip("/") for name, told in steps if name == "COPY" for source in told.split()[:-1]}
    assert {line.removeprefix("!") for line in listed if line.startswith("!")} == named


def test_the_image_has_the_projects_python_and_no_rights(steps: list[tuple[str, str]]) -> None:
    names = [name for name, _ in steps]
    told = dict(steps)
    supported = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["mypy"]["python_version"]
    assert told["FROM"] == f"python:{supported}-slim"
    user = re.fullmatch(r"(\d+):(\d+)", told["USER"])
    assert user, "Kubernetes cannot tell of a name that it is not root"
    assert "0" not in user.groups()
    for name in ("ENTRYPOINT", "CMD"):
        assert names.index(name) > names.index("USER")
        assert isinstance(json.loads(told[name]), list), "through a shell SIGTERM would not arrive"
    assert told["VOLUME"] == "/data"
    assert "DATA_DIR=/data" in told["ENV"].split()
    assert "ARG" not in names, "what is given to a build stays in the image"


@pytest.mark.browser
def test_systemd_takes_the_unit(tmp_path: pathlib.Path) -> None:
    analyze = shutil.which("systemd-analyze")
    if analyze is None:
        pytest.fail("Debian's systemd is missing: apt-get install systemd (or leave it out: ./run test --no-browser)")
    unit = tmp_path / "worker-voice.service"
    program = tmp_path / "program"  # without a space, wherever this checkout is
    program.symlink_to(ROOT)
    unit.write_text((DEPLOY / unit.name).read_text().replace("/opt/worker-voice", str(program)))
    for check in (
        ["verify", "--man=no", "--recursive-errors=no"],
        ["security", "--offline=true", "--no-pager", f"--threshold={MOST_EXPOSED}"],
    ):
        done = subprocess.run([analyze, *check, str(unit)], capture_output=True, text=True, timeout=60)
        assert done.returncode == 0, done.stderr or done.stdout
        assert unit.name not in done.stderr, done.stderr
