"""Yes, no or unclear: whether the sentence that proves it says what a question asks.

A verdict is given where every name and content word of the question is met, in any form or
spelling, and the predicate in the sentence itself. All else is unclear, which is an answer too:
its proof is shown.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from functools import cache
from typing import Literal, NamedTuple

from qa.days import DAY_NAMES
from qa.mentions import MOST, mentions
from qa.names import alike
from qa.polarity import is_negative, polarity
from qa.records import Finding, Understood
from qa.said import sentence_of
from qa.target import AUXILIARIES, EMPTY, target
from qa.words import STOPWORDS, Word, initials, key, word_set, words

Verdict = Literal["yes", "no", "unclear"]

#: Words that news uses for one another. The language's, no article's.
_ALIKE = """
hurt injured injure wounded wound casualty casualties
killed kill died dead death fatal
attacked attack struck hit raid shelled bombed rocket fired
fired launched shot shoot
spoke talk discuss telephone phone call conversation
bought purchase acquire
begin start
end finish stop halt
resign quit stepped
arrest detain captured caught
blame accuse accusation
praise compliment
admit acknowledge confess concede
rise increase grow climb
fall drop decrease
leave depart withdraw
help aid assist
big large
"""
_OPPOSITE = """
admit acknowledge confess claim | deny reject
accept approve agree back support | reject refuse veto block oppose
open reopen | close shut
alive survive | died dead killed
guilty convict | acquit innocent
win | lose
rise increase grow | fall drop decrease decline
free release | jail imprison detain arrest
allow permit | ban forbid prohibit
succeed | fail
begin start | cancel postpone
stay remain | leave depart quit resign
"""
#: Verbs that say nothing without their noun: "take part", "give a speech".
_LIGHT = word_set("take took have had make made do give gave get got go say tell come put")
_LOOSE = word_set(
    "yet already ever still really actually now currently recently today again any recent latest "
    "try tries tried manage managed attempt attempted down"
)
_SAYING = word_set("name named names say said says tell told tells call called calls know knew")
#: Words that make it another question, so that a sentence has to have them as well.
_RELATING = word_set(
    "before after than until without only all every each first last most more fewer less both"
)
_TRYING = re.compile(
    r"\b(?:try|tries|tried|manage[sd]?|attempt(?:s|ed)?|able|begin|began|start(?:ed)?) to (\w+)",
    re.I,
)
#: "Can you tell me who won?" asks who.
_REQUEST = re.compile(r"^\W*\w+ (?:you|we|i|it|one|anyone know|anybody know)\b", re.I)


def is_asked(question: Understood) -> bool:
    """Whether a question wants yes or no.

    Its first word tells: "has anyone said who did it?" does, though it has a "who". "Was it
    Saturday or Sunday?" wants one of two, and "can you tell me who won?" the winner.
    """
    if re.search(r"\bor\b(?! not\b)", question.text, re.I):
        return False
    if question.kind == "yes_no":
        return True
    first = re.match(r"\W*(\w+)", question.text)
    asks = first is not None and first[1].lower() in AUXILIARIES
    return asks and not _REQUEST.match(question.text)


def verdict(question: Understood, finding: Finding) -> Verdict:
    """What a finding's sentence says to a yes-or-no question."""
    text = sentence_of(finding)
    if len(text) > MOST or text.rstrip("”\"'").endswith("?"):
        return "unclear"
    asked = [word for word in words(question.text) if _tells(word)]
    names = [word for word in asked if _is_name(word)]
    content = [word for word in asked if word not in names]
    there, around = words(text), words(_around(finding))
    if not _numbers_met(asked, there) or not _names_met(finding, names, there, around):
        return "unclear"
    if not _relations_met(question, there):
        return "unclear"
    predicate = _predicate(question, content, there)
    if not predicate.keys:
        return "unclear"
    keys = {word.key for word in [*there, *around]}
    for word in content:
        if not (_related(word.key) & keys or _opposed(word.key) & predicate.keys):
            return "unclear"
    allowed = {word.text.lower() for word in words(question.text)}
    said = polarity(text, predicate.keys, allowed)
    if said in ("open", "unsaid") or _is_reversed(names, question, predicate.keys, text):
        return "unclear"
    if said == "asserted" and not predicate.is_verb and is_negative(text):
        return "unclear"  # what it denies may be what is asked about
    return "yes" if (said == "asserted") != predicate.is_opposite else "no"


class _Predicate(NamedTuple):
    """What a question turns on, as a sentence has it."""

    keys: set[str]  #: of the words that say it, or its opposite; empty where it has neither
    is_opposite: bool = False
    is_verb: bool = False  #: the question's verb, not only its last content word


def _tells(word: Word) -> bool:
    lower = word.text.lower().replace("’", "'")
    if word.text.isupper() and len(word.text) > 1:
        return True
    if lower in STOPWORDS | AUXILIARIES | EMPTY | _LOOSE | _LIGHT or word.key in STOPWORDS:
        return False
    return not (lower.endswith(("n't", "ly")) and word.text.islower())


def _is_name(word: Word) -> bool:
    opening = word.start == 0 and not word.text.isupper()
    return (word.text[0].isupper() and not opening) or word.text[0].isdigit()


def _around(finding: Finding) -> str:
    """What a sentence is read with: its title and its passage up to it."""
    passage = finding.hit.passage
    return f"{passage.title}\n{passage.text[: finding.start - passage.start]}"


def _numbers_met(asked: list[Word], there: list[Word]) -> bool:
    wanted = {word.key for word in asked if word.key[0].isdigit()}
    return wanted <= {word.key for word in there}


def _names_met(finding: Finding, names: list[Word], there: list[Word], around: list[Word]) -> bool:
    """Whether a sentence speaks of all that a question names.

    What it is read with may name it, but then it must name nobody else: "at Erbil two were
    killed" does not speak of the Green Zone, though the sentence before it does. A day has to
    stand in the sentence itself.
    """
    apart = [name for name in names if not _name_met(name, there)]
    if any(name.text in DAY_NAMES or not _name_met(name, around) for name in apart):
        return False
    if not apart:
        return True
    passage = finding.hit.passage
    named = [word for m in mentions(passage, finding.start, finding.end) for word in words(m.text)]
    return all(_name_met(word, names) for word in named if word.text[0].isupper())


def _name_met(name: Word, found: list[Word]) -> bool:
    if any(word.key == name.key or alike(word.text, name.text) > 0 for word in found):
        return True
    if name.text.isupper() and name.key in initials(found):
        return True
    stem = name.key[:5].lower()  # "Iraqi" and "Iraq", "Israeli" and "Israel"
    return len(stem) > 3 and any(
        w.text[0].isupper() and w.text.lower().startswith(stem) for w in found
    )


def _relations_met(question: Understood, there: list[Word]) -> bool:
    wanted = {word.text.lower() for word in words(question.text)} & _RELATING
    return wanted <= {word.text.lower() for word in there}


def _predicate(question: Understood, content: list[Word], there: list[Word]) -> _Predicate:
    """The question's verb where its form shows it, or else its last content word: "is it open?"."""
    keys = {word.key for word in there}
    trying, action = _TRYING.search(question.text), target(question.text).action
    verbs = [key(word) for word in ((trying and trying[1]), action) if word]
    candidates = [word.key for word in content]
    verb = next((one for one in verbs if one in candidates), None)
    if verb is None:
        saying = [w.key for w in words(question.text)[1:] if w.text.lower() in _SAYING]
        if saying and saying[0] in keys:
            return _Predicate({saying[0]}, is_verb=True)
    if not candidates:
        return _Predicate(set())
    one = verb or candidates[-1]
    is_verb = verb is not None or content[-1].text.endswith("ed")
    if met := _related(one) & keys:
        return _Predicate(met, is_verb=is_verb)
    return _Predicate(_opposed(one) & keys, is_opposite=True, is_verb=is_verb)


def _is_reversed(
    names: list[Word], question: Understood, predicate: Collection[str], text: str
) -> bool:
    """Whether the sentence has the doer and the done-to the other way round.

    "Did Iran hit Iraq?" is not answered by "Iraq hit Iran", but by "Iraq was hit by Iran".
    """
    asked = words(question.text)
    verbs = [word.start for word in asked if _related(word.key) & set(predicate)]
    if not verbs:
        return False
    doers = [word.text for word in names if word.end <= verbs[0]]
    others = [word.text for word in names if word.start > verbs[0]]
    found = words(text)
    place = next((word for word in found if word.key in predicate), None)
    if place is None or not doers or not others:
        return False

    def stands(names_: list[str], before: bool) -> bool:
        return any(
            alike(word.text, name) > 0
            for word in found
            for name in names_
            if (word.end <= place.start) == before
        )

    swapped = stands(others, True) and stands(doers, False)
    straight = stands(doers, True) or stands(others, False)
    passive = re.search(r"\b(?:was|were|been|being|is|are)\b", text[: place.start][-30:])
    if passive and re.search(r"\bby\b", text[place.end :]):
        return straight and not swapped
    return swapped and not straight


@cache
def _groups() -> tuple[frozenset[str], ...]:
    """Keys that mean each other; made at first use, since stemming needs a library."""
    return tuple(frozenset(map(key, line.split())) for line in _ALIKE.strip().splitlines())


@cache
def _pairs() -> tuple[tuple[frozenset[str], frozenset[str]], ...]:
    made = []
    for line in _OPPOSITE.strip().splitlines():
        left, right = line.split("|")
        made.append((frozenset(map(key, left.split())), frozenset(map(key, right.split()))))
    return tuple(made)


def _related(one: str) -> set[str]:
    """The keys that say the same as this one, itself among them."""
    return {one}.union(*(group for group in _groups() if one in group))


def _opposed(one: str) -> set[str]:
    """The keys that say the opposite."""
    found: set[str] = set()
    for left, right in _pairs():
        found |= (right if one in left else set()) | (left if one in right else set())
    return found - _related(one)
