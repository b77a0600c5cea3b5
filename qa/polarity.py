"""Whether a sentence says that something is so, is not so, or only may be.

Rules over words, no parse: a negator or a verb of denying ahead of the predicate in its clause
denies it ("did not fire", "denied that it took part", "nobody was hurt"), and a word of
possibility or of plans there leaves it open.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import Literal

from qa.words import Word, word_set, words

Polarity = Literal["asserted", "denied", "open", "unsaid"]

_NEGATORS = word_set(
    "not no never none nobody nothing neither nor without cannot hardly scarcely barely rarely"
)
_FAILING = word_set("fail failed fails refuse refused refuses decline declined declines unable")
#: What follows these is said not to be so.
_DENYING = word_set(
    """deny denies denied denying reject rejects rejected rejecting dismiss dismisses dismissed
    refute refutes refuted debunked disproved rebuffed avoided avoids avoid averted prevented
    unlikely false untrue doubt doubts doubted"""
)
_OPEN = word_set(
    """may might could would should can perhaps possibly probably likely reportedly allegedly
    alleged rumoured rumored suspected suspects suspect accused accuses accuse unclear unknown
    unconfirmed whether if intends intended hopes hope considering considers mulling proposed
    proposes vowed vows promised promises demands demanded seems seem appears appear believed fears
    feared unless until weighing"""
)
#: These only with "to" or "for" behind them: "a group called X" is no call.
_OPEN_TO = word_set(
    """plan plans planned planning aims aim expects expect expected threatens threatened scheduled
    poised seeks seek seeking wants want wanted urges urged asks asked calls called ordered set due
    wish wishes preparing prepares hoping ready"""
)
_TO_COME = word_set("will shall going")
#: Between a negator and the verb that it denies.
_BETWEEN = word_set(
    """be been being was were is are has have had do does did to yet ever also still even any a an
    the and only all so in it they he she would will could can responsible"""
)
_RELATIVE = word_set("that which who whom whose whether when because")
_MOST = 2000  # characters, from which on a sentence is no prose
_REACH = 6  # words from a negator to what it denies
_BORDER = re.compile(
    r"[;:—–]|, (?:but|and|while|which|who|although|though|so|after|when)\b|\bbut\b|\bwhile\b"
)
_NEGATION = re.compile(r"\b(?:not|never|no|nobody|none|nothing)\b|n['’]t\b", re.I)


def is_negative(text: str) -> bool:
    """Whether a question has a negation of its own: "why did it not fire?"."""
    return bool(_NEGATION.search(text))


def polarity(text: str, keys: Collection[str], allowed: Collection[str] = ()) -> Polarity:
    """How a sentence has the predicate, a word with one of these keys.

    What it asserts anywhere it asserts; a double denial ("did not deny that") leaves it open.
    Words of possibility in `allowed`, lower case, are the question's own: "will" does not leave
    open whether something will be.
    """
    if len(text) > _MOST:
        return "unsaid"
    found = words(text)
    said = {_at(text, found, i, allowed) for i, word in enumerate(found) if word.key in keys}
    for verdict in ("asserted", "denied", "open"):
        if verdict in said:
            return verdict  # type: ignore[return-value]
    return "unsaid"


def is_negated(
    text: str, keys: Collection[str], near: int | None = None, strictly: bool = False
) -> bool:
    """Whether a sentence has the words with these keys only as what did not happen.

    With `near`, an offset in the text, only those of its clause count where there are any: "It did
    not fail on 3 May, but it failed on 5 May". `strictly`: only "not" and "never" right before.
    """
    if len(text) > _MOST:
        return False
    found = words(text)
    places = [i for i, word in enumerate(found) if word.key in keys]
    if near is not None:
        borders = [match.end() for match in _BORDER.finditer(text)]
        clause = sum(border <= near for border in borders)
        inside = [
            i for i in places if sum(border <= found[i].start for border in borders) == clause
        ]
        places = inside or places
    if strictly:
        verdicts = ["denied" if _right_before(found, i) else "asserted" for i in places]
    else:
        verdicts = [_at(text, found, i, ()) for i in places]
    return "denied" in verdicts and "asserted" not in verdicts


def _right_before(found: list[Word], place: int) -> bool:
    for word in reversed(found[max(0, place - 4) : place]):
        lower = word.text.lower().replace("’", "'")
        if lower in ("not", "never") or lower.endswith("n't"):
            return True
        if lower not in _BETWEEN and not lower.endswith("ly"):
            return False
    return False


def _at(text: str, found: list[Word], place: int, allowed: Collection[str]) -> Polarity:
    first = _clause_start(text, found, place)
    comma = text.rfind(",", 0, found[place].start)
    parted = sum(word.start < comma for word in found[first:place])  # "who did not speak, left"
    before = [word.text.lower().replace("’", "'") for word in found[first:place]]
    after = [word.text.lower() for word in found[place + 1 : place + 2]]
    negations = sum(_negates(before, index) for index in range(len(before)) if index >= parted)
    if after and after[0] in ("nobody", "nothing", "no", "none", "neither"):
        negations += 1  # "injured nobody", "caused no damage"
    if any(_leaves_open(before, index, allowed) for index in range(len(before))):
        return "open"
    if negations:
        return "denied" if negations == 1 else "open"
    return "asserted"


def _leaves_open(before: list[str], index: int, allowed: Collection[str]) -> bool:
    word, following = before[index], before[index + 1 : index + 3]
    if word in allowed:
        return False
    if word in _OPEN_TO:
        return "to" in following or "for" in following[:1]
    if word in _TO_COME:
        return word != "going" or following[:1] == ["to"]
    return word in _OPEN


def _negates(before: list[str], index: int) -> bool:
    word, between = before[index], before[index + 1 :]
    if word in _DENYING:
        return True
    if word in _FAILING:
        return between[:1] == ["to"] and len(between) <= _REACH
    if word not in _NEGATORS and not word.endswith("n't"):
        return False
    if set(between) & _RELATIVE:
        return False  # "nobody has claimed the rockets that were fired"
    if word == "without":
        return len(between) <= 2
    if word in ("nobody", "none", "neither", "nothing", "no"):
        return len(between) <= _REACH
    loose = [other for other in between if other not in _BETWEEN and not other.endswith("ly")]
    return len(loose) <= 1 and len(between) <= _REACH


def _clause_start(text: str, found: list[Word], place: int) -> int:
    """The index of the first word of the clause that a word stands in."""
    end = found[place].start
    last = max((match.end() for match in _BORDER.finditer(text, 0, end)), default=0)
    return next((i for i, word in enumerate(found) if word.start >= last), place)
