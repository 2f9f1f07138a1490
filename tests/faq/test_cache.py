"""What was fitted is kept in one file: read where it is whole, fitted again where it is not."""

import dataclasses
import json
import pathlib
from collections.abc import Callable

import pytest

from bench.samples import read_content
from bot.content import Content, Examples
from bot.faq import cache, matcher
from bot.faq.encoder import Encoder
from bot.faq.matcher import Index, Matcher

PHRASINGS = {
    "card-lost": ["I lost my card", "my card is gone", "where is my card, I cannot find it"],
    "opening-hours": ["When are you open?", "what are the opening hours", "do you close for lunch"],
}


class Start:
    """Starts with one folder, and keeps what was said."""

    def __init__(self, content: Content, folder: pathlib.Path) -> None:
        self.content, self.folder, self.encoder = content, folder, Encoder()
        self.said: list[str] = []
        self.told: list[tuple[int, int]] = []

    def __call__(self) -> Matcher:
        self.said, self.told = [], []
        tell = lambda done, count: self.told.append((done, count))  # noqa: E731
        return matcher.load(self.content, self.encoder, self.folder, self.said.append, tell)

    @property
    def file(self) -> pathlib.Path:
        (found,) = self.folder.iterdir()  # one file, nothing half written beside it
        return found


@pytest.fixture
def start(tmp_path: pathlib.Path) -> Start:
    rows = ({"id": topic, "phrasings": texts} for topic, texts in PHRASINGS.items())
    (tmp_path / "entries.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    content = read_content(tmp_path)
    assert content
    trouble = {"crisis": {"en": Examples(("I want to end it all",), ("the game nearly killed me",))}}
    return Start(dataclasses.replace(content, handover=trouble), tmp_path / "cache")


def test_only_a_start_that_fits_says_so_and_tells_how_far_it_is(start: Start) -> None:
    first = start()
    assert len(start.said) == 1
    assert start.told == [(done, 8) for done in range(8)]  # 6 phrasings, 2 sentences of trouble
    again = start()
    assert (start.said, start.told) == ([], [])
    assert again.match("my card went missing") == first.match("my card went missing")
    assert again.index.trouble
    assert first.index.trouble
    vectors = start.encoder.encode(["i want to end it"])
    heard = again.index.trouble.tell(["i want to end it"], vectors, 3)
    assert heard == first.index.trouble.tell(["i want to end it"], vectors, 3)
    assert heard[1] == "crisis"


@pytest.mark.parametrize(
    "spoil",
    [
        lambda whole: b"",
        lambda whole: whole[:10],
        lambda whole: whole[: len(whole) // 2],
        lambda whole: whole[:-1],
        lambda whole: b"garbage" * 1000,
        lambda whole: b"\x93NUMPY\x01\x00v\x00{'descr': '<f8', 'fortran_order': False, 'shape': (0,), }" + b" " * 60,
        lambda whole: whole.replace(b"alpha", b"omega"),
        lambda whole: whole[:2000] + bytes(len(whole) - 4000) + whole[-2000:],
    ],
)
def test_a_spoilt_file_is_fitted_again_without_a_word_more(start: Start, spoil: Callable[[bytes], bytes]) -> None:
    first = start()
    whole = start.file.read_bytes()
    start.file.write_bytes(spoil(whole))
    assert cache.read(start.folder, start.file.stem, Index) is None
    again = start()
    assert len(start.said) == 1
    assert again.match("my card went missing") == first.match("my card went missing")
    start()
    assert start.said == []


def test_the_file_of_another_content_gives_way(start: Start) -> None:
    start()
    old = start.file.name
    start.content = dataclasses.replace(start.content, talk=("tell me a joke",))
    start()
    assert len(start.said) == 1
    assert start.file.name != old


def test_another_file_of_the_encoder_is_another_cache(tmp_path: pathlib.Path) -> None:
    names = []
    for file in ("onnx/model.onnx", "tokenizer.json", "1_Pooling/config.json"):
        (tmp_path / file).parent.mkdir(exist_ok=True)
        (tmp_path / file).write_text("one")
    for file in ("", "onnx/model.onnx", "tokenizer.json", "1_Pooling/config.json"):
        if file:
            (tmp_path / file).write_text("two")
        names.append(cache.name("content", tmp_path))
    (tmp_path / "1_Pooling/config.json").unlink()  # an encoder may have none
    names.append(cache.name("content", tmp_path))
    assert len(set(names)) == len(names) == 5


def test_what_cannot_be_written_leaves_nothing(start: Start, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(OSError, match="No space"):
        start()
    assert list(start.folder.iterdir()) == []
