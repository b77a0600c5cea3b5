"""Retrieval and abstention of any system over a benchmark's questions."""

from __future__ import annotations

from datetime import date

import pytest

from eval.bench.abstention import decisions, summary
from eval.bench.searching import found_at, sample
from eval.bench.speed import ratios
from eval.datasets.realtimeqa import AskedQuestion
from eval.metrics.abstention import Decision
from eval.records import Prediction, RankedPassage
from eval.systems import Asked
from tests.eval_fakes import FakeSystem, answered

DAY = date(2023, 8, 1)
QUESTIONS = [AskedQuestion(f"q{n}", f"question {n}?", DAY, (f"answer {n}",)) for n in range(4)]


def passages(*texts: str) -> Prediction:
    return Prediction(passages=tuple(RankedPassage(article_id="a", text=one) for one in texts))


def test_ranks_of_the_first_passage_with_an_answer() -> None:
    filler = ["nothing"] * 20
    system = FakeSystem(
        {
            "question 0?": passages("The Answer 0!", "x"),
            "question 1?": passages("x", "answer 1", "answer 1"),
            "question 2?": passages(*filler, "answer 2"),
            "question 3?": passages(),
        }
    )
    found = found_at(system, QUESTIONS)
    assert found == {"R@1": 0.25, "R@5": 0.5, "R@10": 0.5, "R@50": 0.75, "MRR@10": 0.375}
    assert {one.as_of for one in system.asked} == {DAY}


def test_a_sample_is_the_same_in_any_order() -> None:
    assert sample(QUESTIONS, 2) == sample(QUESTIONS[::-1], 2)
    assert len(sample(QUESTIONS, 2)) == 2
    assert len(sample(QUESTIONS, None)) == 4


def test_each_question_is_asked_without_and_with_the_articles() -> None:
    def answer(asked: Asked) -> Prediction:
        # Answers question 0 always, question 1 when it may see all articles, and no other.
        if asked.question == "question 0?" or (
            asked.question == "question 1?" and not asked.filters
        ):
            return answered()
        return Prediction(status="abstained")

    system = FakeSystem(answer)
    found = [decision for _, decision in decisions(system, QUESTIONS)]
    assert len(system.asked) == 8
    early = [one.filters for one in system.asked if one.filters]
    assert {(one.published_to, one.keep_undated) for one in early} == {(date(2022, 12, 31), False)}
    assert len(early) == 4
    assert summary(found) == {
        "questions": 4,
        "precision": 0.6,  # 5 abstentions, of which 3 without the articles
        "recall": 0.75,
        "F1": pytest.approx(0.6667),
        "answered without the articles": 0.25,
        "answered with all articles": 0.5,
    }


def test_a_measure_that_does_not_apply_is_none() -> None:
    assert summary([Decision(is_answerable=True, did_answer=True)])["precision"] is None
    assert summary([])["answered with all articles"] is None


def test_ratios_are_ours_divided_by_the_plain_ones() -> None:
    def figures(scale: float) -> dict:
        indexing = ("articles_per_second", "cpu_seconds", "peak_memory_mib", "bytes_on_disk")
        searching = {"first_search_s": scale, "memory_at_rest_mib": scale}
        return {
            "indexing": dict.fromkeys(indexing, scale),
            "searching": searching | {"search_ms": {"p50": scale, "p95": 2 * scale}},
        }

    assert set(ratios(figures(1), figures(4)).values()) == {0.25}
