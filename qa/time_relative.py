"""Times told from the day of asking: today, on Monday, last week, the past ten days, a year ago."""

from __future__ import annotations

import re
from datetime import date, timedelta

from dateutil.relativedelta import relativedelta

from qa.days import WEEKDAYS, Period
from qa.time_words import Asked, Resolver, months_from, pattern, word_before

_SMALL = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven",
          "twelve")  # fmt: skip
_SAYS_WHEN = frozenset("on since before after until till by from between last this next".split())
_ROUGHLY = frozenset("over than about almost nearly around roughly some".split())
_STEPS = {"this": 0, "last": -1, "past": -1, "next": 1}


def _weekday(match: re.Match[str], asked: Asked) -> Period | None:
    """The latest one up to `as_of`; the coming one where the sentence looks ahead."""
    shift = (match["shift"] or "").lower().removeprefix("this ")
    if not (shift or _is_weekday(match)):
        return None
    back = asked.as_of.weekday() - WEEKDAYS.index(match["weekday"].title())
    if shift != "this":
        back %= 7
    if shift == "next" or (asked.is_ahead and not shift):
        back -= 7 if back or shift else 0
    elif shift in ("last", "past") and back == 0:
        back = 7
    day = asked.as_of - timedelta(days=back)
    return Period(day, day)


def _is_weekday(match: re.Match[str]) -> bool:
    """Whether it is a day of the calendar: not "Black Friday", "the Sunday Times", "every Monday".

    Without a word such as "on" before it, it has to look like a name among small words.
    """
    text, name = match.string, match["weekday"]
    before, after = word_before(text, match.start()), text[match.end() :]
    if after.startswith(" Night"):
        return False
    if before in _SAYS_WHEN:
        return True
    previous = text[: match.start()].split()[-1:]
    is_in_name = bool(previous) and previous[0][:1].isupper() and previous[0][-1:].isalnum()
    leads_name = not match["own"] and bool(re.match(r"\s[A-Z]", after))
    return not (name.islower() or is_in_name or leads_name or before in ("every", "each", "a"))


def _word(match: re.Match[str], asked: Asked) -> Period | None:
    """today and its like; "USA TODAY" and "India Today" are names."""
    if match.start() and match[0][0].isupper():
        return None
    back = {"yesterday": 1, "last night": 1, "tomorrow": -1}.get(match[0].lower(), 0)
    day = asked.as_of - timedelta(days=back)
    return Period(day, day)


def _unit(match: re.Match[str], asked: Asked) -> Period | None:
    """this, last, past, next week, weekend, month, quarter or year.

    "last week" is the calendar's, Monday to Sunday; "the last week" and "the past week" are the
    seven days that end with `as_of`.
    """
    shift, unit = match["shift"].lower().split()[-1], match["unit"].lower()
    if match["the"] and shift in ("this", "next"):
        return None  # next to what?
    if unit == "weekend":
        monday = _calendar("week", asked.as_of, _STEPS[shift]).first
        return Period(monday + timedelta(days=5), monday + timedelta(days=6))
    if shift == "past" or (match["the"] and shift == "last"):
        return _trailing(1, unit, asked.as_of)
    whole = _calendar(unit, asked.as_of, _STEPS[shift])
    part = (match["part"] or "").lower()
    if part == "earlier":
        return Period(whole.first, min(whole.last, asked.as_of))
    return Period(max(whole.first, asked.as_of), whole.last) if part == "later" else whole


def _weekend(_: re.Match[str], asked: Asked) -> Period:
    """over the weekend: the latest one that has begun, or the coming one."""
    monday = _calendar("week", asked.as_of, 0).first
    if asked.as_of.weekday() < 5 and not asked.is_ahead:
        monday -= timedelta(days=7)
    return Period(monday + timedelta(days=5), monday + timedelta(days=6))


def _calendar(unit: str, day: date, steps: int) -> Period:
    """The day, week, month, quarter or year that a day lies in, or so many steps from there."""
    if unit in ("day", "week"):
        days = 7 if unit == "week" else 1
        first = day - timedelta(days=day.weekday() % days) + timedelta(days=days * steps)
        return Period(first, first + timedelta(days=days - 1))
    months = {"month": 1, "quarter": 3, "year": 12}[unit]
    first = date(day.year, (day.month - 1) // months * months + 1, 1)
    return months_from(first + relativedelta(months=steps * months), months)


def _back(count: int, unit: str) -> relativedelta:
    if unit == "quarter":
        return relativedelta(months=3 * count)
    return relativedelta(**{f"{unit}s": count})


def _trailing(count: int, unit: str, as_of: date) -> Period:
    """So many days, weeks, months, quarters or years that end with `as_of`."""
    return Period(as_of - _back(count, unit) + timedelta(days=1), as_of)


def _past(match: re.Match[str], asked: Asked) -> Period:
    return _trailing(_count(match), match["unit"].lower(), asked.as_of)


def _ago(match: re.Match[str], asked: Asked) -> Period | None:
    """The day; the week around it; its month; its year: as exact as the unit is."""
    if word_before(match.string, match.start()) in _ROUGHLY:
        return None
    unit = match["unit"].lower()
    day = asked.as_of - _back(_count(match), unit)
    if unit == "week":
        return Period(day - timedelta(days=3), day + timedelta(days=3))
    return _calendar(unit, day, 0)


def _count(match: re.Match[str]) -> int:
    text = match["count"].lower()
    if text in _SMALL:
        return 1 + _SMALL.index(text)
    return int(text) if text.isdigit() else {"couple": 2, "couple of": 2}.get(text, 1)


_COUNT = rf"(?P<count>[0-9]{{1,4}}|an?|couple(?:\sof)?|{'|'.join(_SMALL)})"
_TIMES = r"(?:\s(?:morning|afternoon|evening|night)\b)?"

#: In order: what stands inside an earlier match is not looked at again.
RESOLVERS: dict[re.Pattern[str], Resolver] = {
    pattern(
        r"\b(?:(?P<shift>last|next|this\spast|this|past)\s)?",
        rf"(?P<weekday>{'|'.join(WEEKDAYS)})\b(?P<own>['’]s)?",
        _TIMES,
    ): _weekday,
    pattern(
        r"\b(?:today|yesterday|tomorrow|tonight|last\snight|this\s(?:morning|afternoon|evening))\b"
    ): _word,
    pattern(r"\b(?:past|last)\s", _COUNT, r"\s(?P<unit>day|week|month|year)s?\b"): _past,
    pattern(r"\b", _COUNT, r"\s(?P<unit>day|week|month|year)s?\sago\b"): _ago,
    pattern(
        r"\b(?:(?P<part>earlier|later)\s)?(?P<the>the\s)?(?P<shift>this\spast|this|last|past|next)",
        r"\s(?P<unit>weekend|week|month|quarter|year)\b(?!-|\sof\b)",
    ): _unit,
    pattern(r"(?<=\bover\s)the\sweekend\b(?!\sof\b)"): _weekend,
}
