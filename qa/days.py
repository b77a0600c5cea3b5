"""Days named in a sentence, resolved against the day on which its article was published.

So "Sunday" in an article of Tuesday, 23 February 2021 and "21 February" elsewhere are one day.
What cannot be resolved stays open and agrees with everything.
"""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
#: Capitalised words that name a time and nobody.
DAY_NAMES = frozenset([*MONTHS, *WEEKDAYS, *(month[:3] for month in MONTHS)])

_MONTH = r"(?P<month>" + "|".join(
    f"{m[:3]}(?:{m[3:]})?" if m != "September" else "Sept?(?:ember)?" for m in MONTHS
) + r")\b\.?"  # fmt: skip
_DAY = r"(?P<day>\d{1,2})(?:st|nd|rd|th)?\b(?!:\d)"
_YEAR = r"(?P<year>(?:19|20)\d{2})\b"
_WEEKDAY = r"(?P<weekday>" + "|".join(WEEKDAYS) + r")\b"
_PART = r"(?:\s(?:morning|afternoon|evening|night))?"
_PATTERNS = tuple(
    re.compile(pattern)
    for pattern in (
        rf"\b(?P<year>(?:19|20)\d{{2}})-(?P<number>\d{{2}})-{_DAY}",
        rf"\b(?:{_WEEKDAY}{_PART},?\s)?{_MONTH}\s{_DAY}(?:,?\s{_YEAR})?",
        rf"\b(?:{_WEEKDAY}{_PART},?\s)?(?:the\s)?{_DAY}(?:\sof)?\s{_MONTH}(?:,?\s{_YEAR})?",
        rf"\b{_MONTH},?\s{_YEAR}",
        rf"\b(?:(?P<shift>[Ll]ast|[Nn]ext|[Tt]his)\s)?{_WEEKDAY}{_PART}",
        r"\b(?P<relative>[Yy]esterday|[Tt]oday|[Tt]omorrow|[Tt]onight)\b"
        r"(?:\s(?:morning|afternoon|evening|night))?",
        rf"(?<![\d.,$£€])\b{_YEAR}(?!\s?[%\d])",
        # A month alone needs a word of time before it: "May" and "March" are also verbs.
        r"(?:(?<=\b[Ii]n )|(?<=\b[Bb]y )|(?<=\blast )|(?<=\bnext )|(?<=\bthis )"
        rf"|(?<=\b[Ss]ince )|(?<=\bearly )|(?<=\blate )){_MONTH}",
        r"\b(?P<vague>(?:last|next|this|earlier this|later this)\s(?:week|month|year|weekend|"
        r"spring|summer|autumn|fall|winter)|(?:a|one|two|three|four|five|six|\d+)\s"
        r"(?:days?|weeks?|months?|years?)\s(?:ago|earlier|later))\b",
    )
)


@dataclass(frozen=True, slots=True)
class Day:
    """A day as far as it is known."""

    year: int | None = None
    month: int | None = None
    day: int | None = None

    @property
    def known(self) -> bool:
        """Whether it is resolved to one day."""
        return None not in (self.year, self.month, self.day)

    def agrees(self, other: Day) -> bool:
        """Whether both can be the same day: no part that both know differs."""
        pairs = ((self.year, other.year), (self.month, other.month), (self.day, other.day))
        return all(a is None or b is None or a == b for a, b in pairs)


@dataclass(frozen=True, slots=True)
class Period:
    """Days from the first to the last, both included. Raises `ValueError` for none."""

    first: date
    last: date

    def __post_init__(self) -> None:
        if self.first > self.last:
            raise ValueError(f"a period can't end ({self.last}) before it begins ({self.first})")


def calendar_period(year: int, month: int | None = None, day: int | None = None) -> Period:
    """A year, a month or a day of the calendar. Raises `ValueError` where there is no such one."""
    if month is None:
        return Period(date(year, 1, 1), date(year, 12, 31))
    if day is None:
        return Period(date(year, month, 1), date(year, month, monthrange(year, month)[1]))
    return Period(date(year, month, day), date(year, month, day))


@dataclass(frozen=True, slots=True)
class Dated:
    """A mention of a time: where it stands in the text, and what it resolves to."""

    start: int
    end: int
    day: Day


def find_days(text: str, published: date | None) -> list[Dated]:
    """Mentions of days, months and years in a text, in order, none inside another."""
    taken: list[Dated] = []
    for pattern in _PATTERNS:
        for match in pattern.finditer(text):
            start, end = match.span()
            if text[start:end].endswith(".") and not text[end:].strip():
                end -= 1  # the sentence's full stop, not the abbreviation's
            if any(start < other.end and other.start < end for other in taken):
                continue
            taken.append(Dated(start, end, _resolve(match.groupdict(), published)))
    return sorted(taken, key=lambda dated: dated.start)


def _resolve(parts: dict[str, str | None], published: date | None) -> Day:
    month = parts.get("month")
    number = int(parts["number"]) if parts.get("number") else None
    if month:
        number = next(i for i, name in enumerate(MONTHS, 1) if name[:3] == month[:3])
    year = int(parts["year"]) if parts.get("year") else None
    day = int(parts["day"]) if parts.get("day") else None
    if number is not None or year is not None:
        if year is None and published is not None:
            year = _nearest_year(number, day, published)
        return Day(year, number, day)
    if published is None:
        return Day()
    return _relative(parts, published)


def _nearest_year(month: int | None, day: int | None, published: date) -> int | None:
    """The year that brings a day and month without one closest to the publication."""
    for near in _by_distance(month or 1, day or 15, published):
        return near.year
    return None


def _by_distance(month: int, day: int, published: date) -> Iterator[date]:
    days = []
    for year in (published.year - 1, published.year, published.year + 1):
        try:
            days.append(date(year, month, day))
        except ValueError:
            continue
    yield from sorted(days, key=lambda other: abs((other - published).days))


def _relative(parts: dict[str, str | None], published: date) -> Day:
    """A weekday is the latest one up to the publication unless the text says "next"."""
    weekday, relative = parts.get("weekday"), parts.get("relative")
    if weekday:
        back = (published.weekday() - WEEKDAYS.index(weekday)) % 7
        shift = (parts.get("shift") or "").lower()
        if shift == "next":
            back -= 7
        elif shift == "last" and back == 0:
            back = 7
        found = published - timedelta(days=back)
    elif relative:
        ahead = {"yesterday": -1, "tomorrow": 1}.get(relative.lower(), 0)
        found = published + timedelta(days=ahead)
    else:
        return Day()
    return Day(found.year, found.month, found.day)
