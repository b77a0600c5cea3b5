"""What nearness in time gives, measured over a few articles."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import numpy as np
import pytest

from eval.bench.time import (
    OURS_ROW,
    SYSTEMS,
    LatestSearch,
    Outcome,
    Undated,
    asked_later,
    by_kind,
    compared,
    is_stripped,
    outcomes,
    undated_share,
)
from eval.datasets.realtimeqa import AskedQuestion
from index.config import IndexConfig
from index.ingest import Ingest
from index.records import Found
from index.store import Store
from tests.fakes import FakeEmbedder
from tests.test_index_chunk import WordTokenizer

STORY = "The council of Oldport voted to close the ferry line. {} spoke against it."


class CountingEmbedder(FakeEmbedder):
    """Counts the questions that it embeds."""

    def __init__(self) -> None:
        super().__init__()
        self.asked: list[str] = []

    def embed_query(self, text: str) -> np.ndarray:
        self.asked.append(text)
        return super().embed_query(text)


@pytest.fixture
def store(tmp_path: Path):
    config, embedder = IndexConfig(data=tmp_path / "data"), FakeEmbedder()
    store = Store.open(config, "fake", embedder.dimension, "a test")
    rows = [
        Found("x", name, STORY.format(name), id=name, published=day)
        for name, day in {
            "Alder": "2022-01-05", "Birch": "2022-06-01", "Cedar": "2023-01-05",
            "Elm": "2023-06-01", "Fir": "2022-09-01", "Hazel": "2022-11-01",
        }.items()
    ]  # fmt: skip
    Ingest(store, embedder, WordTokenizer(), config).run(rows)
    yield store
    store.close()


def question(text: str, asked_on: date, *answers: str) -> AskedQuestion:
    return AskedQuestion(text, text, asked_on, answers)


def test_this_week_is_asked_about_later_by_the_month_or_the_year() -> None:
    asked = question("Who spoke earlier this week in Oldport?", date(2022, 10, 14), "Alder")
    later = asked_later(asked, "month")
    assert later is not None
    assert later.text == "Who spoke in October 2022 in Oldport?"
    assert later.asked_on == date(2023, 4, 14)
    assert later.answers == ("Alder",)
    by_year = asked_later(asked, "year")
    assert by_year is not None
    assert by_year.text == "Who spoke in 2022 in Oldport?"
    assert by_year.asked_on == date(2023, 10, 14)
    assert (
        asked_later(question("Who spoke this week?", date(2022, 10, 3), "Alder"), "month") is None
    )
    assert (
        asked_later(question("Who spoke on Monday?", date(2022, 10, 14), "Alder"), "month") is None
    )


def outcome(rank: int | None) -> Outcome:
    return Outcome(rank, (False,) * 10)


def test_gains_are_ours_less_the_other() -> None:
    asked = [question(f"{day}", date(2023, 6, day), "x") for day in (1, 9, 20)]
    found = {
        "no nearness": [outcome(2), outcome(None), outcome(1)],
        OURS_ROW: [outcome(1), outcome(None), outcome(1)],
    }
    all_of_them = compared(found, asked)
    assert all_of_them["questions"] == 3
    assert all_of_them["systems"][OURS_ROW] == {
        "R@1": 0.6667, "R@5": 0.6667, "R@10": 0.6667, "MRR@10": 0.6667,
    }  # fmt: skip
    gains = all_of_them["ours gains over"]["no nearness"]
    assert gains["R@1"][0] == pytest.approx(1 / 3, abs=1e-4)
    assert gains["MRR@10"][0] == pytest.approx(1 / 6, abs=1e-4)
    assert gains["R@1"][1] <= gains["R@1"][0] <= gains["R@1"][2]
    assert gains["R@10"] == [0, 0, 0]
    first = compared(found, asked, [True, False, False])
    assert first["questions"] == 1
    assert first["systems"]["no nearness"]["R@1"] == 0


def test_no_questions_have_no_gains() -> None:
    found = compared({name: [] for name in SYSTEMS}, [])
    assert found["questions"] == 0
    assert found["ours gains over"] == {}


def test_questions_that_name_a_time_are_told_apart(store: Store) -> None:
    embedder = CountingEmbedder()
    asked = [
        question("Who spoke of the ferry line in Oldport?", date(2023, 6, 2), "Elm"),
        question("Who spoke of the ferry line in Oldport in June 2022?", date(2023, 6, 2), "Birch"),
    ]
    latest = LatestSearch(store, embedder)
    whole, half = outcomes([latest, Undated(latest, 0.5)], asked)
    found = by_kind(whole, asked)
    assert {kind: of["questions"] for kind, of in found.items()} == {
        "name a time": 1, "name none": 1, "all": 2,
    }  # fmt: skip
    assert found["name a time"]["systems"][OURS_ROW]["R@1"] == 1
    assert found["name a time"]["systems"]["ours, by the day of asking alone"]["R@1"] == 0
    assert found["name none"]["systems"][OURS_ROW]["R@1"] == 1
    assert embedder.asked == [one.text for one in asked]  # once for all systems
    assert not any(any(one.undated) for one in whole[OURS_ROW])
    assert all(any(one.undated) for one in half[OURS_ROW])


def test_a_share_of_the_articles_has_no_date(store: Store) -> None:
    names = ["Alder", "Birch", "Cedar", "Elm", "Fir", "Hazel"]
    stripped = {name for name in names if is_stripped(name, 0.5)}
    assert 0 < len(stripped) < len(names)
    assert not any(is_stripped(name, 0) for name in names)
    assert all(is_stripped(name, 1) for name in names)
    latest = LatestSearch(store, FakeEmbedder())
    half = Undated(latest, 0.5)
    scored = half.search_lexical("ferry", 10, None)
    passages = half.passages([one.passage_id for one in scored])
    assert {one.article_id for one in passages if one.published is None} == stripped


def test_undated_articles_are_counted_among_the_first() -> None:
    asked = [question("a", date(2023, 6, 1), "x"), question("b", date(2023, 6, 20), "x")]
    found = {
        "no nearness": [Outcome(1, (True, False)), Outcome(1, ())],
        OURS_ROW: [Outcome(1, (False, True)), Outcome(1, (True,))],
    }
    shares = undated_share(found, asked)
    assert shares["no nearness"]["first 1"]["share"] == 0.5
    assert shares["no nearness"]["first 10"]["share"] == 0.25
    assert shares[OURS_ROW]["first 1"]["lost or favoured"][0] == 0
    assert shares[OURS_ROW]["first 10"]["lost or favoured"][0] == 0.5
