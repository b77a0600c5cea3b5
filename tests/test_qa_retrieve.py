"""Fusing two lists, nearness in time, and near-identical passages."""

from __future__ import annotations

import math
from datetime import date
from pathlib import Path

import pytest

from index.config import IndexConfig
from index.ingest import Ingest
from index.records import Filters, Found, Hit, Passage, Scored
from index.store import Store
from qa.days import Period, calendar_period
from qa.retrieve import (
    RetrievalConfig,
    Retriever,
    closeness,
    collapse,
    gather,
    nearest_to,
)
from tests.fakes import FakeEmbedder
from tests.test_index_chunk import WordTokenizer


def hit(number: int, text: str, score: float) -> Hit:
    return Hit(Passage(f"p{number}", f"a{number}", 0, len(text), text), score, {})


def test_what_each_index_says_is_gathered_and_bm25_is_scaled_over_its_list() -> None:
    dense = [Scored("a", 0.9), Scored("b", 0.7)]
    lexical = [Scored("b", 12.0), Scored("c", 7.0), Scored("d", 2.0)]
    parts = gather(dense, lexical)
    assert parts["a"] == {"dense": 0.9, "dense_rank": 1}
    assert parts["b"] == pytest.approx(
        {"dense": 0.7, "dense_rank": 2, "lexical": 12, "lexical_rank": 1, "lexical_scaled": 1}
    )
    assert [parts[one]["lexical_scaled"] for one in "bcd"] == pytest.approx([1, 0.5, 0])
    assert gather([], []) == {}
    assert gather([], [Scored("a", 3.0)])["a"]["lexical_scaled"] == 1


def test_near_identical_passages_take_one_place_and_are_counted() -> None:
    story = "The ferry between the two islands was halted on Monday after a storm broke its ramp."
    copies = [hit(1, story, 0.9), hit(2, story + " Agencies.", 0.8)]
    other = hit(3, "Repairs to the ramp will take until spring, the harbour master said.", 0.7)
    again = hit(4, story.upper(), 0.6)
    kept = collapse([*copies, other, again], k=3, share=0.8)
    assert [one.passage.id for one in kept] == ["p1", "p3"]
    assert kept[0].parts["copies"] == 2
    assert len(collapse([*copies, other, again], k=1, share=0.8)) == 1
    assert len(collapse([*copies, other, again], k=9, share=1.1)) == 4


STORY = "The council of Oldport voted to close the ferry line. Nobody spoke against it."


@pytest.fixture
def retriever(tmp_path: Path):
    config = IndexConfig(data=tmp_path / "data")
    embedder = FakeEmbedder()
    store = Store.open(config, "fake", embedder.dimension, "a test")
    rows = [
        Found("x", "1", STORY, id="old", source="Gazette", published="2024-01-01"),
        Found("x", "2", f"On Friday. {STORY} It was late.", id="new", source="Courier",
              published="2024-06-01"),
        Found("x", "3", f"In brief. {STORY} Others shrugged, and went home to eat.", id="undated"),
        Found("x", "4", "Bakers baked bread.", id="bread", published="2024-06-01"),
    ]  # fmt: skip
    Ingest(store, embedder, WordTokenizer(), config).run(rows)
    # Copies are kept here: the rows differ in little but their dates.
    yield Retriever(store, embedder, RetrievalConfig(copy_share=2.0))
    store.close()


def found(retriever: Retriever, **arguments) -> list[str]:
    hits = retriever.retrieve("Oldport ferry line closed", 3, **arguments)
    return [one.passage.article_id for one in hits]


def test_an_article_near_the_day_asked_about_comes_first(retriever: Retriever) -> None:
    assert found(retriever, as_of=date(2024, 1, 2))[0] == "old"
    late = retriever.retrieve("Oldport ferry line closed", 3, as_of=date(2024, 6, 2))
    nearness = {one.passage.article_id: one.parts["nearness"] for one in late}
    assert nearness["new"] == pytest.approx(1.58, abs=0.01)
    assert nearness["old"] == pytest.approx(1.004, abs=0.01)
    assert min(nearness.values()) < nearness["undated"] < max(nearness.values())


def test_a_time_that_is_over_is_what_articles_are_near_to(retriever: Retriever) -> None:
    late = date(2025, 2, 1)
    asked = "Oldport ferry line closed in January 2024"
    hits = retriever.retrieve(asked, 3, as_of=late)
    assert hits[0].passage.article_id == "old"
    nearness = {one.passage.article_id: one.parts["nearness"] for one in hits}
    assert nearness["old"] == pytest.approx(1.6)
    assert nearness["new"] < 1.02
    alone = Retriever(
        retriever._store, FakeEmbedder(), RetrievalConfig(copy_share=2.0, named_times=False)
    )
    nearness = {
        one.passage.article_id: one.parts["nearness"] for one in alone.retrieve(asked, 4, late)
    }
    assert nearness["new"] > nearness["old"]


def test_without_a_day_of_asking_time_does_not_count(retriever: Retriever) -> None:
    hits = retriever.retrieve("Oldport ferry line closed in January 2024", 4)
    assert {one.parts["nearness"] for one in hits} == {1.0}


def test_an_undated_article_has_the_mean_gain_of_the_most_relevant(retriever: Retriever) -> None:
    config = RetrievalConfig(copy_share=2.0, undated_as=2)
    asked = Retriever(retriever._store, FakeEmbedder(), config)
    hits = asked.retrieve("Oldport ferry line closed", 4, date(2024, 6, 2))
    nearness = {one.passage.article_id: one.parts["nearness"] for one in hits}
    # The bread is of the very day too, and not among the two most relevant.
    assert nearness["undated"] == pytest.approx((nearness["old"] + nearness["new"]) / 2)
    only = asked.retrieve(
        "Oldport ferry line closed", 4, date(2024, 6, 2), Filters(published_from=date(2025, 1, 1))
    )
    assert [(one.passage.article_id, one.parts["nearness"]) for one in only] == [("undated", 1.0)]


@pytest.mark.parametrize(
    ("question", "first", "last"),
    [
        ("Who spoke in May?", date(2024, 5, 1), date(2024, 5, 31)),
        ("Who spoke on Friday?", date(2024, 5, 31), date(2024, 5, 31)),
        ("Who spoke?", date(2024, 6, 2), date(2024, 6, 2)),
        ("Who spoke this month?", date(2024, 6, 2), date(2024, 6, 2)),
        ("Who will speak next year?", date(2024, 6, 2), date(2024, 6, 2)),
    ],
)
def test_what_articles_are_near_to(question: str, first: date, last: date) -> None:
    assert nearest_to(question, date(2024, 6, 2)) == Period(first, last)
    assert nearest_to(question, None) is None


def test_closeness_falls_with_the_days_from_a_period() -> None:
    may, year = calendar_period(2024, 5), calendar_period(2023)
    assert [closeness(date(2024, 5, day), may, 30) for day in (1, 31)] == [1, 1]
    assert closeness(date(2024, 4, 1), may, 30) == pytest.approx(math.exp(-1))
    assert closeness(date(2024, 7, 1), may, 31) == pytest.approx(math.exp(-1))
    # A year is told of for a year after it, and before it no longer than a day is.
    assert closeness(date(2024, 12, 30), year, 30) == pytest.approx(math.exp(-1), abs=0.01)
    assert closeness(date(2022, 12, 2), year, 30) == pytest.approx(math.exp(-1))
    assert closeness(date(2024, 5, 1), Period(date.min, date(2019, 12, 31)), 30) > 0.99


def test_filters_keep_undated_articles_unless_told_otherwise(retriever: Retriever) -> None:
    june = Filters(published_from=date(2024, 5, 1), published_to=date(2024, 7, 1))
    assert set(found(retriever, filters=june)) == {"new", "undated", "bread"}
    strict = Filters(published_from=date(2024, 5, 1), keep_undated=False)
    assert set(found(retriever, filters=strict)) == {"new", "bread"}
    assert found(retriever, filters=Filters(sources=("gazette",))) == ["old"]
    assert found(retriever, filters=Filters(sources=("Nobody",))) == []


def test_scores_are_between_0_and_1_and_fall(retriever: Retriever) -> None:
    hits = retriever.retrieve("Oldport ferry", 4, as_of=date(2024, 6, 2))
    scores = [one.score for one in hits]
    assert scores == sorted(scores, reverse=True)
    assert all(0 <= score <= 1 for score in scores)


def test_a_passage_that_only_the_words_found_has_its_true_cosine(retriever: Retriever) -> None:
    hits = retriever.retrieve("Bakers baked bread", 4)
    for one in hits:
        vector = retriever._store.vectors_of([one.passage.id])[one.passage.id]
        query = FakeEmbedder().embed_query("Bakers baked bread")
        assert one.parts["dense"] == pytest.approx(float(vector @ query), abs=1e-4)
