"""Retrieval of any system over a benchmark's questions."""

from __future__ import annotations

from datetime import date

from eval.bench.searching import found_at, sample
from eval.bench.speed import ratios
from eval.datasets.realtimeqa import AskedQuestion
from eval.records import Prediction, RankedPassage
from tests.eval_fakes import FakeSystem

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


def test_ratios_are_ours_divided_by_the_plain_ones() -> None:
    def figures(scale: float) -> dict:
        indexing = ("articles_per_second", "cpu_seconds", "peak_memory_mib", "bytes_on_disk")
        searching = {"first_search_s": scale, "memory_at_rest_mib": scale}
        return {
            "indexing": dict.fromkeys(indexing, scale),
            "searching": searching | {"search_ms": {"p50": scale, "p95": 2 * scale}},
        }

    assert set(ratios(figures(1), figures(4)).values()) == {0.25}
