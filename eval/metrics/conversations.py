"""Measures of conversations, as pure functions over their turns."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Turn:
    """One turn as it went."""

    conversation: str
    turn: int  #: from 1
    right: float | None  #: 0..1; None: it failed to run, or right and wrong do not apply to it


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
