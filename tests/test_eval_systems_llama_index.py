"""The plain llama-index pipeline that ours is compared with."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from eval.errors import DatasetInvalid, EvalError
from eval.records import Dataset
from eval.systems import Asked
from eval.systems.llama_index import (
    PlainCounts,
    PlainLlamaIndex,
    _sentences,
    build_plain,
    different,
    plain_counts,
)
from index.clean import clean
from index.config import IndexConfig
from index.ingest import Ingest
from index.records import Filters, Found, Rejected
from index.store import Store
from index.tokens import MAX_TOKENS, ModelTokenizer
from tests.fakes import FakeEmbedder

FERRY = "The ferry to the island sank at night. Nobody was hurt, the harbour master said."
MAYOR = "The mayor of Northtown resigned on Monday. Her deputy takes over until the election."
COMET = "A comet was seen over the lake. Astronomers had expected it for years."


def found(id: str, text: str, title: str = "", **changes) -> Found:
    return Found(origin=f"{id}.txt", key=id, text=text, id=id, title=title, **changes)


@pytest.fixture
def built(tmp_path: Path) -> Path:
    build_plain(
        [found("ferry", FERRY, "Ferry sinks"), found("mayor", MAYOR, "Mayor resigns")],
        tmp_path,
        FakeEmbedder(),
        fingerprint="abc",
    )
    return tmp_path


def test_finds_the_article_and_gives_no_answer(built: Path) -> None:
    system = PlainLlamaIndex(built, FakeEmbedder())
    try:
        prediction = system.answer(Asked("who resigned as mayor?"))
        settings = system.settings()
    finally:
        system.close()
    assert prediction.status is None and not prediction.is_answer
    first = prediction.passages[0]
    assert (first.article_id, first.title, first.start) == ("mayor", "Mayor resigns", 0)
    assert first.text == clean(found("mayor", MAYOR, "Mayor resigns")).text
    scores = [one.score for one in prediction.passages]
    assert scores == sorted(scores, reverse=True)
    assert settings == {"embedding_model": "fake", "index_version": "2-2-abc"}


def test_articles_are_added_to_both_searches(built: Path) -> None:
    more = [found("comet", COMET, "Comet seen"), found("again", MAYOR, "Mayor resigns")]
    counts = build_plain(more, built, FakeEmbedder())  # the second is there under another id
    assert counts == PlainCounts(3, 3) == plain_counts(built)
    system = PlainLlamaIndex(built, FakeEmbedder())
    try:
        for question, wanted in (("comet over the lake", "comet"), ("ferry island", "ferry")):
            first = system.answer(Asked(question)).passages[0]
            # The best of both lists: 1/60 from each, by reciprocal rank from 0.
            assert (first.article_id, first.score) == (wanted, pytest.approx(2 / 60))
    finally:
        system.close()


@pytest.mark.parametrize("question", ["", "???", "zxqwv", "x " * 2000, "\x00\u202e <b>mayor</b>"])
def test_any_question_is_answered_with_passages(built: Path, question: str) -> None:
    system = PlainLlamaIndex(built, FakeEmbedder())
    try:
        assert len(system.answer(Asked(question)).passages) == 2
    finally:
        system.close()


def test_takes_the_articles_that_ours_takes(tmp_path: Path) -> None:
    articles = [
        found("ferry", FERRY, source="Gazette"),
        found("ferry", FERRY, source="Gazette"),  # the same id
        found("copy", FERRY, source="Gazette"),  # the same article under another id
        found("other outlet", FERRY, source="Courier"),
        found("changed", MAYOR),
        found("changed", COMET),  # the same id with other content
        found("blank", " \n"),
        Rejected("x.txt", "is empty"),
    ]
    config, embedder = IndexConfig(data=tmp_path), FakeEmbedder()
    store = Store.open(config, "fake", embedder.dimension, "a test")
    try:
        Ingest(store, embedder, ModelTokenizer(), config).run(articles)
        ours = set(dict(store.catalogue.fingerprints()))
    finally:
        store.close()
    taken = [one.id for one in different(articles)]
    assert len(taken) == len(set(taken)) == 3
    assert set(taken) == ours


def test_the_model_reads_every_piece_to_its_end(tmp_path: Path) -> None:
    class Recorder(FakeEmbedder):
        texts: list[str] = []

        def embed_passages(self, texts: Sequence[str]) -> np.ndarray:
            self.texts += texts
            return super().embed_passages(texts)

    words = "Northumberland's antidisestablishmentarianism, reconsidered; unfathomable weather. "
    text = words * 120 + "x" * 3000 + " " + "日本語の記事です。" * 200
    build_plain([found("long", text, "An overlong headline " * 24)], tmp_path, Recorder())
    tokenizer = ModelTokenizer()
    lengths = [tokenizer.count(one) + 2 for one in Recorder.texts]
    assert len(lengths) > 10
    assert max(lengths) <= MAX_TOKENS
    assert all(one.startswith("title: An overlong headline") for one in Recorder.texts)


@pytest.mark.parametrize("text", ["", " ", "One.", "One. Two!\n\n Three? ", "\n\nA b.\n C d. e"])
def test_sentences_lose_nothing(text: str) -> None:
    assert "".join(_sentences(text)) == text


def test_filters_are_refused(built: Path) -> None:
    system = PlainLlamaIndex(built, FakeEmbedder())
    try:
        with pytest.raises(EvalError, match="filter"):
            system.answer(Asked("who?", filters=Filters(sources=("Gazette",))))
    finally:
        system.close()


def test_what_is_not_finished_or_of_other_articles_is_refused(built: Path) -> None:
    dataset = Dataset("gold", (), lambda: [], "other")
    (built / "llama-index").mkdir()
    (built / "built.json").rename(built / "llama-index" / "built.json")
    with pytest.raises(DatasetInvalid, match="another dataset"):
        PlainLlamaIndex.over(dataset, built)
    with pytest.raises(DatasetInvalid, match="no finished"):
        PlainLlamaIndex(built, FakeEmbedder())
    assert plain_counts(built) is None
    (built / "built.json").write_text("{")
    with pytest.raises(DatasetInvalid, match=r"built\.json can't be read"):
        PlainLlamaIndex(built, FakeEmbedder())


def test_no_article_is_an_error_and_leaves_nothing_finished(tmp_path: Path) -> None:
    with pytest.raises(DatasetInvalid, match="none of the articles"):
        build_plain([found("blank", " ")], tmp_path, FakeEmbedder())
    assert plain_counts(tmp_path) is None


def test_over_a_dataset_it_is_built_once(sample: Path) -> None:
    told = []

    def articles():
        told.append("read")
        return [found("ferry", FERRY), found("mayor", MAYOR)]

    dataset = Dataset("gold", (), articles, "print")
    for _ in range(2):  # `sample` has the model's graph; the folder's own index is left alone
        system = PlainLlamaIndex.over(dataset, sample)
        try:
            assert system.answer(Asked("who resigned?")).passages[0].article_id == "mayor"
        finally:
            system.close()
    assert told == ["read"]
    assert json.loads((sample / "llama-index" / "built.json").read_text())["articles"] == 2


def test_importing_it_imports_no_llama_index() -> None:
    code = "import sys, eval.systems.llama_index; print('llama_index' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
