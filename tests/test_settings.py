"""Settings: `.env.example` names each one and no other; a wrong one is one sentence without its value."""

import pathlib
import re

import pytest

from adapters.discord.catching_up import LONGEST
from bot.errors import SettingsError
from settings import Settings, read_settings
from storage.keys import Keys

ROOT = pathlib.Path(__file__).parent.parent


def test_the_example_lists_exactly_the_settings() -> None:
    listed = re.findall(r"^#? ?([A-Z][A-Z_]+)=", (ROOT / ".env.example").read_text(), re.MULTILINE)
    assert listed == [name.upper() for name in Settings.model_fields]


def test_every_setting_says_what_it_is() -> None:
    example = (ROOT / ".env.example").read_text()
    for name, field in Settings.model_fields.items():
        assert field.description, name
        assert field.description in example, f"{name}: .env.example says something else"


def test_a_wrong_setting_is_named_and_not_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CLAIM_DAYS", "secret-value")
    with pytest.raises(SettingsError, match="CLAIM_DAYS cannot be used") as problem:
        read_settings()
    assert "secret-value" not in str(problem.value)


@pytest.mark.parametrize("name", ["CLAIM_DAYS", "ITEM_MONTHS", "AUDIT_MONTHS", "DISCORD_LEFT_DAYS"])
def test_no_time_is_kept_longer_than_the_calendar_goes(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(name, "99999")
    with pytest.raises(SettingsError, match=f"{name} cannot be used"):
        read_settings()


def test_events_are_remembered_longer_than_discord_is_read_back(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CLAIM_DAYS", str(LONGEST.days))
    with pytest.raises(SettingsError, match="CLAIM_DAYS cannot be used"):
        read_settings()
    monkeypatch.setenv("CLAIM_DAYS", str(LONGEST.days + 1))
    assert read_settings().claim_days == LONGEST.days + 1


PATHS = ("DATA_DIR", "CONTENT_DIR", "ENCODER_DIR", "DELETIONS_FILE")


@pytest.mark.parametrize("name", PATHS)
def test_a_path_may_begin_at_home_or_in_the_current_folder(
    name: str, tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    for written, meant in [
        ("~/kept", tmp_path / "home" / "kept"),
        ("kept", tmp_path / "here" / "kept"),
        ("/kept", pathlib.Path("/kept")),
    ]:
        monkeypatch.setenv(name, written)
        assert getattr(read_settings(), name.lower()) == meant


@pytest.mark.parametrize("name", PATHS)
def test_a_home_of_nobody_is_a_wrong_setting(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(name, "~no-such-user-here/kept")
    with pytest.raises(SettingsError, match=f"{name} cannot be used: .*no such user") as problem:
        read_settings()
    assert "no-such-user-here" not in str(problem.value)


def test_keys_come_from_the_setting_or_from_a_file_made_once(tmp_path: pathlib.Path) -> None:
    path = tmp_path / "keys"
    Keys("", path).create()
    first = Keys("", path).read()
    Keys("", path).create()
    assert Keys("", path).read() == first
    assert path.stat().st_mode & 0o777 == 0o600
    assert Keys("aa, bb", path).read() == ["aa", "bb"]
