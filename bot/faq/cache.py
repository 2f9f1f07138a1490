"""Keeps fitted dataclasses of arrays in one file, named after the hash of what they were fitted from."""

import dataclasses
import hashlib
import json
import os
import pathlib
import typing
import zipfile
from typing import Any, TypeVar

import numpy as np
from scipy import sparse

from bot.faq.features import Tfidf

T = TypeVar("T")
ENCODER_FILES = ("onnx/model.onnx", "tokenizer.json", "1_Pooling/config.json")
CODE = ("calibration.py", "encoder.py", "features.py", "matcher.py", "ridge.py", "../handover.py")
# What a damaged file makes numpy and zipfile raise; zipfile says NotImplementedError for a method it does not know.
UNREADABLE = (OSError, ValueError, KeyError, TypeError, EOFError, NotImplementedError, zipfile.BadZipFile)


def name(content: str, encoder: pathlib.Path) -> str:
    """Changes with the content, the encoder's files and the code that fits."""
    digest = hashlib.sha256(content.encode())
    for file in ENCODER_FILES:
        path = encoder / file
        digest.update(hashlib.sha256(path.read_bytes() if path.exists() else b"").digest())
    for file in CODE:
        digest.update((pathlib.Path(__file__).parent / file).read_bytes())
    return digest.hexdigest()[:24]


def write(folder: pathlib.Path, stem: str, value: Any) -> None:
    """Write it whole or not at all, also where the machine stops; older caches beside it go."""
    folder.mkdir(parents=True, exist_ok=True)
    arrays: dict[str, Any] = {}
    flatten(value, "", arrays)
    scratch = folder / f"{stem}.{os.getpid()}.tmp"
    try:
        with scratch.open("wb") as file:
            np.savez(file, **arrays)
            file.flush()
            os.fsync(file.fileno())
        scratch.rename(folder / f"{stem}.npz")
    finally:
        scratch.unlink(missing_ok=True)
    for old in folder.glob("*.npz"):
        if old.stem != stem:
            old.unlink(missing_ok=True)


def read(folder: pathlib.Path, stem: str, kind: type[T]) -> T | None:
    """What was written under that name; None where there is nothing, or nothing whole."""
    path = folder / f"{stem}.npz"
    try:
        with path.open("rb") as file, np.load(file, allow_pickle=False) as arrays:
            return typing.cast(T, restore(kind, "", arrays))
    except FileNotFoundError:
        return None
    except UNREADABLE:
        path.unlink(missing_ok=True)
        return None


def flatten(value: Any, at: str, arrays: dict[str, Any]) -> None:
    if isinstance(value, Tfidf):
        arrays[f"{at}.grams"] = np.array(json.dumps(list(value.column)))
        arrays[f"{at}.weight"] = value.weight
    elif dataclasses.is_dataclass(value):
        for field in dataclasses.fields(value):
            flatten(getattr(value, field.name), f"{at}.{field.name}", arrays)
    elif sparse.issparse(value):
        for part in ("data", "indices", "indptr", "shape"):
            arrays[f"{at}.{part}"] = np.asarray(getattr(value, part))
    elif isinstance(value, tuple):
        arrays[at] = np.array(json.dumps(value))
    elif value is not None:
        arrays[at] = np.asarray(value)


def restore(kind: Any, at: str, arrays: Any) -> Any:
    if kind is Tfidf:
        grams = Tfidf([])
        grams.column = {gram: i for i, gram in enumerate(json.loads(str(arrays[f"{at}.grams"])))}
        grams.weight = arrays[f"{at}.weight"]
        return grams
    if kind is sparse.csr_matrix:
        parts = tuple(arrays[f"{at}.{part}"] for part in ("data", "indices", "indptr"))
        return sparse.csr_matrix(parts, shape=tuple(arrays[f"{at}.shape"]))
    options = [one for one in typing.get_args(kind) if one is not type(None)]
    if type(None) in typing.get_args(kind):
        return restore(options[0], at, arrays) if any(key.startswith(at + ".") for key in arrays) else None
    if dataclasses.is_dataclass(kind):
        hints = typing.get_type_hints(kind)
        return kind(**{f.name: restore(hints[f.name], f"{at}.{f.name}", arrays) for f in dataclasses.fields(kind)})  # type: ignore[operator]
    if typing.get_origin(kind) is tuple:
        return tuple(json.loads(str(arrays[at])))
    return float(arrays[at]) if kind is float else arrays[at]
