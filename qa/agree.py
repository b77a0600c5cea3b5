"""Put together the candidates that say the same: "Biden", "Joe Biden", "President Joe Biden"."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from qa.candidates import Candidate
from qa.names import same_name
from qa.span_names import TITLES
from qa.values import same_value
from qa.words import fold

_MARKS = re.compile(r"[^\w\s%$£€]|\b(?:a|an|the)\b")


@dataclass(frozen=True, slots=True)
class FoundAnswer:
    """One answer and the places that give it."""

    text: str  #: in the wording that carries the most weight
    weight: float  #: the sum of its candidates'
    places: tuple[tuple[Candidate, float], ...]  #: with their weights, the weightiest first


def answers_of(weighed: Sequence[tuple[Candidate, float]], most: int) -> list[FoundAnswer]:
    """The answers that candidates give, the weightiest first; at most `most` wordings are compared.

    Weights of equal wordings are summed, then those of wordings of equal meaning
    (`qa.values.same_value`), so that an answer which many passages give outweighs another. A
    wording joins the weightiest answer that it fits.
    """
    wordings: dict[str, list[tuple[Candidate, float]]] = defaultdict(list)
    for candidate, weight in weighed:
        wordings[plain(candidate.text)].append((candidate, weight))
    ranked = sorted(
        ((sum(w for _, w in pairs), key) for key, pairs in wordings.items()),
        key=lambda one: (-one[0], one[1]),
    )[:most]
    groups: list[list[str]] = []
    for _, key in ranked:
        text = wordings[key][0][0].text
        for group in groups:
            others = [wordings[other][0][0].text for other in group]
            # "Joe Biden" and "Hunter Biden" do not meet, though each may be "Biden".
            if _is_same(others[0], text) and not any(_are_two(one, text) for one in others):
                group.append(key)
                break
        else:
            groups.append([key])
    found = []
    for group in groups:
        places = sorted(
            (pair for key in group for pair in wordings[key]), key=lambda pair: -pair[1]
        )
        lead = max(wordings[group[0]], key=lambda pair: pair[1])[0]
        found.append(FoundAnswer(lead.text, sum(w for _, w in places), tuple(places)))
    found.sort(key=lambda answer: -answer.weight)
    return found


def _is_same(one: str, other: str) -> bool:
    """Whether two wordings have one meaning: "Joe Biden" and "President Biden" too."""
    if same_value(one, other):
        return True
    first, second = " ".join(_named(one)), " ".join(_named(other))
    has_title = len(first) < len(one) or len(second) < len(other)
    return bool(has_title and first and second and same_value(first, second))


def _are_two(one: str, other: str) -> bool:
    """Whether two names are of people who share no more than their family name."""
    first, second = _named(one), _named(other)
    return len(first) > 1 and len(second) > 1 and not same_name(" ".join(first), " ".join(second))


def _named(text: str) -> list[str]:
    """The words of a name behind its titles; [] of what is no name or has figures in it."""
    parts = text.split()
    for place, part in enumerate(parts):
        if part.lower().rstrip(".,") in TITLES:
            parts = text.split()[place + 1 :]
    is_name = all(part[0].isupper() and part[-1].isalpha() for part in parts)
    return parts if is_name else []


def plain(text: str) -> str:
    """A wording without case, marks and articles: equal ones are the same words."""
    return " ".join(_MARKS.sub(" ", fold(text)).split()) or text
