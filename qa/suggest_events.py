"""Questions about what happened: an attack, an accident, a contest, talks, an agreement."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from index.records import Passage
from qa.names import same_name
from qa.suggest_records import Candidate, is_demonym, is_fit, named, sentences_of, tells_of
from qa.words import word_set

_ATTACKS = word_set(
    "attack bombing shooting airstrike raid explosion blast assault ambush stabbing massacre siege"
)
_DISASTERS = word_set(
    """earthquake wildfire fire flood crash collapse storm hurricane typhoon cyclone landslide
    derailment accident avalanche eruption tsunami drought outbreak stampede sinking"""
)
_CONTESTS = word_set("election vote referendum match final race tournament championship contest")
_MEETINGS = word_set("summit talks meeting call conference visit")
_DEALS = word_set(
    """agreement deal treaty merger ceasefire takeover trial strike protest verdict ruling lawsuit
    launch"""
)
_EVENTS = _ATTACKS | _DISASTERS | _CONTESTS | _MEETINGS | _DEALS
#: Verbs behind which the name of a place says that it was attacked.
_STRUCK = re.compile(
    r"\b(?:fired|launched|aimed|lobbed) (?:\w+ ){0,2}(?:at|on) (?:the )?$|"
    r"\b(?:attacked|bombed|shelled) (?:the )?$",
    re.I,
)
CASUALTIES = {
    "killed": re.compile(r"\b(?:killed|dead|die[ds]?|deaths?|lost their lives)\b", re.I),
    "injured": re.compile(r"\b(?:wounded|injured|hurt)\b", re.I),
}
_PREPOSITION = r"(?:on|in|at|of|against|near|between|with|from|over)"
_KIND_OF_EVENT = (
    r"(?:rocket|drone|missile|air|bomb|car|plane|train|terror|suicide|mass|school|presidential|"
    r"general|parliamentary|trade|peace|forest|house|telephone|phone)"
)
_RUN = r"[A-Z][\w’'-]*(?: (?:of |al-|the )?[A-Z][\w’'-]*){0,4}"
_NOUN = "|".join(sorted(_EVENTS, key=len, reverse=True))
_AT_NAME = rf" {_PREPOSITION} (?:the )?{_RUN}"
_ASKED_EVENT = re.compile(
    rf"\b(?:{_RUN} )?(?:{_KIND_OF_EVENT} )?(?P<noun>{_NOUN})s?\b(?:{_AT_NAME})?"
)
_BEFORE_NAME = re.compile(rf"\b(?P<noun>{_NOUN}) (?P<on>{_PREPOSITION}) (?:the )?$", re.I)
_BEHIND_NAME = re.compile(rf"^ (?:{_KIND_OF_EVENT} )?(?P<noun>{_NOUN})\b")


@dataclass(frozen=True, slots=True)
class _Asked:
    """A question about an event."""

    nouns: frozenset[str]  #: the events that it suits
    text: str
    evidence: re.Pattern[str]  #: what a sentence that names the event has to speak of
    group: str
    weight: float = 1.0


_ABOUT = (
    _Asked(
        _ATTACKS,
        "Who claimed responsibility for {}?",
        re.compile(r"\bclaim|\bresponsib|\btheirs\b", re.I),
        "who",
    ),
    _Asked(
        _ATTACKS | _DISASTERS, "How many people were killed in {}?", CASUALTIES["killed"], "killed"
    ),
    _Asked(
        _ATTACKS | _DISASTERS,
        "How many people were injured in {}?",
        CASUALTIES["injured"],
        "injured",
        0.9,
    ),
    _Asked(_CONTESTS, "Who won {}?", re.compile(r"\bw[oi]n|\bvictor|\bbeat", re.I), "who"),
    _Asked(_DISASTERS, "What caused {}?", re.compile(r"\bcaus|\bbecause|\bdue to", re.I), "why"),
    _Asked(_EVENTS, "When was {}?", re.compile(r"day\b|\d", re.I), "when", 0.9),
    _Asked(
        _MEETINGS,
        "What was discussed in {}?",
        re.compile(r"\bdiscuss|\babout\b|\bagree|\bcovered", re.I),
        "what",
    ),
    _Asked(_DEALS, "Who signed {}?", re.compile(r"\bsign", re.I), "who"),
    _Asked(_DISASTERS, "What damage did {} cause?", re.compile(r"\bdamage", re.I), "what", 0.5),
)


@dataclass(frozen=True, slots=True)
class _Event:
    phrase: str  #: with "the"
    noun: str
    names: tuple[str, ...]


def of_events(question: str, passages: Sequence[Passage]) -> Iterator[Candidate]:
    """Questions about the events that a question and passages name, the question's own first.

    Of the passages only the names are taken; and only what a sentence that has the name speaks
    of is asked.
    """
    told = [one.text[start:end] for one in passages for start, end in sentences_of(one.text)]
    events = [*_asked_events(question), *(one for each in passages for one in _events(each))]
    for number, event in enumerate(_distinct(events)):
        near = "\n".join(
            sentence for sentence in told if any(tells_of(sentence, one) for one in event.names)
        )
        rivals = tuple(
            name
            for other in events
            for name in other.names
            if not any(same_name(name, own) for own in event.names)
        )
        for asked in _ABOUT:
            if event.noun in asked.nouns and asked.evidence.search(near):
                yield Candidate(
                    asked.text.format(event.phrase),
                    asked.group,
                    event.names,
                    tuple(dict.fromkeys(rivals)),
                    asked.weight * max(0.3, 1 - 0.35 * number),
                )


def _distinct(events: Sequence[_Event]) -> list[_Event]:
    kept: list[_Event] = []
    for one in events:
        if not any(
            one.noun == other.noun and same_name(one.names[0], other.names[0]) for other in kept
        ):
            kept.append(one)
    return kept


def _asked_events(question: str) -> Iterator[_Event]:
    """What a question is about, in its own words: "the Erbil attack"."""
    # The word that opens the question is no name.
    text = re.sub(r"^\W*\w+\s", "", " ".join(question.split()))
    for found in _ASKED_EVENT.finditer(text):
        names = tuple(one[0] for one in re.finditer(_RUN, found.group()))
        if names and all(is_fit(one) for one in names):
            yield _Event(f"the {found.group()}", found["noun"], names)


def _events(passage: Passage) -> Iterator[_Event]:
    """What happened where, as the sentences of a passage put it."""
    for one in named(passage):
        name = one.mention.text
        if one.mention.kind == "person" or is_demonym(name) or one.mention.roles:
            continue
        place = f"the {name}" if one.before.endswith(("the ", "The ")) else name
        if ahead := _BEFORE_NAME.search(one.before):
            noun = ahead["noun"].lower()
            yield _Event(f"the {noun} {ahead['on'].lower()} {place}", noun, (name,))
        elif behind := _BEHIND_NAME.match(one.after):
            yield _Event(f"the {name} {behind['noun']}", behind["noun"], (name,))
        elif _STRUCK.search(one.before):
            yield _Event(f"the attack on {place}", "attack", (name,))
