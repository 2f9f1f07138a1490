"""Settings: `.env.example` names each one and no other; a wrong one is one sentence without its value."""

import pathlib
import re

import pytest

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


def test_keys_come_from_the_setting_or_from_a_file_made_once(tmp_path: pathlib.Path) -> None:
    path = tmp_path / "keys"
    first = Keys("", path).read()
    assert Keys("", path).read() == first
    assert path.stat().st_mode & 0o777 == 0o600
    assert Keys("aa, bb", path).read() == ["aa", "bb"]
