"""Which of the things spoken of a follow-up means: by a pronoun, or by a noun like "the group"."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence, Set

from qa.mentions import GROUP_NOUNS, PERSON_NOUNS, of_one_family
from qa.referents import Referent, ReferentKind
from qa.words import key, word_set, words

_THINGS: tuple[ReferentKind, ...] = ("group", "place", "thing")
#: Nouns of people that do not tell by themselves whom they mean, as "the pope" does.
_ANYBODY = word_set(
    """politician man woman contractor victim suspect soldier player actor actress singer author
    writer spokesman spokeswoman spokesperson official candidate"""
)
#: What means one event or another: "that attack", "this incident".
_ATTACKS = word_set("attack assault bombing raid strike incident shelling event shooting")
_PLACE_NOUNS = word_set("country state nation city town place province region base area zone")
#: Only people and those who act together do these.
_HUMAN_VERBS = word_set(
    """say claim deny want call belong accuse blame warn ask promise demand plan believe announce
    threaten carry use fight support lead talk speak meet discuss agree think know"""
)
#: What is asked of a thing that has a name: "who leads it?", "what does it mean?".
_OF_NAMES = word_set("lead mean call name belong base found member head run own known near")
_HAPPENING = word_set("happen occur")
#: What is done about what was said or happened.
_OF_CLAIMS = word_set("deny confirm admit explain believe doubt")


_DETERMINERS = word_set("the a an this that these those his her its their all some any")


_INDEFINITE = re.compile(r"an? ", re.I)


def person(spoken: Sequence[Referent]) -> Referent | None:
    """Whom "he" or "she" means: who was answered or asked about before others that were named."""
    named = [one for one in spoken if _may_be_person(one)]
    named.sort(key=lambda one: not one.text[:1].isupper())
    for turn in range(3):
        for parts in (("answer", "question"), ("text",)):
            now = [one for one in named if one.turn == turn and one.part in parts]
            found = _first(now, lambda one: one.kind == "person") or _first(
                now, lambda one: one.part != "text" and not one.lead
            )
            if found is not None:
                return found
    return None


def several(spoken: Sequence[Referent], verbs: Set[str]) -> Referent | None:
    """What "they" means."""
    latest = [one for one in spoken if one.turn == 0]
    answered = [one for one in latest if one.part == "answer" and _acts(one)]
    asked = [one for one in latest if one.part == "question" and one.kind in ("person", "name")]
    for of in (answered, asked if verbs & _HUMAN_VERBS else []):
        if len(of) > 1:
            joined = " and ".join(one.text for one in of[:3])
            return Referent(joined, "group", frozenset(), of[0].part, 0, True)
    plural = _first(latest, lambda one: one.plural and one.kind not in ("time", "number", "claim"))
    if plural is not None and (_acts(plural) or not verbs & _HUMAN_VERBS):
        return plural
    return (
        _first(answered, lambda one: True)
        or _first(spoken, lambda one: one.kind == "group")
        or plural
        or _first(spoken, lambda one: one.kind in ("person", "place", "name"))
    )


def thing(
    spoken: Sequence[Referent], verbs: Set[str], points: bool, is_asked: bool = False
) -> Referent | None:
    """What "it" means.

    Args:
        points: it is "this" or "that", which take up what happened.
        is_asked: the whole question is what or where it is: what was answered, then.
    """
    if is_asked and (latest := _first(spoken, lambda one: one.turn == 0 and _is_named(one))):
        return latest
    claim = _first(spoken, lambda one: one.kind == "claim" and one.turn == 0)
    event = _first(spoken, lambda one: _is_event(one) and one.turn == 0 and one.part == "question")
    if claim is not None and event is None and verbs & _OF_CLAIMS:
        return claim
    if verbs & _HAPPENING and (recent := _first(spoken, lambda one: _is_event(one))):
        return recent
    single = [one for one in spoken if not one.plural]
    answered = _first(single, lambda one: one.part == "answer" and one.turn == 0 and _is_thing(one))
    if answered is not None and verbs & _OF_NAMES:
        return answered
    if points and (recent := _first(spoken, lambda one: _is_event(one) and one.turn < 3)):
        return recent
    for turn in range(4):
        now = [one for one in single if one.turn == turn]
        asked = [one for one in now if one.part == "question"]
        found = (
            _first(asked, _is_event)
            or _first(asked, lambda one: _is_thing(one) and not _INDEFINITE.match(one.text))
            or _first(now, lambda one: one.part == "answer" and _is_thing(one))
            or (None if points else _first(asked, lambda one: one.kind == "name"))
        )
        if found is not None:
            return found
    return _first(spoken, lambda one: _is_event(one) or _is_thing(one))


def one_of(number: int, spoken: Sequence[Referent]) -> Referent | None:
    """The first (0), second (1) or last (-1) of several that were answered, or named there."""
    latest = [one for one in spoken if one.turn == 0 and (_acts(one) or _is_thing(one))]
    for part in ("answer", "text"):
        of = [one for one in latest if one.turn == 0 and one.part == part]
        if len(of) > max(1, number):
            return of[number]
    return None


def place(spoken: Sequence[Referent]) -> Referent | None:
    """Where "there" is: the place of the latest answer or question before those of its text."""
    return _first(spoken, lambda one: one.kind == "place" and one.part != "text") or _first(
        spoken, lambda one: one.kind == "place"
    )


def event(spoken: Sequence[Referent]) -> Referent | None:
    """What happened last of all that was spoken of."""
    return _first(spoken, _is_event)


def called(nouns: Sequence[str], spoken: Sequence[Referent], points: bool) -> Referent | None:
    """What was called by these nouns, "prime minister"; `points`: "that", which must mean one."""
    head = nouns[-1]
    modifiers = {key(noun) for noun in nouns[:-1]}
    for one in spoken:
        if key(head) in one.heads and one.kind not in ("time", "number", "claim"):
            own = {word.key for word in words(one.text)} | one.heads
            if modifiers <= own and one.text.lower().removeprefix("the ") != " ".join(nouns):
                return one
    single = head.removesuffix("s")
    if single in GROUP_NOUNS:
        found = _first(spoken, lambda one: one.kind == "group") or _first(
            spoken, lambda one: any(of_one_family(single, noun) for noun in one.heads)
        )
        if found is None and single == head:
            # Whom a question names without saying where is somebody, and may be a group.
            found = _first(
                spoken, lambda one: one.kind == "name" and one.part != "text" and not one.lead
            )
        return found
    if single in PERSON_NOUNS and (points or single in _ANYBODY):
        return person(spoken)
    if not points:
        return None
    if single in _PLACE_NOUNS:
        return place(spoken)
    return event(spoken) if head in _ATTACKS else None


def _may_be_person(one: Referent) -> bool:
    if one.kind not in ("person", "name"):
        return False
    return one.text[:1].isupper() or any(
        word.text.lower() in PERSON_NOUNS for word in words(one.text)
    )


def _is_named(one: Referent) -> bool:
    return one.kind in ("group", "place", "name", "person", "thing") and one.part != "text"


def _acts(one: Referent) -> bool:
    return one.kind in ("group", "person", "name")


def _is_thing(one: Referent) -> bool:
    return one.kind in _THINGS


def _is_event(one: Referent) -> bool:
    return one.kind == "event"


def _first(spoken: Sequence[Referent], wanted: Callable[[Referent], bool]) -> Referent | None:
    return next((one for one in spoken if wanted(one)), None)


def written(one: Referent) -> str:
    """It as it stands in a sentence: "the rockets"; "the contractor" for "One contractor"."""
    text = re.sub(r"^(?:one|an?) (?=[a-z])", "the ", one.text, flags=re.I)
    parts = text.split()
    if not text[0].islower() or parts[0] in _DETERMINERS or not parts[-1].islower():
        return text
    # One word without an article, and not several of a kind, may be a name typed small.
    single = len(parts) == 1 and not one.plural and one.kind != "event"
    return text if single or (len(parts) > 1 and one.plural) else f"the {text}"
