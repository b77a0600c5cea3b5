"""What the readers of datasets say of articles holds for them once they are really indexed."""

from __future__ import annotations

import gzip
import shutil
from pathlib import Path

import pytest

from eval.datasets import read_dataset
from index.config import IndexConfig
from index.ingest import Ingest
from index.records import Found
from index.report import Outcome
from index.store import Store
from tests.fakes import FakeEmbedder
from tests.test_index_chunk import WordTokenizer

SMALL = Path(__file__).parent / "datasets"
ALL = [
    ("beir", "beir"),
    ("squad", "squad/version-1.1.json"),
    ("squad", "squad/version-2.0.json"),
    ("realtimeqa", "realtimeqa"),
    ("multihop-rag", "multihop_rag"),
    ("clapnq", "clapnq"),
]


@pytest.mark.parametrize(("name", "path"), ALL)
def test_relevant_articles_and_quotes_are_there_once_indexed(
    name: str, path: str, tmp_path: Path
) -> None:
    dataset = read_dataset(name, SMALL / path)
    assert dataset.name == name and dataset.cases
    embedder = FakeEmbedder()
    config = IndexConfig(data=tmp_path)
    store = Store.open(config, "fake", embedder.dimension, "a test")
    try:
        report = Ingest(store, embedder, WordTokenizer(), config).run(dataset.corpus())
        assert not report.counts[Outcome.DUPLICATE] and not report.counts[Outcome.UPDATED]
        articles = set(dict(store.catalogue.fingerprints()))
        for case in dataset.cases:
            assert set(case.relevant) <= articles, case.id
            for one in (one for fact in case.evidence for one in fact):
                assert one.quote in store.catalogue.article(one.article).article.text, case.id
    finally:
        store.close()


@pytest.mark.parametrize(("name", "path"), ALL)
def test_the_corpus_may_be_read_again_and_case_ids_differ(name: str, path: str) -> None:
    dataset = read_dataset(name, SMALL / path)
    first, second = list(dataset.corpus()), list(dataset.corpus())
    assert first == second and any(isinstance(one, Found) for one in first)
    ids = [case.id for case in dataset.cases]
    assert len(set(ids)) == len(ids)
    again = read_dataset(name, SMALL / path)
    assert again.cases == dataset.cases and again.fingerprint == dataset.fingerprint


@pytest.mark.parametrize(("name", "path"), ALL)
def test_marks_line_ends_blank_lines_and_packing_change_nothing(
    name: str, path: str, tmp_path: Path
) -> None:
    plain = read_dataset(name, SMALL / path)
    copy = tmp_path / "copy"
    shutil.copytree(SMALL, copy)
    for file in (one for one in copy.rglob("*") if one.is_file()):
        content = file.read_bytes().replace(b"\n", b"\r\n\r\n")
        packed = file.with_name(f"{file.name}.gz")
        packed.write_bytes(gzip.compress(b"\xef\xbb\xbf" + content))
        file.unlink()
    named = copy / path
    other = read_dataset(name, named if named.exists() else named.with_name(f"{named.name}.gz"))
    assert other.cases == plain.cases
    assert [one.text for one in other.corpus() if isinstance(one, Found)] == [
        one.text for one in plain.corpus() if isinstance(one, Found)
    ]
    assert other.fingerprint != plain.fingerprint  # it tells of the files, not of what they mean
