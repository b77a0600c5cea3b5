"""Points in time as a sentence names them, each resolved to a period of days."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from qa import time_absolute, time_relative
from qa.days import Period
from qa.time_absolute import is_weak
from qa.time_words import Asked, Resolver

_RESOLVERS: dict[re.Pattern[str], Resolver] = time_absolute.RESOLVERS | time_relative.RESOLVERS
_AHEAD = re.compile(
    r"\b(?:will|next(?!-)|upcoming|going to|expected to|set to|scheduled|plans? to|planned)\b"
    r"|['’]ll\b",
    re.I,
)


@dataclass(frozen=True, slots=True)
class Point:
    """A point in time as it stands in a sentence.

    What looks like a time and is none ("Black Friday", "USA TODAY", "31 April") takes its place in
    the sentence and has no period.
    """

    start: int
    end: int
    period: Period | None
    is_weak: bool  #: a time only where a word such as "in" or "since" stands before it
    match: re.Match[str]

    @property
    def year(self) -> int | None:
        """The year that it names."""
        year = self.match.groupdict().get("year")
        return int(year) if year else None


def points(sentence: str, as_of: date) -> list[Point]:
    """The points in time of a sentence, in order, none inside another."""
    asked = Asked(as_of, is_ahead=bool(_AHEAD.search(sentence)))
    taken: list[Point] = []
    for pattern in _RESOLVERS:
        for match in pattern.finditer(sentence):
            start, end = match.span()
            if not any(start < other.end and other.start < end for other in taken):
                period = resolve(match, asked)
                taken.append(Point(start, end, period, is_weak(match), match))
    return sorted(taken, key=lambda point: point.start)


def resolve(match: re.Match[str], asked: Asked) -> Period | None:
    """The period that a found point means; None where there is no such time, or no clear one."""
    try:
        return _RESOLVERS[match.re](match, asked)
    except (ValueError, OverflowError):
        return None  # 31 April, or beyond the calendar
