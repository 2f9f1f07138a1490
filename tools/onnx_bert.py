"""A BERT encoder as an int8 ONNX graph in the folder layout which bot/faq/encoder.py reads; no torch is needed.

The graph is written operator by operator (BERT: Devlin et al. 2019, section 3), then its matrices and its tables become
int8. Output: last_hidden_state [batch, tokens, width]; pooling is the reader's. The scripts beside this one put the
tensors of their source into a `Bert`.
"""

import pathlib
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import onnx
from onnx import TensorProto, helper, numpy_helper
from onnxruntime.quantization import QuantType, quantize_dynamic

Floats = npt.NDArray[np.float32]


class Pair(NamedTuple):
    """Of a linear layer: its matrix [to, from] and its bias. Of a layer norm: its scale and its bias."""

    weight: Floats
    bias: Floats


class Layer(NamedTuple):
    query: Pair
    key: Pair
    value: Pair
    joined: Pair  # from the heads back to the width
    joined_norm: Pair
    wide: Pair
    narrow: Pair
    narrow_norm: Pair


class Bert(NamedTuple):
    heads: int
    epsilon: float
    words: Floats
    places: Floats
    kind: Floats | None  # of the first segment; None where `places` holds it already
    norm: Pair
    layers: list[Layer]


class Graph:
    """Collects nodes and weights; each method adds one operator and returns the name of its output."""

    def __init__(self, epsilon: float) -> None:
        self.epsilon = epsilon
        self.nodes: list[onnx.NodeProto] = []
        self.weights: dict[str, onnx.TensorProto] = {}

    def weight(self, name: str, value: Any) -> str:
        self.weights[name] = numpy_helper.from_array(np.asarray(value, order="C"), name)
        return name

    def add(self, operator: str, *inputs: str, **attributes: Any) -> str:
        output = f"{operator.lower()}_{len(self.nodes)}"
        self.nodes.append(helper.make_node(operator, list(inputs), [output], **attributes))
        return output

    def linear(self, value: str, name: str, pair: Pair) -> str:
        product = self.add("MatMul", value, self.weight(f"{name}.weight.T", pair.weight.T))
        return self.add("Add", product, self.weight(f"{name}.bias", pair.bias))

    def norm(self, value: str, name: str, pair: Pair) -> str:
        scale, bias = self.weight(f"{name}.weight", pair.weight), self.weight(f"{name}.bias", pair.bias)
        return self.add("LayerNormalization", value, scale, bias, axis=-1, epsilon=self.epsilon)


def build(bert: Bert) -> onnx.ModelProto:
    """The float32 model."""
    g = Graph(bert.epsilon)
    width = bert.words.shape[1]
    size = width // bert.heads
    words = g.add("Gather", g.weight("words", bert.words), "input_ids")
    length = g.add("Slice", g.add("Shape", "input_ids"), *(g.weight(f"slice{i}", np.array([i])) for i in (1, 2)))
    span = g.add("Range", g.weight("zero", np.array(0)), g.add("Squeeze", length), g.weight("one", np.array(1)))
    hidden = g.add("Add", words, g.add("Gather", g.weight("places", bert.places), span))
    if bert.kind is not None:
        hidden = g.add("Add", hidden, g.weight("kind", bert.kind))
    hidden = g.norm(hidden, "norm", bert.norm)
    mask = g.add("Unsqueeze", g.add("Cast", "attention_mask", to=TensorProto.FLOAT), g.weight("axes", np.array([1, 2])))
    one, far = g.weight("one_f", np.float32(1)), g.weight("far", np.float32(-1e4))
    unseen = g.add("Mul", g.add("Sub", one, mask), far)
    split, merge = g.weight("split", np.array([0, 0, bert.heads, size])), g.weight("merge", np.array([0, 0, width]))
    root = g.weight("root", np.float32(1 / np.sqrt(size)))
    half, sqrt2 = g.weight("half", np.float32(0.5)), g.weight("sqrt2", np.float32(1 / np.sqrt(2)))

    def part(hidden: str, name: str, pair: Pair, order: list[int]) -> str:
        return g.add("Transpose", g.add("Reshape", g.linear(hidden, name, pair), split), perm=order)

    for number, layer in enumerate(bert.layers):
        query = part(hidden, f"{number}.query", layer.query, [0, 2, 1, 3])
        key = part(hidden, f"{number}.key", layer.key, [0, 2, 3, 1])
        shares = g.add("Softmax", g.add("Add", g.add("Mul", g.add("MatMul", query, key), root), unseen), axis=-1)
        mixed = g.add("MatMul", shares, part(hidden, f"{number}.value", layer.value, [0, 2, 1, 3]))
        joined = g.add("Reshape", g.add("Transpose", mixed, perm=[0, 2, 1, 3]), merge)
        joined = g.add("Add", g.linear(joined, f"{number}.joined", layer.joined), hidden)
        hidden = g.norm(joined, f"{number}.joined_norm", layer.joined_norm)
        wide = g.linear(hidden, f"{number}.wide", layer.wide)
        gate = g.add("Add", g.add("Erf", g.add("Mul", wide, sqrt2)), one)
        active = g.add("Mul", g.add("Mul", wide, gate), half)
        narrow = g.add("Add", g.linear(active, f"{number}.narrow", layer.narrow), hidden)
        hidden = g.norm(narrow, f"{number}.narrow_norm", layer.narrow_norm)
    g.nodes.append(helper.make_node("Identity", [hidden], ["last_hidden_state"]))
    info, shape = helper.make_tensor_value_info, ["batch", "tokens"]
    ids = [info(name, TensorProto.INT64, shape) for name in ("input_ids", "attention_mask")]
    result = info("last_hidden_state", TensorProto.FLOAT, [*shape, width])
    graph = helper.make_graph(g.nodes, "sentence_encoder", ids, [result], list(g.weights.values()))
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9)
    onnx.checker.check_model(model)
    return model


def write(folder: pathlib.Path, bert: Bert, tokenizer: str, pooling: str) -> None:
    """Write the folder: the model in int8, and the JSON texts of the tokenizer and of 1_Pooling."""
    for name in ("onnx", "1_Pooling"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    quantize_dynamic(
        build(bert),
        folder / "onnx" / "model.onnx",
        op_types_to_quantize=["MatMul", "Gather"],
        weight_type=QuantType.QInt8,
        per_channel=True,
    )
    (folder / "tokenizer.json").write_text(tokenizer, "utf-8")
    (folder / "1_Pooling" / "config.json").write_text(pooling, "utf-8")
