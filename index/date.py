"""A date as some file writes it becomes a calendar day, or None: never a guess."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta, timezone

FIRST_YEAR, LAST_YEAR = 1800, 2100
MONTH = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?"
    r"|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)"
)

_ISO = re.compile(
    r"(\d{4})([-/]?)(\d{2})\2(\d{2})"
    r"(?:[T ]+(\d{2}):?(\d{2})(?::?(\d{2})(?:[.,]\d+)?)?\s*(Z|UTC|GMT|[+-]\d{2}(?::?\d{2})?)?)?",
    re.IGNORECASE,
)
_EPOCH = re.compile(r"(\d{9,10}|\d{12,13})(?:\.\d+)?")
_NUMERIC = re.compile(r"(\d{1,2})([/.\-])(\d{1,2})\2(\d{4})(?:[ ,T].{0,30})?")
_RFC822 = re.compile(
    r"(?:[a-z]{3,9},? +)?\d{1,2} +[a-z]{3} +\d{2,4} +\d{1,2}:\d{2}.*", re.IGNORECASE
)
_WORDED = re.compile(rf"\b{MONTH}\b", re.IGNORECASE)
_YEAR = re.compile(r"(?<!\d)(?:1[89]\d\d|20\d\d|2100)(?!\d)")
_DAY = re.compile(r"(?<![\d:])(?:0?[1-9]|[12]\d|3[01])(?:st|nd|rd|th)?(?![\d:])", re.IGNORECASE)
_LABEL = re.compile(
    r"^(?:first |last )?(?:published|updated|posted|modified|created|date)(?: on| at)?\s*:?\s+",
    re.IGNORECASE,
)
_HOURS = {
    "UTC": 0, "GMT": 0, "Z": 0, "EST": -5, "EDT": -4, "CST": -6, "CDT": -5, "MST": -7,
    "MDT": -6, "PST": -8, "PDT": -7, "BST": 1, "CET": 1, "CEST": 2, "EET": 2, "EEST": 3,
    "JST": 9, "AEST": 10, "AEDT": 11,
}  # fmt: skip


def read_date(value: str | None) -> date | None:
    """Day that `value` tells of; in UTC where it tells a zone.

    Reads ISO 8601, RFC 822, seconds or milliseconds since 1970, 24.02.2021, and English
    dates in words. None for everything that does not tell year, month and day: today never
    fills a gap. 02/03/2021 is None too: it is 2 March in London and 3 February in New York,
    and a wrong date is worse than none; 24/02/2021 and 02/24/2021 can be told and are read.
    Years outside 1800..2100 are None.
    """
    text = " ".join((value or "").split())
    if not text or len(text) > 100:
        return None
    text = _LABEL.sub("", text)
    try:
        found = _read(text)
    except (ValueError, OverflowError, OSError):
        return None
    return found if found and FIRST_YEAR <= found.year <= LAST_YEAR else None


def _read(text: str) -> date | None:
    if iso := _ISO.fullmatch(text):
        return _iso(iso)
    if epoch := _EPOCH.fullmatch(text):
        seconds = int(epoch[1]) / (1000 if len(epoch[1]) > 10 else 1)
        return datetime.fromtimestamp(seconds, UTC).date()
    if numeric := _NUMERIC.fullmatch(text):
        return _numeric(int(numeric[1]), int(numeric[3]), int(numeric[4]), numeric[2])
    if _RFC822.fullmatch(text):
        from email.utils import parsedate_tz

        parts = parsedate_tz(text)
        if parts is None:
            return None
        moment = datetime(*parts[:5])  # type: ignore[arg-type]
        return (moment - timedelta(seconds=parts[9] or 0)).date()
    if _WORDED.search(text) and _YEAR.search(text) and _DAY.search(_YEAR.sub("", text)):
        return _worded(text)
    return None


def _iso(match: re.Match[str]) -> date:
    day = date(int(match[1]), int(match[3]), int(match[4]))
    zone = match[8]
    if not zone or zone.upper() in ("Z", "UTC", "GMT"):
        return day
    digits = zone[1:].replace(":", "").ljust(4, "0")
    offset = timedelta(hours=int(digits[:2]), minutes=int(digits[2:]))
    try:
        moment = datetime(day.year, day.month, day.day, int(match[5]), int(match[6]))
    except ValueError:
        return day  # the day is good even where the hour is not
    return (moment - offset if zone[0] == "+" else moment + offset).date()


def _numeric(first: int, second: int, year: int, mark: str) -> date | None:
    if first > 12 or first == second or mark == ".":  # with dots the day always stands first
        return date(year, second, first)
    if second > 12:
        return date(year, first, second)
    return None


def _worded(text: str) -> date | None:
    import warnings

    from dateutil.parser import UnknownTimezoneWarning, parse

    zones = {name: timezone(timedelta(hours=hours)) for name, hours in _HOURS.items()}
    # dateutil fills what is missing from a default: two that differ in everything tell
    # whether anything was missing.
    days = []
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UnknownTimezoneWarning)
        for default in (datetime(2000, 1, 1), datetime(2011, 7, 15)):
            moment = parse(text, default=default, tzinfos=zones)
            moment = moment.astimezone(UTC) if moment.tzinfo else moment
            days.append(moment.date())
    return days[0] if days[0] == days[1] else None
