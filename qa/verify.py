"""Check a citation against its source: is the quote there, and do the answer's words follow it.

The words of an answer may come from anywhere, a language model included; nothing is believed
because it looks like a quote, and nothing in brackets because it looks like a name of ours: what
was inserted is told apart by its place, not by its form.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Literal, NamedTuple

from index.records import Passage
from qa.draft import Draft, Insertion
from qa.names import alike
from qa.records import Citation, ShortAnswer
from qa.words import STOPWORDS, words

#: Share of a statement's words that its quote has to hold.
SUPPORTED = 0.6
#: Short answers that stand in no source: their place is that of the sentence that proves them.
VERDICTS = ("yes", "no")


class Verdict(NamedTuple):
    """What came of checking one citation."""

    verification: Literal["verbatim", "supported", "unsupported"]
    support: float  #: 0..1: share of the answer's words that the quote holds; 0 if it is no quote


def verify(
    citation: Citation,
    source: str | None,
    answer: str,
    insertions: Sequence[Insertion] = (),
) -> Verdict:
    """Check both sides of a citation.

    `source` is the cited article's text from `citation.start` to `citation.end` as it is stored
    now, None if there is no such place; `answer` is the whole text of the answer, and `insertions`
    are the names in brackets that it has within its quotes: "verbatim" are words from which
    taking exactly these away leaves the quote. Brackets that nobody tells of are the source's own.
    A verdict of "unsupported" with support 0 means that the quote is not in its source, or that
    something else than a name was inserted: never show it.
    """
    if not citation.quote.strip() or source != citation.quote:
        return Verdict("unsupported", 0.0)
    statement = _without(citation, answer, insertions)
    if statement is None or not statement.strip():
        return Verdict("unsupported", 0.0)
    if statement == citation.quote:
        return Verdict("verbatim", 1.0)
    return _follows(statement, citation.quote)


def adds_only_names(statement: str, quote: str) -> bool:
    """Whether a statement is a quote, or one with " [words]" inserted anywhere: no bare number,
    no bracket within.

    For who has an answer but not its insertions. It does not tell whether the words in brackets
    are true, nor which brackets are the source's own; `verify` and `is_proved` do.
    """
    places = {0}  # of the quote that the statement can be at
    for piece in re.split(r"( \[[^\[\]\n]*[^\W\d_][^\[\]\n]*\])", statement):
        went_on = {at + len(piece) for at in places if quote.startswith(piece, at)}
        inserted = places if piece.startswith(" [") and piece.endswith("]") else set()
        places = went_on | inserted
    return len(quote) in places


def is_proved(draft: Draft, live: Mapping[str, Passage]) -> bool:
    """Whether all that a draft shows stands in the catalogue: quotes, short answers, names.

    `live` are the passages, by id, as the catalogue holds them now. A short answer is verbatim and
    within the quote that it cites; only "yes" and "no" stand for the sentence that proves them.
    """
    for citation in draft.citations:
        source = _slice(live.get(citation.passage_id), citation.start, citation.end)
        if verify(citation, source, draft.text, draft.insertions).verification == "unsupported":
            return False
    by_number = {citation.number: citation for citation in draft.citations}
    for one in draft.insertions:
        cited = by_number.get(one.citation)
        if cited is None or not _is_named(one, draft.text, live.get(cited.passage_id)):
            return False
    shorts = ([draft.short_answer] if draft.short_answer else []) + list(draft.also)
    return all(_stands(short, by_number.get(short.citation), live) for short in shorts)


def _stands(short: ShortAnswer, cited: Citation | None, live: Mapping[str, Passage]) -> bool:
    if cited is None or not cited.start <= short.start < short.end <= cited.end:
        return False
    source = _slice(live.get(cited.passage_id), short.start, short.end)
    return source is not None and (source == short.text or short.text in VERDICTS)


def _is_named(one: Insertion, answer: str, passage: Passage | None) -> bool:
    """Whether the name in brackets is what the article has at its place."""
    inserted = answer[one.answer_start + 2 : one.answer_end - 1].removesuffix("'s")
    return bool(inserted) and inserted == _slice(passage, one.start, one.end)


def _slice(passage: Passage | None, start: int, end: int) -> str | None:
    """The article's text from `start` to `end`, as far as the passage holds it."""
    if passage is None or not passage.start <= start <= end <= passage.end:
        return None
    return passage.text[start - passage.start : end - passage.start]


def _without(citation: Citation, answer: str, insertions: Sequence[Insertion]) -> str | None:
    """The answer's words for a citation without what was inserted; None where that is no name in
    brackets or does not lie within them."""
    kept, done = "", citation.answer_start
    for one in sorted(insertions, key=lambda i: i.answer_start):
        if one.citation != citation.number:
            continue
        if not done <= one.answer_start < one.answer_end <= citation.answer_end:
            return None
        name = re.fullmatch(r" \[([^\[\]\n]+)\]", answer[one.answer_start : one.answer_end])
        if name is None or not any(letter.isalpha() for letter in name[1]):
            return None
        kept += answer[done : one.answer_start]
        done = one.answer_end
    return kept + answer[done : citation.answer_end]


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
