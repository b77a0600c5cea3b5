"""Check a citation against its source: is the quote there, and do the answer's words follow it.

The words of an answer may come from anywhere, a language model included; nothing is believed
because it looks like a quote.
"""

from __future__ import annotations

import re
from typing import Literal, NamedTuple

from qa.names import alike
from qa.records import Citation
from qa.words import STOPWORDS, words

#: Share of a statement's words that its quote has to hold.
SUPPORTED = 0.6


class Verdict(NamedTuple):
    """What came of checking one citation."""

    verification: Literal["verbatim", "supported", "unsupported"]
    support: float  #: 0..1: share of the answer's words that the quote holds; 0 if it is no quote


def verify(citation: Citation, source: str | None, answer: str) -> Verdict:
    """Check both sides of a citation.

    `source` is the cited article's text from `citation.start` to `citation.end` as it is stored
    now, None if there is no such place; `answer` is the whole text of the answer. A verdict of
    "unsupported" with support 0 means that the quote is not in its source: never show it.
    """
    if not citation.quote.strip() or source != citation.quote:
        return Verdict("unsupported", 0.0)
    statement = answer[citation.answer_start : citation.answer_end]
    if not statement.strip():
        return Verdict("unsupported", 0.0)
    if statement == citation.quote:
        return Verdict("verbatim", 1.0)
    return _follows(statement, citation.quote)


def _follows(statement: str, quote: str) -> Verdict:
    """Whether the quote holds a statement's words, and every number and name in it.

    Words, not meaning: "did not claim" passes for "claimed" only if the quote negates as well.
    """
    held = words(quote)
    keys = {word.key for word in held}
    capitals = [word.text for word in held if word.text[0].isupper()]
    asked = [word for word in words(statement) if word.key not in STOPWORDS]
    if not asked:
        return Verdict("unsupported", 0.0)
    missing = [word for word in asked if word.key not in keys]
    missing = [
        word
        for word in missing
        if not (word.text[0].isupper() and any(alike(word.text, name) for name in capitals))
    ]
    support = 1 - len(missing) / len(asked)
    hard = any(word.key[0].isdigit() or word.text[0].isupper() for word in missing)
    if hard or _negates(statement) != _negates(quote) or support < SUPPORTED:
        return Verdict("unsupported", round(support, 3))
    return Verdict("supported", round(support, 3))


def _negates(text: str) -> bool:
    return bool(re.search(r"\b(?:not|no|never|none|nobody|without)\b|n['’]t\b", text, re.I))
