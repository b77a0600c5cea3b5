"""Vectors: their shape, their sameness, and what happens to odd texts and odd machines."""

from __future__ import annotations

import hashlib
import logging
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import onnx
import pytest

from index.embed import Embedder
from index.model import build, identity
from tests.fakes import FakeEmbedder

TEXTS = [
    "The river rose overnight and the lower town was evacuated.",
    "",
    "Rates",
    "The central bank raised rates by a quarter of a point. " * 12,
    "Who won the match?",
    "Un séisme de magnitude 5,4 a secoué la côte; 国際 отклик.",
]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("data")


@pytest.fixture(scope="module")
def embedder(folder: Path) -> Embedder:
    return Embedder.open(folder, threads=2)


@pytest.fixture(params=["model", "fake"])
def any_embedder(request: pytest.FixtureRequest, embedder: Embedder) -> Embedder | FakeEmbedder:
    return embedder if request.param == "model" else FakeEmbedder()


def test_shapes_and_lengths(any_embedder: Embedder | FakeEmbedder) -> None:
    vectors = any_embedder.embed_passages(TEXTS)
    assert vectors.shape == (len(TEXTS), any_embedder.dimension)
    assert vectors.dtype == any_embedder.embed_query("x").dtype == np.float32
    lengths = [np.linalg.norm(vector) for vector, text in zip(vectors, TEXTS, strict=True) if text]
    assert lengths == pytest.approx([1] * len(lengths), abs=1e-5)
    assert any_embedder.embed_query("x").shape == (any_embedder.dimension,)
    assert any_embedder.embed_passages([]).shape == (0, any_embedder.dimension)


def test_a_vector_depends_on_its_text_alone(any_embedder: Embedder | FakeEmbedder) -> None:
    together = any_embedder.embed_passages(TEXTS)
    backwards = any_embedder.embed_passages(TEXTS[::-1])[::-1]
    alone = np.stack([any_embedder.embed_query(text) for text in TEXTS])
    assert np.array_equal(together, backwards)
    assert np.array_equal(together, alone)


def test_the_same_in_another_process_and_with_one_thread(folder: Path, embedder: Embedder) -> None:
    code = (
        "import sys; from pathlib import Path; from index.embed import Embedder\n"
        "vectors = Embedder.open(Path(sys.argv[1]), threads=1).embed_passages(sys.argv[2:])\n"
        "heavy = {'torch', 'onnx', 'chromadb', 'llama_index', 'tiktoken', 'safetensors'}\n"
        "print(vectors.tobytes().hex(), sorted(heavy & set(sys.modules)))"
    )
    told = subprocess.run(
        [sys.executable, "-c", code, str(folder), *TEXTS],
        cwd=Path(__file__).parents[1],
        capture_output=True,
        text=True,
        check=True,
    )
    assert told.stdout.split(None, 1) == [embedder.embed_passages(TEXTS).tobytes().hex(), "[]\n"]


def test_many_threads_at_once(embedder: Embedder) -> None:
    expected = embedder.embed_passages(TEXTS)
    with ThreadPoolExecutor(6) as pool:
        for found in pool.map(embedder.embed_passages, [TEXTS] * 12):
            assert np.array_equal(found, expected)


def test_works_on_after_close(embedder: Embedder) -> None:
    before = embedder.embed_passages(TEXTS[:3])
    embedder.close()
    assert np.array_equal(embedder.embed_passages(TEXTS[:3]), before)


def test_nearest_is_what_is_meant(embedder: Embedder) -> None:
    passages = embedder.embed_passages(
        [
            "Police detained three men over the theft of a painting from the city museum.",
            "The striker scored twice as the home side went through to the final.",
            "Wheat prices fell after the harvest forecast was raised.",
        ]
    )
    assert np.argmax(passages @ embedder.embed_query("who stole the artwork?")) == 0
    assert np.argmax(passages @ embedder.embed_query("which team won the semi-final?")) == 1


@pytest.mark.parametrize(
    ("odd", "plain"),
    [
        ("storm\x00 warning", "storm warning"),
        ("storm \ud800warning", "storm warning"),
        ("storm warning\udfff", "storm warning"),
        ("\x00", ""),
        ("STORM\u200b warning", "storm warning"),
    ],
)
def test_odd_characters(embedder: Embedder, odd: str, plain: str) -> None:
    assert np.array_equal(embedder.embed_query(odd), embedder.embed_query(plain))


def test_long_text_is_cut_quickly(embedder: Embedder) -> None:
    words = "harbour pilots strike "
    expected = embedder.embed_query(words * 200)
    began = time.perf_counter()
    found = embedder.embed_query(words * 200_000)
    assert time.perf_counter() - began < 10  # uncut: minutes
    assert np.array_equal(found, expected)


def test_markers_in_a_text_are_text(embedder: Embedder) -> None:
    clean, marked = embedder.embed_passages(["a b", "a [SEP] b"])
    assert not np.array_equal(clean, marked)
    assert clean @ marked < 0.9


def test_machine_whose_arithmetic_strays_gets_fp32(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    path = build(tmp_path)
    model = onnx.load(path)
    # Coarser weights stand in for a processor that saturates.
    for tensor in model.graph.initializer:
        if tensor.data_type == onnx.TensorProto.INT8 and "layer" in tensor.name:
            weights = np.frombuffer(tensor.raw_data, np.int8)
            tensor.raw_data = np.clip(weights, -4, 4).tobytes()
    path.write_bytes(model.SerializeToString())
    path.with_suffix(".sha256").write_text(hashlib.sha256(path.read_bytes()).hexdigest())
    with caplog.at_level(logging.WARNING):
        embedder = Embedder.open(tmp_path)
    assert embedder.identity == identity("fp32")
    assert "fp32" in caplog.text


def test_identity(embedder: Embedder) -> None:
    assert embedder.identity == identity("int8")
    assert embedder.identity.startswith("all-MiniLM-L6-v2/int8/")
