"""Keys: hashes of different uses never agree, older keys read, a wrong key reads nothing."""

import pytest

from bot.errors import SettingsError
from bot.vault import Unreadable, Vault, new_key


def test_hashes_differ_by_use_platform_and_key() -> None:
    one, two = Vault([new_key()]), Vault([new_key()])
    found = {
        one.accounts("slack", "x"),
        one.accounts("discord", "x"),
        one.event("slack", "x"),
        two.accounts("slack", "x"),
    }
    assert len(found) == 4


def test_an_older_key_still_finds_and_opens() -> None:
    old, new = new_key(), new_key()
    sealed = Vault([old]).seal(b"palabras", "conversation")
    ring = Vault([new, old])
    assert ring.text(sealed, "conversation") == "palabras"
    assert Vault([old]).accounts("slack", "x")[0] == ring.accounts("slack", "x")[1]


def test_another_key_or_purpose_opens_nothing() -> None:
    key = new_key()
    sealed = Vault([key]).seal(b"x", "name")
    with pytest.raises(Unreadable):
        Vault([new_key()]).open(sealed, "name")
    with pytest.raises(Unreadable):
        Vault([key]).open(sealed, "address")


@pytest.mark.parametrize("cut", [0, 4, 12, 20])
def test_what_was_cut_off_is_unreadable_and_no_crash(cut: int) -> None:
    vault = Vault([new_key()])
    with pytest.raises(Unreadable):
        vault.open(vault.seal(b"words", "name")[:cut], "name")


@pytest.mark.parametrize("keys", [[], [""], ["abc"], ["zz" * 32], ["ab" * 31]])
def test_unusable_keys_are_one_sentence(keys: list[str]) -> None:
    with pytest.raises(SettingsError, match="64 hexadecimal digits"):
        Vault(keys)
