"""The reader's model as it is used: opening, reading, odd texts, odd files and odd machines."""

from __future__ import annotations

import hashlib
import logging
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import onnx
import pytest

from index.errors import DataFolderError, ModelError
from index.model import file_digest
from qa.errors import AskerLeft
from qa.reader_model import ReaderModel, TokenScores
from tests.reader_weights import write_made_up

QUESTION = "Who opened the new lock on the canal?"
TEXTS = [
    ("The canal", "The lock was opened on Friday by Ines Okafor, who leads the waterways board."),
    ("", ""),
    ("Weather", ""),
    ("", "Rates"),
    ("Tide tables", "High water is at noon. " * 100),
    ("Кана́л", "Шлюз открыла Инес Окафор; 運河の水門. \U0001f6a2"),
]
OPEN = (
    "import sys; from pathlib import Path; from qa.reader_model import ReaderModel\n"
    "model = ReaderModel.open(Path(sys.argv[1]), threads=1, weights=Path(sys.argv[2]))\n"
)
ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def weights(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_made_up(tmp_path_factory.mktemp("weights") / "reader.safetensors")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("data")


@pytest.fixture(scope="module")
def model(folder: Path, weights: Path) -> ReaderModel:
    return ReaderModel.open(folder, threads=2, weights=weights)


def bits(scores: list[TokenScores]) -> bytes:
    """All logits."""
    return b"".join(
        one.starts.tobytes() + one.ends.tobytes() + np.array([one.answers, one.null]).tobytes()
        for one in scores
    )


def test_scores_of_every_passage_in_its_place(model: ReaderModel) -> None:
    scores = model.score(QUESTION, TEXTS)
    assert len(scores) == len(TEXTS)
    for one, (_, text) in zip(scores, TEXTS, strict=True):
        assert one.starts.dtype == one.ends.dtype == np.float32
        assert one.starts.shape == one.ends.shape == (len(one.offsets),)
        assert np.isfinite([*one.starts, *one.ends, one.answers, one.null]).all()
        assert all(0 <= start < end <= len(text) for start, end in one.offsets)
    text = TEXTS[0][1]
    words = [text[start:end] for start, end in scores[0].offsets]
    assert words[:3] + words[-2:] == ["The", "lock", "was", "board", "."]
    assert [len(one.offsets) for one in scores[1:4]] == [0, 0, 1]
    assert model.score(QUESTION, []) == []


def test_scores_are_the_graphs(model: ReaderModel, folder: Path, weights: Path) -> None:
    from index.model import open_session
    from qa.reader_build import build, run_pair
    from qa.reader_tokens import encode, load_tokenizer

    session = open_session(build(folder, "int8", weights, file_digest(weights)))
    pair = encode(load_tokenizer(), QUESTION, *TEXTS[0])
    logits, answers = run_pair(session, pair)
    (one,) = model.score(QUESTION, TEXTS[:1])
    assert np.array_equal(one.starts, logits[pair.text_from : -1, 0])
    assert np.array_equal(one.ends, logits[pair.text_from : -1, 1])
    assert one.null == pytest.approx(logits[0, 0] + logits[0, 1])
    assert one.answers == answers[0]
    assert one.offsets == pair.offsets


def test_a_passages_scores_depend_on_nothing_else(model: ReaderModel) -> None:
    together = bits(model.score(QUESTION, TEXTS))
    assert bits(model.score(QUESTION, TEXTS[::-1])[::-1]) == together
    assert bits([model.score(QUESTION, [text])[0] for text in TEXTS]) == together
    assert bits(model.score("Why?", TEXTS)) != together


def test_the_same_in_another_process_which_loads_nothing_heavy(
    folder: Path, weights: Path, model: ReaderModel
) -> None:
    code = OPEN + (
        f"for one in model.score({ascii(QUESTION)}, {ascii(TEXTS)}):\n"
        "    print(one.starts.tobytes().hex() + one.ends.tobytes().hex(), end='')\n"
        "heavy = {'torch', 'onnx', 'chromadb', 'llama_index', 'tiktoken', 'safetensors'}\n"
        "print('', model.name, sorted(heavy & set(sys.modules)))\n"
    )
    told = run(code, folder, weights).communicate()[0]
    logits = b"".join(
        one.starts.tobytes() + one.ends.tobytes() for one in model.score(QUESTION, TEXTS)
    )
    assert told.split() == [logits.hex(), model.name, "[]"]


def test_two_processes_build_at_once(tmp_path: Path, weights: Path, model: ReaderModel) -> None:
    both = [run(OPEN + "print(model.name)", tmp_path, weights) for _ in range(2)]
    assert [process.communicate()[0] for process in both] == [f"{model.name}\n"] * 2
    built = sorted((tmp_path / "models").iterdir())
    assert [path.suffix for path in built] == [".onnx", ".sha256"]
    assert file_digest(built[0]) == built[1].read_text()


def run(code: str, folder: Path, weights: Path) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", code, str(folder), str(weights)]
    return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)


def test_many_threads_at_once(model: ReaderModel) -> None:
    expected = bits(model.score(QUESTION, TEXTS))
    with ThreadPoolExecutor(6) as pool:
        for found in pool.map(lambda _: bits(model.score(QUESTION, TEXTS)), range(6)):
            assert found == expected


def test_works_on_after_close(model: ReaderModel) -> None:
    before = bits(model.score(QUESTION, TEXTS))
    model.close()
    model.close()
    assert bits(model.score(QUESTION, TEXTS)) == before


@pytest.mark.parametrize(
    ("odd", "plain"),
    [("storm\x00 warning", "storm warning"), ("STORM \ud800warning", "storm warning")],
)
def test_odd_characters(model: ReaderModel, odd: str, plain: str) -> None:
    assert bits(model.score(odd, [(odd, odd)])) == bits(model.score(plain, [(plain, plain)]))


def test_name_tells_weights_and_precision(model: ReaderModel, weights: Path) -> None:
    assert model.name == f"minilm-reader/{file_digest(weights)[:8]}/int8"


def test_other_weights_are_another_model(folder: Path, tmp_path: Path, model: ReaderModel) -> None:
    other = ReaderModel.open(folder, weights=write_made_up(tmp_path / "other", seed=2))
    assert other.name != model.name
    assert bits(other.score(QUESTION, TEXTS)) != bits(model.score(QUESTION, TEXTS))


def test_damaged_graph_is_built_anew(tmp_path: Path, weights: Path, model: ReaderModel) -> None:
    ReaderModel.open(tmp_path, weights=weights)
    (graph,) = (tmp_path / "models").glob("*.onnx")
    whole = graph.read_bytes()
    graph.write_bytes(whole[: len(whole) // 2])
    again = ReaderModel.open(tmp_path, weights=weights)
    assert graph.read_bytes() == whole
    assert bits(again.score(QUESTION, TEXTS)) == bits(model.score(QUESTION, TEXTS))


def test_missing_and_damaged_weights(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"none.*cannot be read.*Install Dateline again"):
        ReaderModel.open(tmp_path, weights=tmp_path / "none")
    (tmp_path / "empty").write_bytes(b"")
    with pytest.raises(ModelError, match="empty are damaged"):
        ReaderModel.open(tmp_path, weights=tmp_path / "empty")
    assert not (tmp_path / "models").exists()


def test_folder_that_cannot_be_used(tmp_path: Path, weights: Path) -> None:
    (tmp_path / "models").write_text("a file")
    with pytest.raises(DataFolderError, match="--data"):
        ReaderModel.open(tmp_path, weights=weights)


def test_machine_whose_arithmetic_strays_gets_fp32(
    tmp_path: Path, weights: Path, model: ReaderModel, caplog: pytest.LogCaptureFixture
) -> None:
    ReaderModel.open(tmp_path, weights=weights)
    (path,) = (tmp_path / "models").glob("*.onnx")
    graph = onnx.load(path)
    # Coarser weights stand in for a processor that saturates.
    for tensor in graph.graph.initializer:
        if tensor.data_type == onnx.TensorProto.INT8 and "layer" in tensor.name:
            tensor.raw_data = np.clip(np.frombuffer(tensor.raw_data, np.int8), -4, 4).tobytes()
    path.write_bytes(graph.SerializeToString())
    path.with_suffix(".sha256").write_text(hashlib.sha256(path.read_bytes()).hexdigest())
    with caplog.at_level(logging.WARNING):
        found = ReaderModel.open(tmp_path, weights=weights)
    assert found.name == model.name.replace("int8", "fp32")
    assert "fp32" in caplog.text
    exact, quantised = found.score(QUESTION, TEXTS)[0], model.score(QUESTION, TEXTS)[0]
    assert np.corrcoef(exact.starts, quantised.starts)[0, 1] > 0.98
    assert not np.array_equal(exact.starts, quantised.starts)


def test_reading_ends_as_soon_as_nobody_waits(model: ReaderModel) -> None:
    looked: list[None] = []

    def leave() -> None:
        looked.append(None)
        raise AskerLeft("gone")

    with pytest.raises(AskerLeft):
        model.score(QUESTION, TEXTS, leave)
    assert 1 <= len(looked) <= len(TEXTS)
    assert len(model.score(QUESTION, TEXTS)) == len(TEXTS)
