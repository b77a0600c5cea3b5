"""The time that a question names, resolved against the day it is asked as of.

"this week", "on Monday", "in March 2021", "before 2020", "between June and August": each becomes
the closed period of days that it means. Only what tells when something happened counts: not the
year in a name ("the 2022 World Cup"), not a comparison ("the first time since 2000"), not "may" the
verb. What is unclear, or said in ways that exclude each other, gives nothing: a wrong time would
put the right articles last, none does not.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, timedelta

from qa.days import Period
from qa.time_points import Point, points, resolve
from qa.time_words import Asked, word_before

_IN = frozenset("in on during throughout within of for at around early mid late".split())
_LIMITS = frozenset("since before until till by after".split())
_RANGES = _IN | {"between", "from"}
#: "the first since 2017", "the worst storm since May" compare: the time is another's.
_COMPARES = re.compile(
    r"\b(?:first|only|most|least|last|best|worst|record|[a-z]{2,12}est)\b[^.;?!]{0,80}$", re.I
)
#: "higher than a year ago", "more than in 2019": likewise.
_THAN = re.compile(
    r"\bthan\s(?:they|it|he|she|those|was|were|in|on|at|during)\b[^.,;?!]{0,60}$|\bthan\s$", re.I
)
_JOIN = re.compile(r"\s?[-–]\s?|,?\s(?:and|or|to|until|through)\s", re.I)
_SENTENCE_END = re.compile(r"(?<=[.?!])[\"”’)]?\s(?=[\"“‘(]?[A-Z])")


def asked_time(text: str, as_of: date) -> Period | None:
    """The period that a question names; None where it names none, or not clearly.

    A time in the sentence that asks goes before those in sentences that lead up to it. A period
    may end after `as_of` ("this month") or lie ahead of it ("next year").
    """
    sentences = _SENTENCE_END.split(" ".join(text.split()))
    asking = max((n for n, one in enumerate(sentences) if "?" in one), default=len(sentences) - 1)
    found = list(_periods(sentences.pop(asking), as_of))
    if not found:
        found = [period for sentence in sentences for period in _periods(sentence, as_of)]
    known = [period for period in found if period is not None]
    if not known or len(known) < len(found):
        return None
    first, last = max(one.first for one in known), min(one.last for one in known)
    return Period(first, last) if first <= last else None


def _periods(sentence: str, as_of: date) -> Iterator[Period | None]:
    """The periods that a sentence names; None for one that can't be told."""
    found = points(sentence, as_of)
    while found:
        point = found.pop(0)
        word = word_before(sentence, point.start)
        is_range = word in _RANGES and _is_joined(sentence, point, found)
        if point.period is None and not is_range:
            continue
        if point.is_weak and word not in _IN | _LIMITS | _RANGES:
            continue
        before = sentence[max(0, point.start - 120) : point.start]
        if _THAN.search(before) or (word == "since" and _COMPARES.search(before)):
            continue
        if is_range:
            yield _range(point, found.pop(0), as_of)
        elif word not in ("from", "between") or point.match.groupdict().get("until"):
            # "a song from 1973" tells what it is from; "from 3 to 5 May" is a period in itself.
            yield _limited(word, point.period, as_of)


def _is_joined(sentence: str, point: Point, later: list[Point]) -> bool:
    """Whether the next point is the other end of this one: "March and May", "2003 to 2011"."""
    return bool(later and _JOIN.fullmatch(sentence[point.end : later[0].start]))


def _range(one: Point, other: Point, as_of: date) -> Period | None:
    first, last = one.period, other.period
    if other.year and not one.year:
        first = resolve(one.match, Asked(as_of, year=other.year))
    if first is None or last is None or first.first > last.last:
        return None
    return Period(first.first, last.last)


def _limited(word: str, period: Period, as_of: date) -> Period | None:
    """What "since", "before", "after" or "until" make of a period."""
    first, last = period.first, period.last
    if word == "since":
        last = as_of
    elif word == "after":
        first, last = min(last, date.max - timedelta(days=1)) + timedelta(days=1), as_of
    elif word == "before":
        first, last = date.min, max(first, date.min + timedelta(days=1)) - timedelta(days=1)
    elif word in ("until", "till", "by"):
        first = date.min if last <= as_of else last
    return Period(first, last) if first <= last else None
