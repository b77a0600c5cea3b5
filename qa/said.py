"""What a finding says, and whether two say the same."""

from __future__ import annotations

import re
from collections.abc import Sequence

from qa.days import Day, find_days
from qa.records import Finding, Understood
from qa.values import same_value


def sentence_of(finding: Finding) -> str:
    """The sentence of a finding, from its passage."""
    passage = finding.hit.passage
    return passage.text[finding.start - passage.start : finding.end - passage.start]


def span_of(finding: Finding) -> str:
    """The short answer of a finding; empty where it has none."""
    if finding.span is None:
        return ""
    passage = finding.hit.passage
    return passage.text[finding.span[0] - passage.start : finding.span[1] - passage.start]


def day_of(finding: Finding) -> Day | None:
    """The day that a finding's span names, resolved against its article's publication."""
    if finding.span is None:
        return None
    start, end = finding.span[0] - finding.start, finding.span[1] - finding.start
    for dated in find_days(sentence_of(finding), finding.hit.passage.published):
        if dated.start < end and start < dated.end:
            return dated.day
    return None


def agree(question: Understood, one: Finding, other: Finding) -> bool:
    """Whether two findings give the same short answer, as far as it is known."""
    if question.kind == "when":
        first, second = day_of(one), day_of(other)
        if first is not None and second is not None and first != Day() and second != Day():
            return first.agrees(second)
    return same_value(span_of(one), span_of(other))


def value_of(question: Understood, finding: Finding) -> str:
    """A short answer for comparing; a bare weekday gets its day, "Sunday (2021-02-21)"."""
    text, day = span_of(finding), day_of(finding) if question.kind == "when" else None
    if day is not None and day.known and not re.search(r"\d", text):
        return f"{text} ({day.year:04}-{day.month:02}-{day.day:02})"
    return text


def answer_numbers(question: Understood, findings: Sequence[Finding]) -> tuple[int, ...]:
    """For each finding the number of the answer that it gives, 0 for the first one's.

    Findings that the reader numbered alike give one answer, and so do those that agree in value
    as only an article's date can tell: "Monday" and "13 May".
    """
    labels: list[int] = []
    for index, finding in enumerate(findings):
        home = max(labels, default=-1) + 1
        for earlier, other in enumerate(findings[:index]):
            both = finding.span is not None and other.span is not None
            if finding.answer == other.answer or (both and agree(question, finding, other)):
                home = labels[earlier]
                break
        labels.append(home)
    return tuple(labels)
