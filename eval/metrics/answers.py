"""Measures of short answers, as pure functions."""

from __future__ import annotations

import re
import string
from collections import Counter
from collections.abc import Iterable

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
