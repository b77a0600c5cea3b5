"""Measures of retrieval and of short answers, as pure functions."""

from __future__ import annotations

import re
import string
from collections import Counter
from collections.abc import Iterable, Sequence

_PUNCTUATION = str.maketrans("", "", string.punctuation + "“”‘’—–…")


def normalise(text: str) -> str:
    """Lower case, no punctuation, no a/an/the, single spaces.

    SQuAD's normalisation (Rajpurkar et al., 2016, official script), with the typographic
    quotation marks and dashes of news as punctuation too.
    """
    text = text.lower().translate(_PUNCTUATION)
    return " ".join(re.sub(r"\b(a|an|the)\b", " ", text).split())


def holds_answer(text: str, answers: Iterable[str]) -> bool:
    """Whether one of the answers stands in the text, both normalised, at word borders."""
    padded = f" {normalise(text)} "
    wanted = [normalise(answer) for answer in answers]
    return any(f" {answer} " in padded for answer in wanted if answer)


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


def exact_match(prediction: str, answers: Iterable[str]) -> float:
    """EM: 1 when the prediction equals an answer, both normalised, else 0."""
    return float(any(normalise(prediction) == normalise(answer) for answer in answers))


def f1(prediction: str, answers: Iterable[str]) -> float:
    """F1 = 2PR/(P+R) over normalised tokens, the best over the answers (SQuAD)."""
    return max(
        (_f1(normalise(prediction).split(), normalise(a).split()) for a in answers), default=0.0
    )


def _f1(predicted: list[str], wanted: list[str]) -> float:
    if not predicted or not wanted:
        return float(predicted == wanted)
    shared = (Counter(predicted) & Counter(wanted)).total()
    if not shared:
        return 0.0
    precision, recall = shared / len(predicted), shared / len(wanted)
    return 2 * precision * recall / (precision + recall)
