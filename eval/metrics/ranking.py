"""Measures of ranked passages, as pure functions."""

from __future__ import annotations

from collections.abc import Sequence

from eval.metrics.answers import holds_answer


def first_rank(texts: Sequence[str], answers: Sequence[str]) -> int | None:
    """Rank, from 1, of the first text that holds an answer; None where none does."""
    for rank, text in enumerate(texts, start=1):
        if holds_answer(text, answers):
            return rank
    return None


def answer_recall(ranks: Sequence[int | None], k: int) -> float:
    """R@k: share of questions whose first rank is k or better. 0 for no questions."""
    return sum(rank is not None and rank <= k for rank in ranks) / len(ranks) if ranks else 0.0


def reciprocal_rank(ranks: Sequence[int | None], k: int = 10) -> float:
    """MRR@k = mean of 1/rank, 0 where the first rank is beyond k (Voorhees, TREC-8, 1999)."""
    gains = [1 / rank if rank is not None and rank <= k else 0.0 for rank in ranks]
    return sum(gains) / len(gains) if gains else 0.0
