"""The file of the reader's weights: what comes back, and what happens to bad ones."""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from safetensors import safe_open
from safetensors.numpy import load_file, save_file

from eval.train.export import write_delta
from index.errors import ModelError
from qa.reader_delta import FROZEN, METADATA, content_digest, merged, read_delta

MATRIX, VECTOR = "encoder.layer.0.output.dense.weight", "encoder.layer.0.output.dense.bias"
SAME = "encoder.layer.1.output.dense.weight"
Tensors = dict[str, np.ndarray]


def noise(seed: int, *shape: int, size: float = 1.0) -> np.ndarray:
    return np.random.default_rng(seed).normal(0, size, shape).astype(np.float32)


@pytest.fixture
def base() -> Tensors:
    return {
        FROZEN: noise(1, 30, 128),
        MATRIX: noise(2, 12, 128),
        VECTOR: noise(3, 12),
        SAME: noise(4, 12, 128),
        "embeddings.position_ids": np.arange(5)[None],
    }


@pytest.fixture
def tuned(base: Tensors) -> Tensors:
    return {
        FROZEN: base[FROZEN],
        MATRIX: base[MATRIX] + noise(5, 12, 128, size=1e-3),
        VECTOR: base[VECTOR] + noise(6, 12, size=1e-3),
        SAME: base[SAME].copy(),
        "span.weight": noise(7, 2, 128),
        "span.bias": noise(8, 2),
        "answers.weight": noise(9, 1, 128),
        "answers.bias": noise(10, 1),
    }


@pytest.fixture
def path(base: Tensors, tuned: Tensors, tmp_path: Path) -> Path:
    write_delta(base, tuned, tmp_path / "reader.safetensors", facts={"seed": "7"})
    return tmp_path / "reader.safetensors"


@pytest.mark.parametrize(("bits", "levels"), [(8, 127), (4, 7)])
def test_what_was_written_comes_back(
    base: Tensors, tuned: Tensors, tmp_path: Path, bits: int, levels: int
) -> None:
    tuned[MATRIX][3] = base[MATRIX][3]  # a row that learned nothing
    write_delta(base, tuned, tmp_path / "file", bits)
    weights = merged(base, tmp_path / "file")
    assert weights.keys() == tuned.keys()
    assert {value.dtype for value in weights.values()} == {np.dtype(np.float32)}
    for name in weights.keys() - {MATRIX, VECTOR}:
        assert np.array_equal(weights[name], tuned[name])
    assert np.abs(weights[VECTOR] - tuned[VECTOR]).max() < 1e-6
    # Half a step of the largest difference of the row (8 bits) or of its half (4 bits).
    width = 128 if bits == 8 else 64
    difference = (tuned[MATRIX] - base[MATRIX]).reshape(12, -1, width)
    error = np.abs(weights[MATRIX] - tuned[MATRIX]).reshape(12, -1, width)
    step = np.abs(difference).max(axis=2, keepdims=True) / levels
    assert (error <= step * 0.51 + 1e-6).all()
    assert error.max() > 0
    assert np.array_equal(weights[MATRIX][3], base[MATRIX][3])


def test_differences_too_small_for_half_precision_survive_4_bits(
    base: Tensors, tuned: Tensors, tmp_path: Path
) -> None:
    base[MATRIX] *= 0
    tuned[MATRIX] = noise(11, 12, 128, size=1e-8)
    write_delta(base, tuned, tmp_path / "file", 4)
    found = merged(base, tmp_path / "file")[MATRIX]
    assert np.corrcoef(found.ravel(), tuned[MATRIX].ravel())[0, 1] > 0.98


def test_only_what_changed_is_in_the_file(path: Path) -> None:
    names = load_file(path).keys()
    heads = {f"{head}.{kind}" for head in ("span", "answers") for kind in ("weight", "bias")}
    assert names == {MATRIX, MATRIX + ".scales", VECTOR} | heads


def test_the_same_weights_give_the_same_bytes(
    base: Tensors, tuned: Tensors, path: Path, tmp_path: Path
) -> None:
    backwards = dict(reversed(tuned.items()))
    write_delta(base, backwards, tmp_path / "again", facts={"seed": "7"})
    assert (tmp_path / "again").read_bytes() == path.read_bytes()


def test_facts(path: Path) -> None:
    assert read_delta(path).facts == {"seed": "7"}
    assert read_delta(path).bits == 8


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (lambda tuned: tuned.pop("span.bias"), "lack the head 'span'"),
        (lambda tuned: tuned.update(pooler=noise(1, 3)), "'pooler' is neither"),
        (lambda tuned: tuned.update({VECTOR: noise(1, 13)}), "not (12,)"),
        (lambda tuned: tuned[MATRIX].__setitem__((0, 0), np.nan), "not finite"),
        (lambda tuned: tuned.update({FROZEN: tuned[FROZEN] + 1}), "must stay as it is"),
    ],
)
def test_weights_that_cannot_be_meant(
    base: Tensors, tuned: Tensors, tmp_path: Path, change: Callable[[Tensors], Any], told: str
) -> None:
    change(tuned)
    with pytest.raises(ValueError) as raised:
        write_delta(base, tuned, tmp_path / "file")
    assert told in str(raised.value)
    assert not (tmp_path / "file").exists()


def test_bits_that_are_not_known(base: Tensors, tuned: Tensors, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="4 or 8"):
        write_delta(base, tuned, tmp_path / "file", 3)


def test_missing_file(base: Tensors, tmp_path: Path) -> None:
    for path in (tmp_path / "none", tmp_path):
        with pytest.raises(ModelError, match=r"cannot be read \(.+\)\. Put back the file"):
            merged(base, path)


def test_a_file_cut_off_anywhere(base: Tensors, path: Path) -> None:
    whole = path.read_bytes()
    for length in [*range(12), 100, len(whole) // 2, len(whole) - 1]:
        path.write_bytes(whole[:length])
        with pytest.raises(ModelError, match="install Dateline again"):
            merged(base, path)


def test_a_byte_changed_anywhere(base: Tensors, path: Path) -> None:
    whole = path.read_bytes()
    expected = merged(base, path)
    chance = random.Random(3)
    size = int.from_bytes(whole[:8], "little")
    places = [*range(8), *chance.sample(range(8, 8 + size), 300)]
    for place in places + chance.sample(range(8 + size, len(whole)), 100):
        changed = bytes([whole[place] ^ 1 << chance.randrange(8)])
        path.write_bytes(whole[:place] + changed + whole[place + 1 :])
        try:
            found = merged(base, path)
        except ModelError:
            continue
        # White space between the header's entries says nothing.
        assert found.keys() == expected.keys()
        assert all(np.array_equal(found[name], expected[name]) for name in found)


def test_bytes_that_are_no_weights(base: Tensors, tmp_path: Path) -> None:
    chance = random.Random(4)
    headers = [
        "[]", "null", "{}", '{"__metadata__": 3}', '{"__metadata__": {"reader": 3}}',
        '{"__metadata__": {"reader": "{"}}', '{"__metadata__": {"reader": "' + "[" * 9000 + '"}}',
        '{"__metadata__": {"reader": "[1]"}}', '{"a": {"dtype": "BF16", "shape": [0], '
        '"data_offsets": [0, 0]}}',
    ]  # fmt: skip
    bad = [len(header).to_bytes(8, "little") + header.encode() for header in headers]
    bad += [chance.randbytes(chance.randrange(200)) for _ in range(100)]
    bad += [bytes(8) + b"{}", b"\xff" * 8, b"version https://git-lfs.github.com/spec/v1\n"]
    for content in bad:
        (tmp_path / "file").write_bytes(content)
        with pytest.raises(ModelError):
            merged(base, tmp_path / "file")


def forge(
    path: Path,
    tensors: Callable[[Tensors], Any] = lambda _: None,
    header: Callable[[dict], Any] = lambda _: None,
) -> None:
    """Change a file's content and digest it again, as another program or release might."""
    held = load_file(path)
    with safe_open(path, "np") as file:
        told = json.loads(file.metadata()[METADATA])
    tensors(held)
    header(told)
    told["digest"] = content_digest(told, held)
    save_file(held, path, {METADATA: json.dumps(told)})


@pytest.mark.parametrize(
    ("header", "told"),
    [
        (lambda header: header.update(format="dateline-reader/9"), "format"),
        (lambda header: header.update(bits=5), "format"),
        (lambda header: header.update(bits="8"), "format"),
        (lambda header: header.update(bits=[8]), "format"),
        (lambda header: header.pop("bits"), "format"),
        (lambda header: header.update(facts=[1]), "format"),
        (lambda header: header.update(facts={"a": 1}), "format"),
        (lambda header: header.update(base="0" * 64), "another base model"),
    ],
)
def test_file_of_another_kind(
    base: Tensors, path: Path, header: Callable[[dict], Any], told: str
) -> None:
    forge(path, header=header)
    with pytest.raises(ModelError, match=told):
        merged(base, path)


@pytest.mark.parametrize(
    ("tensors", "told"),
    [
        (lambda held: held.pop("answers.weight"), "lacks 'answers.weight'"),
        (lambda held: held.pop(MATRIX + ".scales"), "lacks .*scales"),
        (lambda held: held.update({MATRIX: held[MATRIX][:5]}), "not int8"),
        (lambda held: held.update({MATRIX: held[MATRIX].view(np.uint8)}), "not int8"),
        (lambda held: held.update({VECTOR: held[VECTOR][None]}), "not float32"),
        (lambda held: held.update({"span.bias": np.float32([1, np.inf])}), "not finite"),
        (lambda held: held[MATRIX + ".scales"].fill(np.nan), "not finite"),
        (lambda held: held.update(more=noise(1, 3)), "nothing is known of its 'more'"),
        (lambda held: held.update({FROZEN: noise(1, 30, 128)}), "nothing is known"),
        (lambda held: held.update({"embeddings.position_ids": noise(1, 1, 5)}), "nothing is"),
    ],
)
def test_tensors_that_do_not_fit(
    base: Tensors, path: Path, tensors: Callable[[Tensors], Any], told: str
) -> None:
    forge(path, tensors)
    with pytest.raises(ModelError, match=f"don't fit: .*{told}"):
        merged(base, path)


def test_wrong_number_of_bits(base: Tensors, path: Path) -> None:
    forge(path, header=lambda header: header.update(bits=4))
    with pytest.raises(ModelError, match="not uint8"):
        merged(base, path)
