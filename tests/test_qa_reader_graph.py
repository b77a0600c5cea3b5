"""The reader's graph against an independent computation of the same network."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import onnxruntime
import pytest
from tokenizers import Tokenizer

from index.model import open_session
from qa.reader_build import PROBES, graph, likeness, run_pair
from qa.reader_graph import describe
from qa.reader_tokens import MAX_TOKENS, encode, load_tokenizer
from tests.bert import hidden
from tests.reader_weights import made_up, write_made_up

LONG = (
    "Who won?",
    "The regatta",
    "The boats turned at the second buoy, where the wind fell. " * 40,
)


@pytest.fixture(scope="module")
def weights() -> dict[str, np.ndarray]:
    return made_up()[1]


@pytest.fixture(scope="module")
def tokenizer() -> Tokenizer:
    return load_tokenizer()


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_made_up(tmp_path_factory.mktemp("weights") / "reader.safetensors")


@pytest.fixture(scope="module")
def int8(file: Path) -> onnxruntime.InferenceSession:
    return open_session(graph("int8", file).SerializeToString())


def test_fp32_graph_computes_the_network(
    weights: dict[str, np.ndarray], tokenizer: Tokenizer
) -> None:
    session = open_session(describe(weights, "fp32").SerializeToString())
    for texts in (("", "", ""), PROBES[0], LONG):
        pair = encode(tokenizer, *texts)
        x = hidden(weights, pair.ids, pair.types)
        span, answers = run_pair(session, pair)
        assert span.dtype == answers.dtype == np.float32
        expected = x @ weights["span.weight"].T + weights["span.bias"]
        assert np.abs(span - expected).max() < 1e-4
        expected = weights["answers.weight"] @ x[0] + weights["answers.bias"]
        assert answers == pytest.approx(expected, abs=1e-4)
    assert len(pair.ids) == MAX_TOKENS


def test_int8_graph_agrees_with_the_network(
    weights: dict[str, np.ndarray], int8: onnxruntime.InferenceSession, tokenizer: Tokenizer
) -> None:
    correlations = []
    for texts in PROBES:
        pair = encode(tokenizer, *texts)
        x = hidden(weights, pair.ids, pair.types)
        span, answers = run_pair(int8, pair)
        exact = x @ weights["span.weight"].T
        correlations += [np.corrcoef(span[:, side], exact[:, side])[0, 1] for side in (0, 1)]
        expected = weights["answers.weight"] @ x[0] + weights["answers.bias"]
        assert answers == pytest.approx(expected, abs=0.3)
    assert min(correlations) > 0.98
    # It is compared with fp32 over the weights as they come from the file, hence a tolerance.
    assert likeness(int8, tokenizer) == pytest.approx(np.mean(correlations), abs=1e-3)


def test_token_types_count(int8: onnxruntime.InferenceSession, tokenizer: Tokenizer) -> None:
    pair = encode(tokenizer, *PROBES[0])
    feed = {"input_ids": np.array([pair.ids], np.int32)}
    with_types = int8.run(None, feed | {"token_types": np.array([pair.types], np.int32)})
    without = int8.run(None, feed | {"token_types": np.zeros((1, len(pair.ids)), np.int32)})
    assert not np.array_equal(with_types[0], without[0])


def test_a_batch_of_one_length_is_read_as_each_alone(
    int8: onnxruntime.InferenceSession, tokenizer: Tokenizer
) -> None:
    pairs = [encode(tokenizer, *PROBES[0]), encode(tokenizer, *PROBES[2])]
    length = min(len(pair.ids) for pair in pairs)
    ids = np.array([pair.ids[:length] for pair in pairs], np.int32)
    types = np.array([pair.types[:length] for pair in pairs], np.int32)
    span, answers = int8.run(["span", "answers"], {"input_ids": ids, "token_types": types})
    assert span.shape == (2, length, 2)
    assert answers.shape == (2, 1)
    for place in (0, 1):
        feed = {"input_ids": ids[place : place + 1], "token_types": types[place : place + 1]}
        alone = int8.run(["span", "answers"], feed)
        assert span[place] == pytest.approx(alone[0][0], abs=1e-4)
        assert answers[place] == pytest.approx(alone[1][0], abs=1e-4)
