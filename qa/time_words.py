"""What the patterns of times and the functions that resolve them share."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from dateutil.relativedelta import relativedelta

from qa.days import Period


@dataclass(frozen=True, slots=True)
class Asked:
    """What points in time are resolved with."""

    as_of: date
    is_ahead: bool = False  #: whether the sentence speaks of what is to come
    year: int | None = None  #: of a range's other end, where this end has none


#: Makes a period of what a pattern found; None where that is no time after all, or an unclear one.
#: Raises `ValueError` or `OverflowError` for a day that the calendar does not have.
Resolver = Callable[[re.Match[str], Asked], Period | None]

_GOVERNING = re.compile(r"([\w’']+)\s(?:the\s(?:beginning|start|middle|end)\sof\s)?$")


def pattern(*parts: str) -> re.Pattern[str]:
    """The parts one after the other, in any case."""
    # Without re.A, letters outside ASCII match some in it ("laſt"), and stand in no table.
    return re.compile("".join(parts), re.I | re.A)


def word_before(sentence: str, place: int) -> str:
    """The word that governs a point at `place`, in lower case; empty where there is none."""
    found = _GOVERNING.search(sentence[max(0, place - 60) : place])
    return found[1].lower() if found else ""


def months_from(first: date, count: int) -> Period:
    """So many months, beginning with the day `first`."""
    return Period(first, first + relativedelta(months=count, days=-1))
