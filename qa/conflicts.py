"""Sources that do not say the same: shown, never smoothed over."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from qa.config import ReaderConfig
from qa.independence import group_copies
from qa.mentions import mentions
from qa.names import alike
from qa.records import Finding, Understood
from qa.said import agree, day_of, sentence_of, span_of, value_of
from qa.values import compatible, number
from qa.words import STOPWORDS, words
from qa.writing_config import WritingConfig

#: Where another clause begins.
_CLAUSE = re.compile(r"[,;:—–]|\band\b|\bwhile\b|\bbut\b")
_WINDOW = 40  # characters on either side of an amount in which its unit and verb stand


@dataclass(frozen=True, slots=True)
class Side:
    """One value and the findings that give it, best first."""

    value: str
    findings: tuple[Finding, ...]
    first: date | None = None  #: the day of the first dated article that gives it


@dataclass(frozen=True, slots=True)
class Dispute:
    """Values that are not one: the answer's own side first."""

    kind: Literal["disagreement", "update"]
    sides: tuple[Side, ...]


def disputes(
    question: Understood,
    findings: Sequence[Finding],
    lead: Finding,
    config: ReaderConfig,
    writing: WritingConfig,
) -> tuple[Dispute, ...]:
    """What the sources say otherwise than the lead: where they disagree, and earlier numbers.

    Only days and amounts are compared: two names may both be right. Another side must be about as
    well supported, come from an article that is no copy of the same day, speak of every name in
    the question, and say of the value what the lead says. An article that also gives the lead's
    value, having added to itself, is no other side, and neither is a value that the lead's own
    article gives as well.

    A number that a later article has higher is an update: then the first side of each dispute is
    the latest one, which may be another than the lead's (`Dispute.sides[0].findings[0]`).
    """
    comparable = {"when": _days_differ, "how_many": _amounts_differ}.get(question.kind)
    if comparable is None or lead.span is None:
        return ()
    strong = [
        finding
        for finding in findings
        if finding.span is not None
        and finding.support >= writing.conflict_support * lead.support
        and finding.span_score >= writing.conflict_share * lead.span_score
        and _names_met(question, finding)
        and not _is_of_another(question, finding)
    ]
    if lead not in strong:
        return ()
    groups = _groups(question, findings, strong, lead, comparable, config)
    sides = [_side(question, group) for group in groups]
    if question.kind == "how_many":
        sides = _latest_first(question, sides)
    own, others = sides[0], sides[1:]
    earlier = [side for side in others if question.kind == "how_many" and _grew(side, own)]
    against = [side for side in others if side not in earlier]
    return tuple(
        Dispute(kind, (own, *found))
        for kind, found in (("disagreement", against), ("update", earlier))
        if found
    )


def _groups(
    question: Understood,
    findings: Sequence[Finding],
    strong: list[Finding],
    lead: Finding,
    comparable: Callable[[Understood, Finding, Finding], bool],
    config: ReaderConfig,
) -> list[list[Finding]]:
    """The findings by what they say, the lead's first, and then only those that differ from it."""
    groups: list[list[Finding]] = [[lead]]
    copies = group_copies([f.hit.passage.text for f in strong], config.copy_containment)
    own = {copies[i] for i, f in enumerate(strong) if f == lead}
    told = [f for f in findings if f.span is not None]
    same = {_article(f) for f in told if agree(question, lead, f)}
    by_lead = [f for f in told if _article(f) == _article(lead)]
    for label, finding in zip(copies, strong, strict=True):
        if finding == lead:
            continue
        home = next((group for group in groups if agree(question, group[0], finding)), None)
        if home is not None:
            home.append(finding)
            continue
        if _article(finding) in same or (label in own and not _on_other_days(lead, finding)):
            continue
        if any(agree(question, finding, other) for other in by_lead):
            continue
        if comparable(question, lead, finding):
            groups.append([finding])
    return groups


def _on_other_days(one: Finding, other: Finding) -> bool:
    """Whether of two copies one is a later version of the other, with other figures."""
    first, second = one.hit.passage.published, other.hit.passage.published
    return first is not None and second is not None and first != second


def _article(finding: Finding) -> str:
    return finding.hit.passage.article_id


def _side(question: Understood, group: list[Finding]) -> Side:
    days = [day for f in group if (day := f.hit.passage.published) is not None]
    return Side(value_of(question, group[0]), tuple(group), min(days, default=None))


def _latest_first(question: Understood, sides: list[Side]) -> list[Side]:
    """The sides with the newest number ahead where the lead's own only came before it.

    What was published after the day that the question is asked as of is not newer, but unknown
    then; it stays where it is.
    """
    newest = sides[0]
    for side in sides[1:]:
        if side.first is not None and side.first <= question.as_of and _grew(newest, side):
            newest = side
    return [newest, *(side for side in sides if side is not newest)]


def _grew(earlier: Side, later: Side) -> bool:
    """Whether one side's number is reported later and higher than the other's."""
    if earlier.first is None or later.first is None or earlier.first >= later.first:
        return False
    first, second = number(earlier.value), number(later.value)
    return first is not None and second is not None and first < second


def _names_met(question: Understood, finding: Finding) -> bool:
    """Whether every name of the question stands in the sentence, in some spelling."""
    there = [word.text for word in words(sentence_of(finding))]
    return all(any(alike(one, other) for other in there) for one in _asked_names(question))


def _asked_names(question: Understood) -> list[str]:
    """The words of the question's names, acronyms apart."""
    return [
        word.text
        for name in question.names
        for word in words(name)
        if word.text[0].isupper() and word.key not in STOPWORDS and not word.text.isupper()
    ]


def _is_of_another(question: Understood, finding: Finding) -> bool:
    """Whether a value stands nearer to another name than to the question's: "at Balad on Sunday
    and on 15 February at Erbil" has two days, and one of them is Balad's."""
    if finding.span is None:
        return False
    text, asked = sentence_of(finding), _asked_names(question)
    start, end = finding.span[0] - finding.start, finding.span[1] - finding.start
    distances: list[tuple[int, bool]] = []
    for one in mentions(finding.hit.passage, finding.start, finding.end):
        first, last = one.start - finding.start, one.end - finding.start
        if first < end and start < last:
            continue
        between = text[last:start] if last <= start else text[end:first]
        is_asked = any(alike(word.text, name) for word in words(one.text) for name in asked)
        distances.append((len(between.split()) + 4 * len(_CLAUSE.findall(between)), not is_asked))
    return bool(asked) and any(not other for _, other in distances) and min(distances)[1]


def _days_differ(question: Understood, one: Finding, other: Finding) -> bool:
    first, second = day_of(one), day_of(other)
    return first is not None and second is not None and not first.agrees(second)


def _amounts_differ(question: Understood, one: Finding, other: Finding) -> bool:
    """Two numbers, each beside the same words of the question: killed with killed."""
    if compatible(_qualified(one), _qualified(other)):
        return False
    asked = {word.key for term in question.terms for word in words(term)}
    near = _near_keys(one) & asked, _near_keys(other) & asked
    return bool(near[0]) and near[0] == near[1]


def _qualified(finding: Finding) -> str:
    """A short answer with the words before it that make it a bound: "at least 3"."""
    if finding.span is None:
        return ""
    before = sentence_of(finding)[: finding.span[0] - finding.start].split()[-3:]
    bound = re.search(
        r"(?:at least|more than|less than|fewer than|no more than|up to|as many as|over|under|"
        r"about|around|some|roughly|nearly|almost|approximately)$",
        " ".join(before),
        re.I,
    )
    return f"{bound.group()} {span_of(finding)}" if bound else span_of(finding)


def _near_keys(finding: Finding) -> set[str]:
    """Keys of the words around a span, within its clause."""
    if finding.span is None:
        return set()
    text = sentence_of(finding)
    start, end = finding.span[0] - finding.start, finding.span[1] - finding.start
    left = re.split(r"[,;:]|\band\b", text[max(0, start - _WINDOW) : start])[-1]
    right = re.split(r"[,;:]|\band\b", text[end : end + _WINDOW])[0]
    return {word.key for word in words(left + " " + right)}
