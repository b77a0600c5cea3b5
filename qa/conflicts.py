"""Sources that disagree about the same thing: shown, never smoothed over."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from qa.config import ReaderConfig
from qa.days import Day, find_days
from qa.independence import group_copies
from qa.names import alike
from qa.records import Finding, Understood
from qa.values import number, same_value
from qa.words import STOPWORDS, words

_WINDOW = 40  # characters on either side of an amount in which its unit and verb stand


@dataclass(frozen=True, slots=True)
class Side:
    """One value and the findings that give it, best first."""

    value: str
    findings: tuple[Finding, ...]


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


def disagreements(
    question: Understood, findings: Sequence[Finding], lead: Finding, config: ReaderConfig
) -> tuple[Side, ...]:
    """The sides of a disagreement with the lead, its own first; empty where there is none.

    Only days and amounts are compared: two names may both be right. The other side must be
    about as well supported, come from an article that is no copy, speak of every name in the
    question, and say of the value what the lead says.
    """
    comparable = {"when": _days_differ, "how_many": _amounts_differ}.get(question.kind)
    if comparable is None or lead.span is None:
        return ()
    strong = [
        finding
        for finding in findings
        if finding.span is not None
        and finding.support >= config.conflict_support * lead.support
        and finding.span_score >= config.conflict_span_score * lead.span_score
        and _names_met(question, finding)
    ]
    if lead not in strong:
        return ()
    return _sides(question, strong, lead, comparable, config)


def _sides(
    question: Understood,
    strong: list[Finding],
    lead: Finding,
    comparable: Callable[[Understood, Finding, Finding], bool],
    config: ReaderConfig,
) -> tuple[Side, ...]:
    groups: list[list[Finding]] = [[lead]]
    copies = group_copies([f.hit.passage.text for f in strong], config.copy_containment)
    own = {copies[i] for i, f in enumerate(strong) if f == lead}
    for label, finding in zip(copies, strong, strict=True):
        if finding == lead:
            continue
        home = next((group for group in groups if agree(question, group[0], finding)), None)
        if home is not None:
            home.append(finding)
            continue
        same_article = finding.hit.passage.article_id == lead.hit.passage.article_id
        if not same_article and label not in own and comparable(question, lead, finding):
            groups.append([finding])
    if len(groups) < 2:
        return ()
    return tuple(Side(value_of(question, group[0]), tuple(group)) for group in groups)


def value_of(question: Understood, finding: Finding) -> str:
    """A short answer for comparing; a bare weekday gets its day, "Sunday (2021-02-21)"."""
    text, day = span_of(finding), day_of(finding) if question.kind == "when" else None
    if day is not None and day.known and not re.search(r"\d", text):
        return f"{text} ({day.year:04}-{day.month:02}-{day.day:02})"
    return text


def _names_met(question: Understood, finding: Finding) -> bool:
    """Whether every name of the question stands in the sentence, in some spelling."""
    there = [word.text for word in words(sentence_of(finding))]
    wanted = [
        word.text
        for name in question.names
        for word in words(name)
        if word.text[0].isupper() and word.key not in STOPWORDS and not word.text.isupper()
    ]
    return all(any(alike(one, other) for other in there) for one in wanted)


def _days_differ(question: Understood, one: Finding, other: Finding) -> bool:
    first, second = day_of(one), day_of(other)
    return first is not None and second is not None and not first.agrees(second)


def _amounts_differ(question: Understood, one: Finding, other: Finding) -> bool:
    """Two numbers, each beside the same words of the question: killed with killed."""
    first, second = number(span_of(one)), number(span_of(other))
    if first is None or second is None or first == second:
        return False
    asked = {word.key for term in question.terms for word in words(term)}
    near = _near_keys(one) & asked, _near_keys(other) & asked
    return bool(near[0]) and near[0] == near[1]


def _near_keys(finding: Finding) -> set[str]:
    """Keys of the words around a span, within its clause."""
    if finding.span is None:
        return set()
    text = sentence_of(finding)
    start, end = finding.span[0] - finding.start, finding.span[1] - finding.start
    left = re.split(r"[,;:]|\band\b", text[max(0, start - _WINDOW) : start])[-1]
    right = re.split(r"[,;:]|\band\b", text[end : end + _WINDOW])[0]
    return {word.key for word in words(left + " " + right)}
