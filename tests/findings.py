"""Readings made by hand, for tests of writing: what a reader says is decided by the test."""

from __future__ import annotations

from collections.abc import Sequence

from index.records import Hit
from qa.config import ReaderConfig
from qa.draft import Draft
from qa.records import Finding, Reading
from qa.write import compose
from tests.passages import asked

#: Thresholds of these tests, whatever the reader's are tuned to.
CONFIG = ReaderConfig(answered_confidence=0.5, partial_confidence=0.3)


def found(
    hit: Hit,
    span: str | None = None,
    sentence: str | None = None,
    support: float = 0.9,
    score: float = 0.8,
    answer: int = 0,
) -> Finding:
    """A finding on the sentence of a hit that has `sentence`, or else `span`, in it."""
    passage = hit.passage
    wanted = sentence or span
    start, end = next(
        (a, b)
        for a, b in passage.sentences
        if wanted is None or wanted in passage.text[a - passage.start : b - passage.start]
    )
    place = None
    if span is not None:
        at = passage.start + passage.text.index(span, start - passage.start)
        place = at, at + len(span)
    return Finding(hit, start, end, support, place, score if span else 0.0, answer)


def written(
    question: str,
    *findings: Finding,
    confidence: float = 0.9,
    config: ReaderConfig | None = None,
) -> Draft:
    """The draft of findings given best first."""
    reading = Reading(tuple(findings), confidence)
    hits = [finding.hit for finding in findings]
    return compose(asked(question), reading, hits, config or CONFIG)


def check_both_sides(draft: Draft, hits: Sequence[Hit]) -> None:
    """Every quote and short answer in its source, and nothing in the text but quotes, the names
    that were inserted, numbers, and the word that a yes-or-no question gets."""
    passages = {hit.passage.id: hit.passage for hit in hits}
    for number, citation in enumerate(draft.citations, 1):
        passage = passages[citation.passage_id]
        source = passage.text[citation.start - passage.start : citation.end - passage.start]
        assert citation.number == number
        assert source == citation.quote
        assert citation.verification == "verbatim"
        assert draft.text[citation.answer_end :].startswith(f" [{number}]")
        said, done = "", citation.answer_start
        for one in draft.insertions:
            if one.citation == number:
                name = passage.text[one.start - passage.start : one.end - passage.start]
                inserted = draft.text[one.answer_start : one.answer_end]
                assert inserted in (f" [{name}]", f" [{name}'s]")
                said += draft.text[done : one.answer_start]
                done = one.answer_end
        assert said + draft.text[done : citation.answer_end] == citation.quote
    for short in [draft.short_answer, *draft.also]:
        if short is not None:
            cited = draft.citations[short.citation - 1]
            assert cited.start <= short.start < short.end <= cited.end
            stands = cited.quote[short.start - cited.start : short.end - cited.start]
            assert short.text == stands or short.text in ("yes", "no")
