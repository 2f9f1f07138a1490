"""Keys and what they protect: keyed hashes to find things again, AES-GCM to keep them unread.

A key ring is a list: the first key writes, all read. Separate keys for accounts, events, receipts and encryption are
derived from each (HKDF), so that none of the hashes can be compared with another kind's.
"""

import hmac
import os
import secrets
from collections.abc import Sequence

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from bot.errors import SettingsError, WorkerVoiceError

KEY_BYTES = 32
HASH_BYTES = 16
HASHED = ("account", "event", "receipt", "server", "change", "envelope")
BLOCK, LARGE = 256, 4096  # bytes
ID_ALPHABET = "23456789abcdefghjkmnpqrstuvwxyz"  # no 0 o 1 l i


class Unreadable(WorkerVoiceError):
    """Sealed with a key that is not on the ring (or damaged)."""


def new_key() -> str:
    """A fresh key, as the hexadecimal text that settings and the key file hold."""
    return secrets.token_hex(KEY_BYTES)


def new_id() -> str:
    """A random id that can be read out over the phone: ten signs, 49 bits."""
    return "".join(secrets.choice(ID_ALPHABET) for _ in range(10))


class Vault:
    """Hashes and seals with a key ring, newest key first."""

    def __init__(self, keys: Sequence[str]) -> None:
        try:
            rings = [bytes.fromhex(key) for key in keys]
        except ValueError:
            rings = []
        if not rings or any(len(key) != KEY_BYTES for key in rings):
            raise SettingsError("The keys are not usable: each is 64 hexadecimal digits, separated by commas.")
        self._hash_keys = {use: [derive(key, use) for key in rings] for use in HASHED}
        self._ciphers = [AESGCM(derive(key, "encryption")) for key in rings]

    def accounts(self, platform: str, account: str) -> tuple[str, ...]:
        """The hashes an account may be stored under; write the first."""
        return self._hashes("account", f"{platform}\x1f{account}")

    def event(self, platform: str, event: str) -> tuple[str, ...]:
        return self._hashes("event", f"{platform}\x1f{event}")

    def servers(self, platform: str, server: str) -> tuple[str, ...]:
        """The hashes a server may be stored under; write the first."""
        return self._hashes("server", f"{platform}\x1f{server}")

    def receipt(self, words: str) -> tuple[str, ...]:
        return self._hashes("receipt", words)

    def envelopes(self, receipt: str) -> tuple[str, ...]:
        """The hashes under which an item with that receipt's hash may wait for its batch; write the first.

        Who saw it wait, and its receipt's hash once it is filed, cannot tell without a key that they are one.
        """
        return self._hashes("envelope", receipt)

    def changes(self, item: str) -> tuple[str, ...]:
        """The hashes under which changes of an item may wait; write the first."""
        return self._hashes("change", item)

    def seal(self, plain: bytes, purpose: str) -> bytes:
        """Encrypt JSON or a name, with blanks up to a whole block; only `open` with the same purpose reads it."""
        nonce = os.urandom(12)
        return nonce + self._ciphers[0].encrypt(nonce, padded(plain), purpose.encode())

    def text(self, sealed: bytes, purpose: str) -> str:
        """A name that was sealed. Raises Unreadable."""
        return self.open(sealed, purpose).decode().rstrip(" ")

    def open(self, sealed: bytes, purpose: str) -> bytes:
        """What was sealed, with its blanks, which JSON ignores. Raises Unreadable."""
        for cipher in self._ciphers:
            try:
                return cipher.decrypt(sealed[:12], sealed[12:], purpose.encode())
            except (InvalidTag, ValueError):  # ValueError: too short to have been sealed
                continue
        raise Unreadable("Something stored cannot be read with the keys that are set; are older keys missing?")

    def _hashes(self, use: str, value: str) -> tuple[str, ...]:
        data = value.encode("utf-8", "replace")
        return tuple(hmac.digest(key, data, "sha256")[:HASH_BYTES].hex() for key in self._hash_keys[use])


def padded(plain: bytes, block: int = BLOCK) -> bytes:
    """Filled up with blanks to whole blocks, so that its length tells little of what is inside."""
    return plain.ljust(max(1, -(-len(plain) // block)) * block)


def derive(key: bytes, use: str) -> bytes:
    return HKDF(SHA256(), KEY_BYTES, None, f"worker-voice {use}".encode()).derive(key)
