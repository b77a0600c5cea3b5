"""Build the reader's graph from the pinned weights and what training changed, and check it.

The int8 graph carries the fp32 logits of PROBES, to check a machine's arithmetic with.
"""

from __future__ import annotations

import base64
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from index.graph import Precision
from index.model import WEIGHTS_DIGEST, kept, open_session, package_file
from qa.reader_tokens import Encoded, encode, load_tokenizer

if TYPE_CHECKING:
    from collections.abc import Mapping

    import onnx
    import onnxruntime
    from tokenizers import Tokenizer

NAME = "minilm-reader"
RECIPE = 1  #: counts up with every change to the graph, or to PROBES, that changes its bytes

#: Question, title and text.
PROBES = (
    (
        "Who signed the ceasefire?",
        "Guns fall silent in the valley",
        "The ceasefire was signed on Monday by Colonel Adeyemi and two envoys of the northern "
        "council. It is the third since January.",
    ),
    (
        "When did the port of Lindmark reopen?",
        "Storm damage is put at 40 million",
        "Ships queued for most of a week outside Lindmark, where the storm had torn two cranes "
        "from their rails. The port reopened on 14 March, two days after the wind dropped; the "
        "harbour master said that the second basin would stay shut until summer.",
    ),
    (
        "How many people work at the mill?",
        "Talks go on",
        "The minister said on Tuesday that talks would go on. A spokesman for the union denied "
        "that any offer had been made.",
    ),
)

_REFERENCE = "reference"
_WORDS = "embeddings.word_embeddings.weight"


def build(folder: Path, precision: Precision, weights: Path, digest: str) -> Path:
    """The graph's file in folder/models; built there unless an undamaged one exists.

    `digest` is that of the file `weights`. Takes some seconds the first time. Raises ModelError
    for the weights and the pinned model's package, DataFolderError for the folder.
    """
    return kept(
        folder,
        f"{NAME}-{precision}",
        f"{WEIGHTS_DIGEST}/{digest}/{precision}/{RECIPE}",
        lambda: graph(precision, weights).SerializeToString(deterministic=True),
    )


def graph(precision: Precision, path: Path) -> onnx.ModelProto:
    """The graph over the pinned weights and those in the file `path`. Raises ModelError."""
    from safetensors.numpy import load_file

    from qa.reader_delta import merged
    from qa.reader_graph import describe

    weights = merged(load_file(package_file("model.safetensors")), path)
    reference = _reference(weights) if precision == "int8" else None
    model = describe(weights, precision)
    if reference is not None:
        entry = model.metadata_props.add()
        entry.key, entry.value = _REFERENCE, base64.b64encode(reference.tobytes()).decode()
    return model


def run_pair(
    session: onnxruntime.InferenceSession, encoded: Encoded
) -> tuple[np.ndarray, np.ndarray]:
    """Logits of one pair: start and end of every token, float32 (length, 2), and answers (1,)."""
    feed = {
        "input_ids": np.array([encoded.ids], np.int32),
        "token_types": np.array([encoded.types], np.int32),
    }
    span, answers = session.run(["span", "answers"], feed)
    return span[0], answers[0]


def likeness(session: onnxruntime.InferenceSession, tokenizer: Tokenizer) -> float:
    """How like the logits of PROBES are to the fp32 ones that an int8 graph carries.

    The mean, over pairs and over start and end, of the correlation over the tokens: what a
    softmax makes of logits does not depend on what all of them have in common.
    """
    carried = base64.b64decode(session.get_modelmeta().custom_metadata_map[_REFERENCE])
    reference = np.frombuffer(carried, np.float32).reshape(-1, 2)
    found, begin = [], 0
    for pair in _probes(tokenizer):
        logits, _ = run_pair(session, pair)
        expected = reference[begin : begin + len(logits)]
        begin += len(logits)
        found += [np.corrcoef(logits[:, side], expected[:, side])[0, 1] for side in (0, 1)]
    return float(np.mean(found))


def _reference(weights: Mapping[str, np.ndarray]) -> np.ndarray:
    """Logits of PROBES in fp32, one pair's after the other's: (tokens of all, 2)."""
    from qa.reader_graph import describe

    pairs = _probes(load_tokenizer())
    # With the words of the probes alone, the graph is half as large.
    used = np.unique(np.concatenate([pair.ids for pair in pairs]))
    small = {**weights, _WORDS: weights[_WORDS][used]}
    session = open_session(describe(small, "fp32").SerializeToString())
    renumbered = [replace(pair, ids=np.searchsorted(used, pair.ids).tolist()) for pair in pairs]
    return np.concatenate([run_pair(session, pair)[0] for pair in renumbered])


def _probes(tokenizer: Tokenizer) -> list[Encoded]:
    return [encode(tokenizer, *probe) for probe in PROBES]
