"""Pronouns of a follow-up, and nouns like "the group", written out as what they mean."""

from __future__ import annotations

import re
from collections.abc import Sequence

from qa import meant
from qa.phrases import IsName, phrases
from qa.referents import Referent
from qa.target import AUXILIARIES
from qa.verbs import base_form
from qa.words import words

_PRONOUN = re.compile(
    r"\b(he|she|him|her|his|hers|they|them|their|theirs|it|its|this|that|these|those|there)\b", re.I
)
_PERSONS = ("he", "she", "him", "his", "her", "hers")
_POINTING = ("this", "that", "these", "those")
#: "it" that means nothing: "is it true that", "how long did it take".
_EMPTY_IT = re.compile(
    r"\bit (?:(?:be |been )?(?:true|clear|known|likely|possible|confirmed|reported|said) "
    r"(?:that|who|what|when|where|why|whether|if|how)\b|take\b|rain|snow)",
    re.I,
)
#: "is there a video", but not "which troops are there".
_EMPTY_THERE = re.compile(
    r"\b(?:is|was|are|were|been|be) there\b(?= \w)|\bthere (?:is|was|are|were)\b", re.I
)
#: People in general.
_EMPTY_THEY = re.compile(r"\bdo they (?:call|say)\b", re.I)
_THAT_ONE = re.compile(r"\b(?:that|this) one\b", re.I)
_NAMED_ONE = re.compile(r"\bthe [\w’'-]+ (ones?)\b", re.I)
#: "the two", "both of them", "the two leaders".
_BOTH = re.compile(
    r"\b(?:the two|both)(?: of them| leaders| men| sides| groups| militias)?\b(?! \w+s\b)", re.I
)
_TIED = re.compile(r" (?:on|in|at|of|against|near|by|with|to|between) ")


def with_names(text: str, spoken: Sequence[Referent], is_name: IsName) -> str:
    """The text with its pronouns and shortened nouns written out, where it is clear what is meant.

    `spoken`: what the conversation has spoken of, the likeliest first.
    """
    text = _definite(_ones(text, spoken), spoken, is_name)
    done: list[str] = []
    place = 0
    used: set[str] = set()
    own = {word.key for word in words(text)}
    for found in _PRONOUN.finditer(text):
        if _is_own(text, found, is_name):
            continue
        # "what did they call them": two pronouns mean two things.
        one = _meaning(text, found, [one for one in spoken if one.text not in used])
        if one is None or (one.heads & own and not text[found.end() :].strip()):
            continue  # "which officials are those"
        used.add(one.text)
        done += [text[place : found.start()], _in_place(one, text, found)]
        place = found.end()
    return "".join([*done, text[place:]])


_ORDINALS = {"first": 0, "former": 0, "second": 1, "third": 2, "last": -1, "latter": -1}
_ORDINAL = re.compile(
    r"\bthe (first|former|second|third|last|latter)(?: one)?\b(?! \w+s?\b(?<!is))", re.I
)
_NAME = re.compile(r"\b(?:the|its|their|that|this) name\b(?! of)", re.I)
#: "what is that?", "where's this"
_ASKED = re.compile(
    r"^(?:and |so )?(?:what|where|who)(?:'s| is| was| are) (?:it|this|that|these|those)$", re.I
)
#: "who denies having done it": what was done.
_DONE = re.compile(r"\b(?:done|doing|do|did) (?:it|this|that)\b", re.I)


def _ones(text: str, spoken: Sequence[Referent]) -> str:
    """ "that one" as "it", "the Erbil one" as "the Erbil attack"."""
    if (found := _BOTH.search(text)) and (pair := meant.several(spoken, {"say"})):
        if " and " not in pair.text:
            return text
        return f"{text[: found.start()]}{pair.text}{text[found.end() :]}"
    if found := _ORDINAL.search(text):
        one = meant.one_of(_ORDINALS[found[1].lower()], spoken)
        if one is not None:
            return f"{text[: found.start()]}{one.text}{text[found.end() :]}"
    if (found := _NAME.search(text)) and (one := meant.thing(spoken, {"name"}, points=False)):
        return f"{text[: found.start()]}the name {one.text}{text[found.end() :]}"
    if found := _THAT_ONE.search(text):
        return f"{text[: found.start()]}it{text[found.end() :]}"
    if (found := _NAMED_ONE.search(text)) and (one := meant.event(spoken)):
        noun = _TIED.split(one.text)[0].split()[-1]
        return f"{text[: found.start(1)]}{noun}{text[found.end(1) :]}"
    return text


def _is_own(text: str, found: re.Match[str], is_name: IsName) -> bool:
    """Whether it means what stands before it in the question itself: "that group from Erbil, what
    is its name?"."""
    pronoun, before = found[1].lower(), text[: found.start()]
    if pronoun in _POINTING or pronoun == "there":
        return False
    possessive = pronoun in ("its", "his", "her", "their")
    if not possessive and not re.search(r"[,:;]", before):
        return False
    return any(one.definite for one in phrases(before, is_name))


def _definite(text: str, spoken: Sequence[Referent], is_name: IsName) -> str:
    """ "the attack", "that group", "the prime minister" as what was called so before."""
    for phrase in reversed(phrases(text, is_name)):
        determiner, *nouns = [word.text.lower() for word in words(phrase.text)]
        if phrase.named or determiner not in ("the", *_POINTING):
            continue
        if re.match(r"\s+(?:of|from|that|who|which|in|on|at) \w", text[phrase.end :], re.I):
            continue  # it says itself which one
        one = meant.called(nouns, spoken, points=determiner != "the")
        if one is not None:
            text = f"{text[: phrase.start]}{meant.written(one)}{text[phrase.end :]}"
    return text


def _meaning(text: str, found: re.Match[str], spoken: Sequence[Referent]) -> Referent | None:
    pronoun = found[1].lower()
    behind = [word.text.lower() for word in words(text[found.end() :])]
    verbs = {base_form(word.text.lower()) for word in words(text)}
    is_asked = bool(_ASKED.match(text))
    if _DONE.search(text):
        spoken = [one for one in spoken if one.kind != "claim"]
    if pronoun in _PERSONS:
        return meant.person(spoken)
    if pronoun in ("they", "them", "their", "theirs"):
        return None if _EMPTY_THEY.search(text) else meant.several(spoken, verbs)
    if pronoun == "there":
        return None if _EMPTY_THERE.search(text) else meant.place(spoken)
    if pronoun in _POINTING:
        if re.search(r"\b(?:do|did|done|doing) $", text[: found.start()], re.I):
            return meant.event(spoken)
        pointing = not behind or behind[0] in AUXILIARIES or _ends(behind)
        # "deny that Iran was involved"
        return meant.thing(spoken, verbs, True, is_asked) if pointing else None
    return None if _EMPTY_IT.search(text) else meant.thing(spoken, verbs, False, is_asked)


def _ends(behind: Sequence[str]) -> bool:
    return len(behind) == 1 and base_form(behind[0]) in ("happen", "mean", "begin")


def _in_place(one: Referent, text: str, found: re.Match[str]) -> str:
    pronoun, name = found[1].lower(), meant.written(one)
    if pronoun == "there":
        return f"{one.lead if one.lead in ('in', 'at', 'near', 'on') else 'in'} {name}"
    following = text[found.end() :].split()[:1]
    possessive = pronoun in ("his", "hers", "their", "theirs", "its") or (
        pronoun == "her" and bool(following) and following[0] not in ("in", "on", "at", "by", "to")
    )
    return f"{name}{'’' if name.endswith('s') else '’s'}" if possessive else name
