"""Whatever stands in a dataset's file, a reader gives a dataset or says what is wrong."""

from __future__ import annotations

import json
import random
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from eval.datasets import read_dataset
from eval.errors import DatasetInvalid
from index.clean import clean
from index.records import Found

SMALL = Path(__file__).parent / "datasets"
TARGETS = [
    ("beir", "beir", "corpus.jsonl"),
    ("beir", "beir", "queries.jsonl"),
    ("squad", "squad/version-1.1.json", ""),
    ("realtimeqa", "realtimeqa", "questions.jsonl"),
    ("realtimeqa", "realtimeqa", "articles.jsonl"),
    ("multihop-rag", "multihop_rag", "corpus.json"),
    ("multihop-rag", "multihop_rag", "MultiHopRAG.json"),
    ("clapnq", "clapnq", "answerable.jsonl"),
]
HOSTILE = [
    None, True, 0, -1, 10**30, 1e308, "", " ", "\x00", "\ud800", "\u202e", "<script>", "x" * 3000,
    "../../etc", "a\u2028b", "🌉", [], {}, [[]], [None], {"url": 1}, {"": ""},
]  # fmt: skip


def places(value: Any) -> Iterator[tuple[Any, Any]]:
    """(container, key) of everything in a JSON value."""
    pairs = value.items() if isinstance(value, dict) else enumerate(value)
    for key, one in list(pairs):
        yield value, key
        if isinstance(one, dict | list):
            yield from places(one)


@pytest.mark.parametrize(("name", "path", "file"), TARGETS)
def test_a_file_with_anything_anywhere_is_read_or_refused(
    name: str, path: str, file: str, tmp_path: Path
) -> None:
    if (SMALL / path).is_dir():
        target = shutil.copytree(SMALL / path, tmp_path / "small") / file
        named = tmp_path / "small"
    else:
        named = target = Path(shutil.copy(SMALL / path, tmp_path))
    by_line = target.suffix == ".jsonl"
    text = target.read_text()
    chance = random.Random(file + path)
    refused = 0
    for _ in range(40):
        value = [json.loads(row) for row in text.splitlines()] if by_line else json.loads(text)
        container, key = chance.choice(list(places(value)))
        if chance.random() < 0.1:
            del container[key]
        else:
            container[key] = chance.choice(HOSTILE)
        rows = [json.dumps(row) for row in value] if by_line else [json.dumps(value)]
        target.write_text("\n".join(rows))
        try:
            dataset = read_dataset(name, named)
        except DatasetInvalid as error:
            assert str(tmp_path) in str(error) and len(str(error)) < 700
            refused += 1
            continue
        for one in dataset.corpus():
            assert not isinstance(one, Found) or clean(one)
        for case in dataset.cases:
            "".join((case.id, case.question, *case.answers, *case.relevant)).encode()
    assert refused or file == "articles.jsonl"
