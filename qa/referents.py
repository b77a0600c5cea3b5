"""What a conversation has spoken of, for a follow-up to take up: people, groups, places, events.

The latest turn's come first, and within a turn what was answered, then what was asked about, then
the other names of the answer.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from index.records import Passage
from index.sentences import sentences
from qa.days import DAY_NAMES
from qa.mentions import GROUP_NOUNS, PERSON_NOUNS, mentions
from qa.names import same_name
from qa.phrases import EVENTS, Phrase, Proper, phrases
from qa.records import PastTurn
from qa.target import AUXILIARIES, target
from qa.verbs import is_past
from qa.words import STOPWORDS, is_acronym, key, word_set, words

ReferentKind = Literal[
    "person", "group", "place", "time", "number", "event", "thing", "name", "claim"
]
Part = Literal["answer", "question", "text"]
_TIMES = word_set(
    "week weeks month months year years day days night morning evening weekend hour hours"
)
_POINTING = word_set("this that these those his her its their")
_TURNS = 6  #: that a follow-up may reach back
_PLACE = re.compile(r"\b(?:Base|Airport|City|Zone|Street|Square|Province|Region)$", re.I)
_NUMBER = re.compile(r"\[\d+\]")
#: What an answer says before the words of an article: "Unclear. The claim: ".
_LABEL = re.compile(r"^(?:(?:Yes|No|Unclear)\.\s*)?(?:The [a-z]+:\s*)?")
_TOLD = 300  #: characters of a sentence that is told again


@dataclass(frozen=True, slots=True)
class Referent:
    """Something that was spoken of."""

    text: str
    kind: ReferentKind
    heads: frozenset[str]  #: keys of the nouns that it is called by: "militia", "minister"
    part: Part  #: of the turn
    turn: int  #: 0 is the latest
    plural: bool = False
    lead: str = ""  #: the preposition that it stood behind in a question


def referents(
    history: Sequence[PastTurn], proper: Proper, written: Sequence[str] = ()
) -> list[Referent]:
    """All that the last turns spoke of, the likeliest to be meant first, each named once.

    `written`: further texts that tell what a name is the name of.
    """
    found: list[Referent] = []
    known = [one for text in written for one in _named(text) if one.kind != "name"]
    for number, turn in enumerate(reversed(history[-_TURNS:])):
        for one in _of_turn(turn, number, proper):
            if one.kind == "name":
                one = _known(one, known)
            if not any(_same(one, other) for other in found):
                found.append(one)
    return found


def _known(one: Referent, known: Sequence[Referent]) -> Referent:
    """A name as the kind that other texts mostly show it to be."""
    kinds = [other.kind for other in known if same_name(one.text, other.text)]
    if not kinds:
        return one
    heads = [o.heads for o in known if o.kind == "person" and same_name(one.text, o.text)]
    kind = max(dict.fromkeys(kinds), key=kinds.count)
    return replace(one, kind=kind, heads=one.heads.union(*heads))


def said(turn: PastTurn) -> str:
    """A past answer's text without the numbers of its citations."""
    return " ".join(_NUMBER.sub(" ", turn.text).split())


def told(turn: PastTurn) -> str:
    """The first sentence of a past answer, to stand behind "that"; "" where nothing was told."""
    text = _LABEL.sub("", said(turn))
    first = re.split(r"(?<=[.!?])\s+(?=[A-Z“\"])", text)[0].rstrip(" .")
    opening = words(first)[:1]
    if opening and opening[0].text.lower() in STOPWORDS:
        first = first[0].lower() + first[1:]
    return first[:_TOLD]


def _of_turn(turn: PastTurn, number: int, proper: Proper) -> Iterator[Referent]:
    asked = [
        phrase
        for phrase in phrases(turn.standalone, proper.of(turn.standalone))
        # What pointed to something that was not found can't be pointed to again.
        if words(phrase.text)[0].text.lower() not in _POINTING and not phrase.asked
    ]
    named = _named(said(turn)) if turn.short_answers else []
    clear = [one for one in asked if one.named or one.is_event or one.definite]
    for short in turn.short_answers:
        if not is_clause(short):
            yield _of_answer(turn, short, number, named)
    for phrase in clear:
        yield _of_phrase(phrase, number, named)
    for short in turn.short_answers:
        if is_clause(short) and short[:1].isupper():
            opened = short[0].lower() + short[1:]
            for phrase in phrases(opened, proper.of(opened)):
                yield replace(_of_phrase(phrase, number, named), part="answer")
    for one in named:
        yield replace(one, turn=number)
    for phrase in asked:
        if phrase not in clear:
            yield _of_phrase(phrase, number, named)
    if turn.short_answers and (claim := told(turn)):
        yield Referent(f"that {claim}", "claim", frozenset(), "text", number)


def is_clause(short: str) -> bool:
    """Whether a short answer is no name of anything: "yes", "they are a front"."""
    lower = [word.text.lower() for word in words(short)]
    if not lower or lower[0] in ("yes", "no", "unclear", "they", "he", "she", "it", "that", "to"):
        return True
    # "Rockets hit the Green Zone", but not "Iran-backed factions".
    inner = re.findall(r"(?<=\s)[a-z]+", short)
    return len(lower) > 8 or any(word in AUXILIARIES or is_past(word) for word in inner)


def _of_answer(turn: PastTurn, short: str, number: int, named: Sequence[Referent]) -> Referent:
    asked = target(turn.standalone)
    alike = [one for one in named if same_name(one.text, short)]
    if asked.kind == "when" or _is_day(short):
        kind: ReferentKind = "time"
    elif asked.kind == "how_many":
        kind = "number"
    elif words(short)[-1].text.lower() in EVENTS:
        kind = "event"
    elif _PLACE.search(short) or asked.kind == "where":
        kind = "place"
    elif alike:
        kind = alike[0].kind
    elif asked.kind == "who":
        kind = "name"
    else:
        kind = "name" if short[:1].isupper() else "thing"
    if kind in ("name", "person") and (_is_group(short) or _called_group(said(turn), short)):
        kind = "group"
    heads = frozenset({*asked.heads, *(one for other in alike for one in other.heads)})
    return Referent(short, kind, heads | _own_heads(short), "answer", number, _is_plural(short))


def _of_phrase(phrase: Phrase, number: int, named: Sequence[Referent]) -> Referent:
    kind: ReferentKind = "event" if phrase.is_event else "thing"
    heads = frozenset({phrase.head})
    last = words(phrase.text)[-1].text.lower()
    if phrase.is_event:
        pass
    elif _is_day(phrase.text) or last in _TIMES:
        kind = "time"
    elif phrase.named and _PLACE.search(phrase.text):
        kind = "place"
    elif phrase.is_name:
        alike = [one for one in named if same_name(one.text, phrase.text)]
        kind = "name"
        if phrase.after in ("in", "at", "near", "from", "to"):
            kind = "place"
        elif alike:
            kind = alike[0].kind
        elif _is_group(phrase.text) or is_acronym(phrase.text):
            kind = "group"
        heads |= frozenset(one for other in alike for one in other.heads)
    elif not phrase.is_event and last in PERSON_NOUNS:
        kind = "person"
    elif _is_group(phrase.text):
        kind = "group"
    plural = _is_plural(phrase.text) and not phrase.is_name
    return Referent(phrase.text, kind, heads, "question", number, plural, phrase.after)


def _named(text: str) -> list[Referent]:
    """The names in an answer's text with what the text says that they are."""
    spans = tuple(sentences(text))
    passage = Passage("", "", 0, len(text), text, spans)
    found = []
    for start, end in spans:
        for one in mentions(passage, start, end):
            kind: ReferentKind = one.kind if one.kind != "unknown" else "name"
            # "a former prime minister" is not who "the prime minister" means.
            roles = one.roles if "former" not in text[start:end] else one.roles - PERSON_NOUNS
            heads = frozenset(key(role) for role in roles) | _own_heads(one.text)
            if kind in ("name", "person") and _called_group(text, one.text):
                kind = "group"
            found.append(Referent(one.text, kind, heads, "text", 0))
    return found


def _own_heads(name: str) -> frozenset[str]:
    """ "base" of "Balad Air Base": a name's last word may be the noun that it is called by."""
    found = words(name)
    return frozenset({found[-1].key}) if found else frozenset()


def _called_group(text: str, name: str) -> bool:
    """Whether a text says that a name is a group's: "a militant group by the name of X"."""
    listed = "|".join(sorted(GROUP_NOUNS))
    escaped = re.escape(name)
    return bool(
        re.search(
            rf"\b(?:{listed})\b[^.;]{{0,40}}?{escaped}|{escaped}, an? [^.;,]*?\b(?:{listed})\b",
            text,
        )
    )


def _is_group(text: str) -> bool:
    last = words(text)[-1:]
    return bool(last) and last[0].text.lower().removesuffix("s") in GROUP_NOUNS


def _is_day(text: str) -> bool:
    """Whether it names a time and nothing else: "Tuesday", "22 February"."""
    found = [word.text.capitalize() for word in words(text) if word.text.lower() != "the"]
    return bool(found) and all(one in DAY_NAMES or one.isdigit() for one in found)


def _is_plural(text: str) -> bool:
    """ "rockets", "Kata'ib Hezbollah and Asa'ib Ahl al-Haq"; "al-Maliki" is one."""
    if re.search(r"\w (?:and|&) \w|\d+s$", text):
        return True
    last = words(text)[-1:]
    return bool(last) and bool(re.fullmatch(r"[a-z]*[^s]s|people", last[0].text))


def _same(one: Referent, other: Referent) -> bool:
    if one.text.casefold() == other.text.casefold():
        return True
    capital = one.text[:1].isupper() and other.text[:1].isupper()
    names = {"person", "group", "place", "name"}
    return (
        capital
        and {one.kind, other.kind} <= names
        and not (set(one.text.split()) & DAY_NAMES)
        and same_name(one.text, other.text)
    )
