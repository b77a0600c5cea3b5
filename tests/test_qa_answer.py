"""Answering as a whole, with readers that misbehave and articles that change under it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from index.config import IndexConfig
from index.ingest import Ingest
from index.records import Found
from index.store import Store
from qa.answer import Answerer
from qa.config import ReaderConfig
from qa.errors import QuestionTooLong
from qa.listen import never
from qa.records import AbstainReason, Question, Reading, Status
from qa.retrieve import Retriever
from tests.fakes import FakeEmbedder
from tests.passages import reader
from tests.test_index_chunk import WordTokenizer

QUESTION = Question("Who closed the Oldport ferry line?", as_of=date(2024, 6, 1))


class ChangingReader:
    """A reader, with something done before each reading or to its findings."""

    name = "changing"

    def __init__(
        self,
        before: Callable[[], None] = lambda: None,
        after: Callable[[Reading], Reading] = lambda reading: reading,
    ) -> None:
        self._reader = reader()
        self._before = before
        self._after = after
        self.readings = 0

    def read(self, question, hits, check=never) -> Reading:
        self.readings += 1
        self._before()
        return self._after(self._reader.read(question, hits, check))


@pytest.fixture
def store(tmp_path: Path):
    config = IndexConfig(data=tmp_path / "data")
    embedder = FakeEmbedder()
    store = Store.open(config, "fake", embedder.dimension, "a test")
    rows = [
        Found("x", "1", "Mayor Ada Lind closed the Oldport ferry line on Monday.", id="lind"),
        Found("x", "2", "The Oldport ferry line was closed by Mayor Ada Lind.", id="again"),
    ]
    Ingest(store, embedder, WordTokenizer(), config).run(rows)
    yield store
    store.close()


def answerer(store: Store, reader) -> Answerer:
    return Answerer(store, Retriever(store, FakeEmbedder()), reader, ReaderConfig())


def test_an_article_withdrawn_while_it_is_read_is_not_cited(store: Store) -> None:
    left = ["lind", "again"]

    def withdraw() -> None:
        if len(left) == 2:
            store.withdraw(left.pop(0))

    changing = ChangingReader(before=withdraw)
    answer = answerer(store, changing).ask(QUESTION)
    assert changing.readings == 2
    assert {one.article_id for one in answer.citations} == {"again"}
    assert {one.article_id for one in answer.passages} == {"again"}


def test_when_everything_goes_while_it_is_read_the_answer_is_an_abstention(store: Store) -> None:
    def withdraw() -> None:
        for article_id, _ in list(store.catalogue.fingerprints()):
            store.withdraw(article_id)

    answer = answerer(store, ChangingReader(before=withdraw)).ask(QUESTION)
    assert answer.status is Status.ABSTAINED
    assert answer.citations == answer.passages == ()
    assert answer.short_answer is None


def test_a_reader_that_makes_up_its_quotes_is_never_shown(store: Store) -> None:
    def invent(reading: Reading) -> Reading:
        passages = [
            replace(one.hit, passage=replace(one.hit.passage, text="Nobody closed it. " * 3))
            for one in reading.findings
        ]
        made_up = [
            replace(one, hit=hit) for one, hit in zip(reading.findings, passages, strict=True)
        ]
        return replace(reading, findings=tuple(made_up))

    answer = answerer(store, ChangingReader(after=invent)).ask(QUESTION)
    assert answer.status is Status.ABSTAINED
    assert answer.abstain_reason is AbstainReason.LOW_SUPPORT
    assert "Nobody" not in answer.text
    assert answer.citations == ()


def test_a_short_answer_from_outside_its_quote_is_never_shown(store: Store) -> None:
    def elsewhere(reading: Reading) -> Reading:
        best = reading.findings[0]
        beyond = (best.end + 5, best.end + 12)
        return replace(reading, findings=(replace(best, span=beyond, span_score=1.0),))

    answer = answerer(store, ChangingReader(after=elsewhere)).ask(QUESTION)
    assert answer.short_answer is None
    assert answer.status is Status.ABSTAINED


def test_a_question_of_any_length_is_answered_or_refused(store: Store) -> None:
    asking = answerer(store, reader())
    assert asking.ask(replace(QUESTION, text="who " * 999)).text
    with pytest.raises(QuestionTooLong, match="4000 or fewer"):
        asking.ask(replace(QUESTION, text="x" * 100_000))


@pytest.mark.parametrize("text", ["", "   ", "?!", "\x00\x00", "🙂🙂", "asdfghjkl"])
def test_what_is_no_question_is_said_to_be_none(store: Store, text: str) -> None:
    answer = answerer(store, reader()).ask(replace(QUESTION, text=text))
    assert answer.status is Status.ABSTAINED
    assert answer.abstain_reason in (
        AbstainReason.NOT_A_QUESTION,
        AbstainReason.NO_RELEVANT_PASSAGES,
        AbstainReason.LOW_SUPPORT,
    )
