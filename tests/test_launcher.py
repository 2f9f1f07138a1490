"""The launcher from nothing: it sets up, repairs, says in one sentence what is missing, and runs what it was told."""

import hashlib
import os
import pathlib
import shlex
import shutil
import signal
import subprocess
import sys
import time
import zipfile
from collections.abc import Sequence

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
    lock = f"--no-index\n--find-links {wheels}\ntiny==1.0 --hash=sha256:{digest}\n"
    for group in ("run", "parquet"):
        (house / "locks" / f"{group}.txt").write_text(lock)


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


def launch(
    house: pathlib.Path, *words: str, path: str | None = None, through: Sequence[str] = ()
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*through, str(house / "run"), *words],
        capture_output=True,
        text=True,
        env=environment(path),
        stdin=subprocess.DEVNULL,
    )


def assert_one_sentence(result: subprocess.CompletedProcess[str], *wanted: str) -> None:
    """The last line says what is wrong; nothing ran, and no traceback is shown."""
    assert (result.returncode, result.stdout) == (3, "")
    assert "Traceback" not in result.stderr
    said = [line for line in result.stderr.splitlines() if not line.startswith("Setting up")]
    assert len(said) == 1, said
    for fragment in wanted:
        assert fragment in said[0]


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
    if how == "a file":
        shutil.rmtree(venv)
        venv.write_text("not a folder")
    elif how == "a link to nowhere":
        shutil.rmtree(venv)
        venv.symlink_to("nowhere")
    elif how == "no packages":
        shutil.rmtree(venv / "lib")
    elif how == "no longer an environment":
        (venv / "pyvenv.cfg").unlink()
    else:
        (venv / "stamp-run").unlink()
        if how == "half an environment":
            shutil.rmtree(venv / "lib")


BROKEN = (
    "killed while it set up",
    "no interpreter",
    "no stamp",
    "half an environment",
    "no packages",
    "no longer an environment",
    "a file",
    "a link to nowhere",
)


@pytest.mark.parametrize("broken", BROKEN)
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


def pressed() -> None:
    """Ctrl-C that came while the program was being loaded."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)  # whoever runs the tests may ignore it
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    os.kill(os.getpid(), signal.SIGINT)


def test_ctrl_c_while_the_program_loads_ends_it_without_a_word(tmp_path: pathlib.Path) -> None:
    call = [sys.executable, str(ROOT / "app.py"), "where"]
    variables = os.environ | {"DATA_DIR": str(tmp_path)}
    result = subprocess.run(call, env=variables, capture_output=True, text=True, preexec_fn=pressed)
    assert (result.returncode, result.stdout, result.stderr) == (1, "", "")


def test_ctrl_c_waits_from_the_launcher_until_the_program_takes_it(house: pathlib.Path) -> None:
    (house / "app.py").write_text("import signal; print(signal.pthread_sigmask(signal.SIG_BLOCK, []))")
    assert "SIGINT" in launch(house, "ask").stdout


def test_a_changed_lock_is_installed(house: pathlib.Path) -> None:
    launch(house, "ask")
    (house / "wheels" / "tiny-1.0-py3-none-any.whl").unlink()
    write_lock(house, make_wheel(house / "wheels", "renewed"))
    shutil.rmtree(house / ".venv" / "lib")
    assert launch(house, "ask").stdout == "renewed ['ask']\n"


def test_a_package_that_is_not_what_was_locked_is_refused(house: pathlib.Path) -> None:
    make_wheel(house / "wheels", "forged")
    assert_one_sentence(launch(house, "ask"), "could not be installed")


def test_without_python_one_sentence_says_so(house: pathlib.Path, tmp_path: pathlib.Path) -> None:
    (tmp_path / "bin").mkdir()
    assert_one_sentence(launch(house, "ask", path=str(tmp_path / "bin")), "Worker Voice needs Python 3.11 or later")


def test_two_first_starts_at_once_both_work(house: pathlib.Path) -> None:
    several = [
        subprocess.Popen([str(house / "run"), "ask"], env=environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        for _ in range(2)
    ]
    assert [process.communicate()[0] for process in several] == [b"ready ['ask']\n"] * 2


def test_a_moved_folder_is_set_up_anew_for_its_new_place(house: pathlib.Path) -> None:
    launch(house, "ask")
    moved = house.rename(house.with_name("moved"))
    write_lock(moved, hashlib.sha256((moved / "wheels" / "tiny-1.0-py3-none-any.whl").read_bytes()).hexdigest())
    (moved / ".venv" / "stamp-run").write_text(hashlib.sha256((moved / "locks" / "run.txt").read_bytes()).hexdigest())
    assert launch(moved, "ask").stdout == "ready ['ask']\n"
    activate = (moved / ".venv" / "bin" / "activate").read_text()  # a script that names the environment's path
    assert str(moved) in activate
    assert str(house) not in activate


WITHOUT_ROOTS_POWER = ("setpriv", "--bounding-set=-dac_override", "--inh-caps=-dac_override")


def test_a_folder_that_cannot_be_written_is_named(house: pathlib.Path) -> None:
    house.chmod(0o555)
    result = launch(house, "ask", through=WITHOUT_ROOTS_POWER if os.geteuid() == 0 else ())
    house.chmod(0o755)
    assert_one_sentence(result, "Permission denied", str(house))


FULL = ("sh", "-c", 'ulimit -f 0 && exec "$@"', "sh")  # no file may grow: writing fails where a full disk makes it fail


def test_a_full_disk_is_one_sentence(house: pathlib.Path, tmp_path: pathlib.Path) -> None:
    assert_one_sentence(launch(house, "ask", through=FULL), "could not be made here", "File too large")
    launch(house, "ask")
    (house / ".venv" / "stamp-run").unlink()
    place(tmp_path / "bin" / "uv", "#!/bin/sh\nexit 0\n")  # everything is installed, only the stamp finds no room
    result = launch(house, "ask", through=FULL, path=f"{tmp_path / 'bin'}:{BASE.parent}:/bin")
    assert_one_sentence(result, "cannot be set up", "room on the disk")
    assert launch(house, "ask").stdout == "ready ['ask']\n"


@pytest.mark.parametrize(
    ("words", "wanted"),
    [
        (["export", "feedback", "--format", "parquet"], "run, parquet"),
        (["export", "--format=parquet", "feedback"], "run, parquet"),
        (["export", "feedback", "--format", "csv", "-o", "parquet"], "run"),
        (["ask", "parquet"], "run"),
        (["ask", "--format=parquet"], "run"),
    ],
)
def test_only_an_export_as_parquet_installs_its_library(house: pathlib.Path, words: list[str], wanted: str) -> None:
    result = launch(house, *words)
    assert result.stdout == f"ready {words}\n", result.stderr
    assert result.stderr.startswith(f"Setting up ({wanted}): ")


BASE = pathlib.Path(sys.base_prefix) / "bin" / f"python{sys.version_info[0]}.{sys.version_info[1]}"
UV = """#!/bin/sh
echo "$1" >> {log}
{then}
case "$1" in
    venv) exec {python} -m venv "$5" ;;
    pip) shift 5; exec "$VIRTUAL/bin/python" -m pip install --no-input "$@" ;;
    run) shift 6; exec {python} "$@" ;;
esac
"""


def place(path: pathlib.Path, script: str) -> None:
    """A program that stands in for one that this machine may not have."""
    path.parent.mkdir(exist_ok=True)
    path.write_text(script)
    path.chmod(0o755)


def bare_python(folder: pathlib.Path, *, pip: pathlib.Path | None) -> str:
    """A real Python without ensurepip, as Debian has it without python3-venv; the PATH with nothing else on it."""
    version = BASE.name
    library = folder / "lib" / version
    (library / "site-packages").mkdir(parents=True)
    (folder / "bin").mkdir()
    shutil.copy(BASE, folder / "bin" / "python3")
    for part in (pathlib.Path(sys.base_prefix) / "lib" / version).iterdir():
        if part.name not in ("ensurepip", "site-packages"):
            (library / part.name).symlink_to(part)
    if pip:
        (library / "site-packages" / "pip").symlink_to(pip)
    return str(folder / "bin")


def find_pip(folder: pathlib.Path) -> pathlib.Path:
    subprocess.run([BASE, "-m", "venv", folder], check=True)
    return next(folder.glob("lib/*/site-packages/pip"))


def test_without_ensurepip_the_systems_pip_installs(house: pathlib.Path, tmp_path: pathlib.Path) -> None:
    result = launch(house, "ask", path=bare_python(tmp_path / "bare", pip=find_pip(tmp_path / "other")))
    assert result.stdout == "ready ['ask']\n", result.stderr
    assert not list((house / ".venv").glob("lib/*/site-packages/pip"))


def test_without_uv_and_pip_one_sentence_says_what_to_install(house: pathlib.Path, tmp_path: pathlib.Path) -> None:
    result = launch(house, "ask", path=bare_python(tmp_path / "bare", pip=None))
    assert_one_sentence(result, "Neither uv nor pip", "apt-get install python3-venv")


@pytest.mark.parametrize("works", [True, False])
def test_uv_is_used_where_it_is_there_and_done_without_where_it_fails(
    house: pathlib.Path, tmp_path: pathlib.Path, works: bool
) -> None:
    log = tmp_path / "log"
    script = UV.format(log=shlex.quote(str(log)), python=shlex.quote(str(BASE)), then="" if works else "exit 1")
    place(tmp_path / "bin" / "uv", script.replace("$VIRTUAL", str(house / ".venv")))
    result = launch(house, "ask", path=f"{tmp_path / 'bin'}:{BASE.parent}")
    assert result.stdout == "ready ['ask']\n", result.stderr
    assert log.read_text().split() == ["venv", "pip"]


def test_an_old_python_is_passed_over_and_uv_brings_a_newer_one(house: pathlib.Path, tmp_path: pathlib.Path) -> None:
    for name in ("python3", "python"):
        place(tmp_path / "bin" / name, f'#!/bin/sh\nexec {shlex.quote(str(BASE))} -c "raise SystemExit(1)"\n')
    path = str(tmp_path / "bin")
    assert_one_sentence(launch(house, "ask", path=path), "needs Python 3.11 or later")
    log = tmp_path / "log"
    script = UV.format(log=shlex.quote(str(log)), python=shlex.quote(str(BASE)), then="")
    place(tmp_path / "bin" / "uv", script.replace("$VIRTUAL", str(house / ".venv")))
    assert launch(house, "ask", path=path).stdout == "ready ['ask']\n"
    assert log.read_text().split() == ["run", "venv", "pip"]
