"""What a question asks for: the type of its answer, its measure, its noun and its verb.

Evidence for the reader, not a rule: a question of an unforeseen form is still read.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import cache
from typing import Literal

from qa.records import Kind
from qa.words import STOPWORDS, Word, key, word_set, words

Measure = Literal["money", "percent", "duration", "age", "distance", "count"]

AUXILIARIES = word_set(
    "is are was were am do does did has have had can could will would should may might must"
)
#: Those of them with a subject behind and the verb behind that.
_HELPING = word_set("do does did has have had can could will would should may might must")
_PLACES = word_set(
    """country nation city state town village region province continent place island county capital
    district airport venue location river lake base"""
)
_PEOPLE = word_set(
    """person people man woman actor actress singer company team club group organization
    organisation president minister player athlete party politician leader militia musician artist
    author director billionaire ceo driver coach official agency airline retailer brand firm
    university school network outlet golfer"""
)
_TIMES = word_set("year month day date week weekday decade century time")
_MONEY = re.compile(
    r"\b(cost|price|pay|paid|pays|worth|fine[ds]?|sell|sold|raise[ds]?|spend|spent|money|dollars?|"
    r"euros?|donat\w+|bid|budget|salary|jackpot|tax|debt|fees?|settle\w*|fund\w*|loan|aid|billion|"
    r"earn\w*|gross\w*|charge[ds]?|buy|bought)\b",
    re.I,
)
_WHO = frozenset({"who", "whom", "whose", "who's"})
_ADVERBS: dict[str, Kind] = {
    "when": "when", "when's": "when", "where": "where", "where's": "where", "why": "why"
}  # fmt: skip
_ASKING = _WHO | _ADVERBS.keys() | {"how", "what", "what's", "which"}
_PREPOSITIONS = word_set("in on at by for from to of with after before since until under")
#: Verbs that end the noun of "which company won ..."; those in -ed need no list.
_PAST = word_set(
    """won took gave said says went made makes bought sold left found lost began became broke spoke
    fell rose wrote chose grew built paid held met ran sent spent struck hit beat got drew saw
    caught led came"""
)
#: Verbs and pronouns that a question needs for its grammar: nobody writes that a thing happened.
EMPTY = word_set(
    """happen happens happened happening occur occurs occurred anyone anybody anything someone
    somebody something everyone everybody everything"""
)


@dataclass(frozen=True, slots=True)
class Target:
    """The shape of the short answer that a question asks for."""

    kind: Kind
    measure: Measure | None = None  #: of what a "how many" question wants the size
    heads: tuple[str, ...] = ()  #: keys of the asked-for noun: "state" of "which state"
    verb: str | None = None  #: key of the verb whose doer is asked for: "claim" of "who claimed"
    place: bool = False  #: the asked-for noun is a kind of place
    person: bool = False  #: the asked-for noun is a kind of person or organisation
    describes: bool = False  #: "who is Ana Lind?" has the name and asks for what she is
    action: str | None = None  #: what is done, as the question has it: "kill" of "who did X kill"

    @property
    def may_have_span(self) -> bool:
        """Whether a few words can answer: "which planet", but not "what did he say"."""
        return self.wants_span or (self.kind == "what" and bool(self.heads))

    @property
    def wants_span(self) -> bool:
        """Whether it asks for a few words of a certain type."""
        return self.kind in ("who", "when", "where", "how_many") and not self.describes


def target(text: str) -> Target:
    """The shape of the short answer that a question's words ask for."""
    asked = _asking_sentence(text)
    found = words(asked)
    made = _shape(asked, found)
    return replace(made, action=_action(found, made))


def _shape(asked: str, found: list[Word]) -> Target:
    lower = [word.text.lower() for word in found]
    index = _wh_word(lower)
    if index is None:
        if lower and lower[0] in AUXILIARIES:
            return Target("yes_no")
        if lower and lower[-1] == "by":  # "Erbil attack claimed by"
            verb = found[-2].key if len(found) > 1 else None
            return Target("who", verb=verb, person=True)
        return Target("other")
    word = lower[index]
    if word == "how":
        return _how(asked, found, index)
    if word in ("what", "what's", "which"):
        return _what(asked, found, index)
    if word in _WHO:
        verb = _verb(found, index + 1)
        return Target("who", verb=verb, person=True, describes=_is_named(found[index + 1 :]))
    return Target(_ADVERBS[word])


def _is_named(rest: list[Word]) -> bool:
    """Whether "is" and a name are all that follows "who": the name is known."""
    if not rest or rest[0].text.lower() not in ("is", "was", "are", "were"):
        return False
    return len(rest) > 1 and all(
        word.text[0].isupper() or word.text in ("al", "el", "de", "of", "the", "van", "von", "bin")
        for word in rest[1:]
    )


def _action(found: list[Word], made: Target) -> str | None:
    """The verb that a question turns on, in lower case; None where its form does not show it.

    The doer's own ("who claimed"), or the one behind the subject of "did" ("who did Ana Lind
    accuse"). Where the subject is not a name, its end shows only if one noun makes it.
    """
    if made.verb is not None:
        return next(word.text.lower() for word in found if word.key == made.verb)
    at = next((i for i, w in enumerate(found) if w.text.lower() in _HELPING), None)
    if at is None:
        return None
    rest = found[at + 1 :]
    while rest and rest[0].text.lower() in ("the", "a", "an", "its", "his", "her", "their"):
        rest = rest[1:]
    size = 0
    if rest and rest[0].text[0].isupper():
        while size < len(rest) and (
            rest[size].text[0].isupper()
            or rest[size].text[0].isdigit()
            or any(word.text[0].isupper() for word in rest[size + 1 : size + 2])
            and rest[size].text in ("al", "el", "of", "and", "de", "the", "van", "von", "bin")
        ):
            size += 1
    elif made.kind in ("who", "yes_no"):
        size = 1
    else:
        return None  # things land, fall and hit where people write that they struck
    plain = [word for word in rest[size : size + 2] if not word.text.lower().endswith("ly")][:1]
    if not plain or plain[0].text.lower() in STOPWORDS | EMPTY | AUXILIARIES:
        return None
    if plain[0].key in STOPWORDS or not plain[0].text[0].islower():
        return None
    return plain[0].text


def _asking_sentence(text: str) -> str:
    """The last sentence with a question mark, or all of the text."""
    sentences = re.split(r"(?<=[\w)”\"’][.?!])[\"”’']?\s+(?=[\"“‘']?[A-Z])", text)
    asking = [part for part in sentences if part.rstrip("\"”’'").endswith("?")]
    return asking[-1] if asking else text


def _wh_word(lower: list[str]) -> int | None:
    """The index of the word that asks.

    One at the front does, a preposition before it or not. Further in, the first may only join
    clauses ("a career in which he won how many titles?"), so the last one is taken.
    """
    places = [i for i, word in enumerate(lower) if word in _ASKING]
    if not places:
        return None
    first = places[0]
    leading = first == 0 or (first == 1 and lower[0] in _PREPOSITIONS)
    if lower[first] in ("when", "where") and leading and len(places) > 1:
        # "When it comes to coffee, which country drinks most?"
        plain = lower[first + 1 : first + 2]
        return first if plain and plain[0] in AUXILIARIES else places[-1]
    if leading:
        return first
    strong = [i for i in places if lower[i] in ("what", "which", "how")]
    return strong[-1] if strong else first


def _how(asked: str, found: list[Word], index: int) -> Target:
    word = found[index + 1].text.lower()
    heads = tuple(w.key for w in found[index + 2 : index + 4] if w.key not in STOPWORDS)
    heads = heads if not heads or found[index + 2].text.lower() not in AUXILIARIES else ()
    if word == "old":
        return Target("how_many", "age")
    if word == "long":
        return Target("how_many", "duration")
    if word in ("far", "tall", "high", "deep", "wide", "large", "big", "heavy", "fast"):
        return Target("how_many", "distance")
    if word == "often":
        return Target("how_many", "count")
    if word == "much":
        if re.search(r"\bpercent|per cent|%", asked, re.I):
            return Target("how_many", "percent")
        money = not heads or "money" in heads
        money = money and bool(_MONEY.search(asked))
        return Target("how_many", "money" if money else None, heads)
    if word == "many":
        return Target("how_many", "count", heads)
    return Target("how")


@cache
def _keys(listed: frozenset[str]) -> frozenset[str]:
    """Keys of listed words; made at first use, since stemming needs a library that loads slowly."""
    return frozenset(key(word) for word in listed)


def _what(asked: str, found: list[Word], index: int) -> Target:
    phrase: list[Word] = []
    for word in found[index + 1 :]:
        lower = word.text.lower()
        if lower in AUXILIARIES and not phrase:
            break
        if lower in STOPWORDS | AUXILIARIES and lower != "of":
            break
        if phrase and (lower in _PAST or (lower.endswith("ed") and word.text[0].islower())):
            break
        if phrase and not asked[phrase[-1].end : word.start].isspace() and "’" not in asked:
            break
        phrase.append(word)
        if len(phrase) == 4:
            break
    if phrase and phrase[0].text.lower() in EMPTY:
        phrase = []  # "what happened on 3 May" asks for no thing of a kind
    heads = tuple(word.key for word in phrase)
    joined = " ".join(word.text.lower() for word in phrase)
    rest = " ".join(word.text.lower() for word in found[index : index + 6])
    if re.match(r"(percent|share|proportion|fraction)", joined) or "what percent" in rest:
        return Target("how_many", "percent", heads)
    if re.match(r"(number|amount)\b", joined) or "the number of" in rest:
        return Target("how_many", None, heads)
    if re.match(r"age\b", joined):
        return Target("how_many", "age", heads)
    if re.search(r"\b(?:amount|percentage|number)$", joined):
        return Target("how_many", None, heads)
    if heads[:1] and heads[0] in _keys(_TIMES):
        return Target("when", heads=heads)
    if set(heads) & _keys(_PLACES):
        return Target("where", heads=heads, place=True)
    if set(heads) & _keys(_PEOPLE):
        verb = _verb(found, index + 1 + len(phrase))
        return Target("who", heads=heads, verb=verb, person=True)
    if not heads and re.search(r"\b(?:name of|named?|called|known as|titled?)\b", asked, re.I):
        heads = ("name",)
    return Target("what", heads=heads)


def _verb(found: list[Word], index: int) -> str | None:
    """The key of the word after "who", past auxiliaries: its verb in most questions.

    None in "who is the minister?": nobody does anything there.
    """
    for word in found[index:]:
        if word.text.lower() in ("a", "an", "the", "in", "on", "of", "to"):
            return None
        if word.text.lower() in AUXILIARIES or word.text.lower().endswith("ly"):
            continue
        return None if word.text[:1].isupper() else word.key
    return None
