"""Sentence vectors from any encoder folder in the usual layout; bot/model holds two, its README says which is which."""

import json
import os
import pathlib
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import numpy.typing as npt

from bot.errors import ContentError

Vectors = npt.NDArray[np.float32]
FOLDER = pathlib.Path(__file__).parent.parent / "model"
DEFAULT_FOLDER = FOLDER / "e5"
MINILM_FOLDER = FOLDER / "minilm"
LONGEST = 64  # tokens


class Encoder:
    """Reads `onnx/model.onnx`, `tokenizer.json` and `1_Pooling/config.json`, the layout of sentence encoders.

    One thread a text: two members at once matter more than one member faster.
    """

    def __init__(self, folder: pathlib.Path = DEFAULT_FOLDER) -> None:
        os.environ["ORT_DISABLE_TELEMETRY"] = "1"  # heard at the import alone; else it reports to its maker
        import onnxruntime
        from tokenizers import Tokenizer

        self.folder = folder
        for name in ("onnx/model.onnx", "tokenizer.json"):
            if not (folder / name).is_file():
                raise ContentError(
                    f"{folder}: not a sentence encoder, {name} is missing; see ENCODER_DIR in the README"
                )
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        options.log_severity_level = 3
        self._session = onnxruntime.InferenceSession(folder / "onnx" / "model.onnx", options)
        self._inputs = {one.name for one in self._session.get_inputs()}
        self._tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        self._tokenizer.no_padding()
        self._tokenizer.enable_truncation(LONGEST)
        pooling = folder / "1_Pooling" / "config.json"
        self._first_token = pooling.is_file() and json.loads(pooling.read_text()).get("pooling_mode_cls_token", False)
        self._vocabulary = self._tokenizer.get_vocab()

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Unit vectors, float32 [len(texts), width]."""
        if not texts:
            return np.zeros((0, 1), np.float32)
        return np.stack([self._encode(text) for text in texts])

    def encode_many(self, texts: Sequence[str]) -> Iterator[Vectors]:
        """A vector a text [width], in their order, on all processors; the same numbers as `encode`."""
        with ThreadPoolExecutor(os.cpu_count()) as pool:
            yield from pool.map(self._encode, texts)

    def knows(self, word: str) -> bool:
        """Whether the tokenizer has the word whole, in either of the usual spellings of a word's start."""
        return word in self._vocabulary or "\u2581" + word in self._vocabulary

    def _encode(self, text: str) -> Vectors:
        tokens = self._tokenizer.encode(text)
        feed = {
            "input_ids": np.array([tokens.ids], np.int64),
            "attention_mask": np.array([tokens.attention_mask], np.int64),
            "token_type_ids": np.array([tokens.type_ids], np.int64),
        }
        hidden = self._session.run(None, {name: feed[name] for name in self._inputs})[0][0]
        vector = hidden[0] if self._first_token else hidden.mean(axis=0)
        return np.asarray(vector / (np.linalg.norm(vector) + 1e-12), np.float32)
