"""Measures of conversations, as pure functions over their turns."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import fmean


@dataclass(frozen=True, slots=True)
class Turn:
    """One turn as it went."""

    conversation: str
    turn: int  #: from 1
    right: float | None  #: 0..1; None: it failed to run, or right and wrong do not apply to it


def turns_right(turns: Iterable[Turn]) -> float | None:
    """Mean of `right` over the turns that have it. None where none has."""
    return _mean(one.right for one in turns)


def right_by_turn(turns: Iterable[Turn]) -> dict[int, float]:
    """Turn number → mean of `right` over the conversations' turns of that number, in order."""
    found = defaultdict(list)
    for one in turns:
        if one.right is not None:
            found[one.turn].append(one.right)
    return {turn: fmean(found[turn]) for turn in sorted(found)}


def conversations_right(turns: Sequence[Turn]) -> float | None:
    """Share of conversations with every turn right. None where no conversation can be judged."""
    return _mean(every_turn_right(turns))


def every_turn_right(turns: Sequence[Turn]) -> list[float | None]:
    """For each turn, in the order given: None, but at the last turn of its conversation 1 when
    every turn is wholly right, else 0.

    So it is a measure of cases like any other, one value for each conversation. A conversation
    with a turn of which it is not known is not judged, for it would count as right or wrong by
    the turns that happened to run: None throughout.
    """
    places = defaultdict(list)
    for place, one in enumerate(turns):
        places[one.conversation].append(place)
    found: list[float | None] = [None] * len(turns)
    for of in places.values():
        rights = [turns[place].right for place in of]
        if None not in rights:
            last = max(of, key=lambda place: turns[place].turn)
            found[last] = float(all(right == 1 for right in rights))
    return found


def _mean(values: Iterable[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return fmean(known) if known else None
