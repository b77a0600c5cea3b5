"""How well a short answer's form fits what is asked for: evidence, never a rule."""

from __future__ import annotations

import re

from qa.target import Target
from qa.words import NUMBER_WORDS, words

_TIME = re.compile(
    r"\d|day\b|\b(?:weeks?|weekend|months?|years?|tonight|morning|afternoon|evening|noon|night|"
    r"midnight|january|february|march|april|may|june|july|august|september|october|november|"
    r"december|spring|summer|autumn|winter|fall|century|centuries|decades?|yesterday|today|"
    r"tomorrow|ago|before|after|during|when)\b",
    re.I,
)


def fitting(asked: Target, text: str) -> float:
    """0..1: what a candidate's weight is multiplied by."""
    if asked.kind == "how_many":
        is_number = any(c.isdigit() for c in text) or any(
            word.text.lower() in NUMBER_WORDS for word in words(text)
        )
        return 1.0 if is_number else 0.2
    if asked.kind == "when":
        return 1.0 if _TIME.search(text) else 0.2
    return 1.0
