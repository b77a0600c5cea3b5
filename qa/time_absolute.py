"""Times of the calendar in a question: 14 March 2022, in May, Q2, in 2021, the 1990s.

What a question leaves out is filled in from the day it is asked as of: "in May" is the latest May
that has begun, or the coming one where the sentence looks ahead.
"""

from __future__ import annotations

import re
from datetime import date, timedelta

from dateutil.relativedelta import relativedelta

from qa.days import MONTHS, WEEKDAYS, Period, calendar_period
from qa.time_words import Asked, Resolver, months_from, pattern, word_before

#: A day or month named without its year is the latest one; one that began longer ago than this
#: many days may as well be the next, and is left open.
_LATEST_DAYS = 300
_ORDINALS = ("first", "second", "third", "fourth")
_PARTS = ("early", "mid", "late")
_BEFORE_DAYS = frozenset("on since before after until till by from between".split())


def is_weak(match: re.Match[str]) -> bool:
    """Whether it is a time only where a word such as "in" or "since" stands before it.

    A month alone, a day without its year, a year; "may" and "march" in small letters.
    """
    if match.re is _YEAR_ALONE:
        return True
    if "month" not in match.groupdict():
        return False
    if match["month"] in ("may", "march"):
        return True
    return not any(match.groupdict().get(name) for name in ("year", "shift", "weekday"))


def _iso(match: re.Match[str], _: Asked) -> Period:
    return Period(date.fromisoformat(match[0]), date.fromisoformat(match[0]))


def _dated(match: re.Match[str], asked: Asked) -> Period | None:
    """A day, some days or a month, with or without the year."""
    parts = match.groupdict()
    month = 1 + [name[:3] for name in MONTHS].index(parts["month"][:3].title())
    day = int(parts["day"]) if parts.get("day") else None
    if parts["month"] in ("may", "march") and not parts["year"]:
        before = word_before(match.string, match.start())
        if day is None or before not in _BEFORE_DAYS:
            return None  # "which of the 5 may resign"
    year = int(parts["year"]) if parts["year"] else asked.year
    if year is None:
        year = _year_of(month, day, (parts.get("shift") or "").lower(), asked)
    if year is None:
        return None
    found = calendar_period(year, month, day)
    if parts.get("until"):
        return Period(found.first, date(year, month, int(parts["until"])))
    return _part(found, parts.get("part"))


def _year_of(month: int, day: int | None, shift: str, asked: Asked) -> int | None:
    """The year of the latest such day or month begun by `as_of`; the coming one where so said."""
    as_of = asked.as_of
    if shift == "this":
        return as_of.year
    if shift == "next" or (asked.is_ahead and shift != "last"):
        years = range(as_of.year, as_of.year + 9)
        later = [one for one in _in_years(years, month, day) if one.last >= as_of]
        if shift == "next":
            later = [one for one in later if one.first > as_of]
        return later[0].first.year if later else None
    years = range(as_of.year, max(0, as_of.year - 9), -1)
    begun = [one for one in _in_years(years, month, day) if one.first <= as_of]
    if shift == "last":
        begun = [one for one in begun if one.last < as_of]
    elif begun and (as_of - begun[0].first).days > _LATEST_DAYS:
        return None
    return begun[0].first.year if begun else None


def _in_years(years: range, month: int, day: int | None) -> list[Period]:
    """A day or month in each of the years that have it: 29 February is in few."""
    found = []
    for year in years:
        try:
            found.append(calendar_period(year, month, day))
        except ValueError:
            continue
    return found


def _part(period: Period, part: str | None) -> Period:
    """The first, middle or last third of a month or a year; all of it for no part."""
    if not part:
        return period
    third = _PARTS.index(part.lower())
    if period.first.month != period.last.month:
        return months_from(date(period.first.year, 4 * third + 1, 1), 4)
    first = period.first.replace(day=10 * third + 1)
    return Period(first, period.last if third == 2 else first + timedelta(days=9))


def _year(match: re.Match[str], _: Asked) -> Period | None:
    """A year, unless it counts something: "in 2000 homes", "of 2000 people", "for 2000 euros"."""
    before, after = word_before(match.string, match.start()), match.string[match.end() :]
    if re.match(r"\s[a-z]+s\b", after) or (before in ("of", "for") and re.match(r"\s\w", after)):
        return None
    return _part(calendar_period(int(match["year"])), match["part"])


def _season(match: re.Match[str], _: Asked) -> Period:
    """The whole year: of which hemisphere the summer is, nobody says."""
    return calendar_period(int(match["year"]))


def _decade(match: re.Match[str], _: Asked) -> Period:
    first = date(int(match["year"]), 1, 1)
    return Period(first, first + relativedelta(years=10, days=-1))


def _quarter(match: re.Match[str], asked: Asked) -> Period:
    """A quarter without its year is the latest one begun by `as_of`."""
    number = int(match["number"] or 0) or 1 + _ORDINALS.index(match["ordinal"].lower())
    year = int(match["year"]) if match["year"] else asked.year
    if year is None:
        year = asked.as_of.year - (asked.as_of.month < 3 * number - 2)
    return months_from(date(year, 3 * number - 2, 1), 3)


def _half(match: re.Match[str], _: Asked) -> Period:
    number = _ORDINALS.index(match["ordinal"].lower())
    return months_from(date(int(match["year"]), 6 * number + 1, 1), 6)


_MONTH = "(?P<month>" + "|".join(
    f"{name[:3]}(?:{name[3:]})?" if name != "September" else "Sept?(?:ember)?" for name in MONTHS
) + r")\b\.?"  # fmt: skip
_YEAR = r"(?P<year>(?:19|20)[0-9]{2})\b"
_OF_YEAR = rf"(?:,?\s(?:of\s|in\s)?{_YEAR})?"
_DAY = r"(?P<day>[0-9]{1,2})(?:st|nd|rd|th)?"
_UNTIL_DAY = r"(?:\s?(?:[-–]|to|and|until)\s?(?P<until>[0-9]{1,2})(?:st|nd|rd|th)?)?"
_ON = rf"\b(?:(?P<weekday>{'|'.join(WEEKDAYS)}),?\s)?"
_PART = rf"(?:(?P<part>{'|'.join(_PARTS)})[\s-])?"
_ORDINAL = rf"(?P<ordinal>{'|'.join(_ORDINALS)})"
_YEAR_ALONE = pattern(r"(?<![\w.,$£€-])", _PART, _YEAR, r"(?![%\w-]|[.,][0-9])")

#: In order: what stands inside an earlier match is not looked at again.
RESOLVERS: dict[re.Pattern[str], Resolver] = {
    pattern(r"\b(?:19|20)[0-9]{2}-[0-9]{2}-[0-9]{2}\b"): _iso,
    pattern(_ON, r"(?:the\s)?\b", _DAY, _UNTIL_DAY, r"(?:\sof)?\s", _MONTH, _OF_YEAR): _dated,
    pattern(_ON, _MONTH, r"\s", _DAY, _UNTIL_DAY, r"\b(?![:%]|[.,][0-9])", _OF_YEAR): _dated,
    pattern(r"\b(?:(?P<shift>last|this|next)\s)?", _PART, _MONTH, _OF_YEAR): _dated,
    pattern(r"\bq(?P<number>[1-4])(?P<ordinal>)\b", _OF_YEAR): _quarter,
    pattern(r"\b(?P<number>)", _ORDINAL, r"\squarter\s(?:of\s|in\s)?", _YEAR): _quarter,
    pattern(r"\b(?P<ordinal>first|second)\shalf\s(?:of\s|in\s)?", _YEAR): _half,
    pattern(r"\b(?:spring|summer|autumn|fall)\s(?:of\s)?", _YEAR): _season,
    pattern(r"\bthe\s(?:(?:early|mid|late)[\s-])?(?P<year>(?:19|20)[0-9]0)['’]?s\b"): _decade,
    _YEAR_ALONE: _year,
}
