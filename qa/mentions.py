"""Who and what a sentence names, and of what kind each name is, as far as its form tells."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from index.records import Passage
from qa.names import same_name
from qa.span_names import TITLES, names
from qa.span_records import Sentence
from qa.words import NUMBER_WORDS, fold, is_acronym, word_set, words

MentionKind = Literal["person", "group", "place", "unknown"]

#: Nouns that mean each other where a later sentence says "the group" or "the company".
_FAMILIES = (
    word_set("group militia organisation organization band outfit movement faction network cell"),
    word_set(
        """company firm airline bank retailer carmaker manufacturer maker operator brand chain
        publisher developer giant startup start-up business"""
    ),
)
GROUP_NOUNS = frozenset().union(*_FAMILIES) | word_set(
    """party ministry agency team club university court union army council alliance coalition
    charity newspaper broadcaster regiment force police committee commission association"""
)
_GROUP_WORDS = GROUP_NOUNS | word_set(
    """authority board brigade brigades bureau cabinet congress corporation corp corps department
    embassy federation forces foundation front fund government guard guards house inc institute
    league llc ltd mission office parliament pentagon press senate service services society times
    tribunal trust fc cells nations"""
)
_PLACE_WORDS = word_set(
    """base airport airfield zone street road avenue square river lake sea ocean island islands
    mountain mount valley bridge hospital park stadium county province region district state states
    city town village bay coast desert port north south east west northern southern eastern western
    republic kingdom"""
)
_PLACE_BEFORE = re.compile(
    r"\b(?:in|at|near|from|across|into|inside|outside|around|towards?) (?:the )?$", re.I
)
_MEN = word_set(
    """mr spokesman chairman congressman king prince duke actor father husband son brother man boy
    businessman policeman fisherman gunman sir lord"""
)
_WOMEN = word_set(
    """mrs ms miss spokeswoman chairwoman congresswoman queen princess duchess actress mother wife
    daughter sister woman girl businesswoman policewoman lady dame"""
)
PERSON_NOUNS = (
    (TITLES - word_set("attorney executive"))
    | _MEN
    | _WOMEN
    | word_set(
        """captain driver doctor nurse lawyer player athlete artist author writer musician
        politician lawmaker contractor soldier officer official farmer teacher owner winner
        candidate suspect victim witness resident expert analyst professor pilot journalist
        reporter editor mayor leader emperor pope bishop priest"""
    )
)
_ALIAS = re.compile(
    r"(?:\balso (?:called|known as|named)|\baka|\bmeaning|\bmeans|\bformerly|\bin English|\() "
    r"?(?:the )?$",
    re.I,
)
_ROLE_AFTER = re.compile(
    r"^, (?:who is |which is )?(?:today |now )?(?:a|an|the|one of|his|her|its|their) "
    r"([^,.;:()]{1,80})"
)
#: Characters of a sentence, from which on it is no prose: the rules' time grows with its square.
MOST = 2000
_TITLE = "|".join(sorted(PERSON_NOUNS))
_TITLED = re.compile(rf"\b(?:{_TITLE})\.? $", re.I)
_ROLES = GROUP_NOUNS | PERSON_NOUNS | {"prime"}


@dataclass(frozen=True, slots=True)
class Mention:
    """A name in an article; offsets in code points of the article's text."""

    start: int
    end: int
    text: str
    kind: MentionKind
    roles: frozenset[str]  #: the nouns beside it that say what it is, lower case
    is_alias: bool = False  #: another name of what was named before it


@lru_cache(maxsize=64)
def _small(text: str) -> frozenset[str]:
    """The words that a text also writes without a capital, folded."""
    return frozenset(fold(word.text) for word in words(text) if word.text[0].islower())


def mentions(passage: Passage, start: int, end: int) -> list[Mention]:
    """The names in the sentence from `start` to `end` of a passage's article, in order.

    None in one of more than `MOST` characters.
    """
    if end - start > MOST:
        return []
    text = passage.text[start - passage.start : end - passage.start]
    sentence = Sentence(text, words(text), _small(passage.text))
    return [
        _mention(passage, text, left, right, start)
        for left, right in names(sentence)
        if is_name(text[left:right]) and not _is_common(passage, text[left:right], left)
    ]


def _is_common(passage: Passage, name: str, left: int) -> bool:
    """Whether a word that opens a sentence may be capitalised for that alone: "Divers", "Two"."""
    if left or len(name.split()) > 1 or not name.isalpha():
        return False
    if name.lower() in NUMBER_WORDS:
        return True
    inside = rf"[\w,’”] (?:al-)?{re.escape(name)}\b"
    return not is_acronym(name) and not re.search(inside, f"{passage.title}\n{passage.text}")


def is_name(text: str) -> bool:
    """Whether a text is fit to stand in brackets: short, one line, no number and no bracket."""
    return (
        len(text) <= 80
        and text.isprintable()
        and any(letter.isalpha() for letter in text)
        and not re.search(r"[\[\]{}<>|\\]|\s\s", text)
    )


def distinct(found: list[Mention]) -> list[Mention]:
    """Each thing named once, by its fullest name, in the order of the first mentions."""
    kept: list[Mention] = []
    for one in found:
        home = next((i for i, other in enumerate(kept) if same_name(one.text, other.text)), None)
        if home is None:
            kept.append(one)
        elif len(one.text.split()) > len(kept[home].text.split()):
            kept[home] = one
    return kept


def of_one_family(noun: str, other: str) -> bool:
    """Whether "the `noun`" can take up what was called a `other`."""
    return noun == other or any({noun, other} <= family for family in _FAMILIES)


def gender(passage: Passage, mention: Mention, sentence: tuple[int, int]) -> str | None:
    """ "he", "she", or None where neither a title nor the sentence's own pronouns tell."""
    if mention.roles & _MEN or mention.roles & _WOMEN:
        return "he" if mention.roles & _MEN else "she"
    after = passage.text[mention.end - passage.start : sentence[1] - passage.start]
    male = bool(re.search(r"\b(?:he|his|him|himself)\b", after, re.I))
    female = bool(re.search(r"\b(?:she|her|herself)\b", after, re.I))
    if male == female:
        return None
    return "he" if male else "she"


def _mention(passage: Passage, text: str, start: int, end: int, offset: int) -> Mention:
    before, after, name = text[:start], text[end:], text[start:end]
    roles = _roles(before, after)
    return Mention(
        offset + start,
        offset + end,
        name,
        _kind(passage, name, before, after, roles),
        roles,
        bool(_ALIAS.search(before)),
    )


def _roles(before: str, after: str) -> frozenset[str]:
    """ "militia" of "a militia, X", "minister" of "Prime Minister X", "party" of "X party"."""
    told: list[str] = []
    if ahead := re.search(r"((?:[\w’'-]+ )?[\w’'-]+)(?:,| called| named|\.)? (?:the )?$", before):
        first, *rest = ahead[1].lower().split()
        told += [first, *rest] if first == "prime" else [first, *rest][-1:]
    if behind := _ROLE_AFTER.match(after):
        told += re.split(r" (?:of|in|for|from|at|who|that|which|with|on|to)\b", behind[1].lower())[
            0
        ].split()
    if noun := re.match(r" ([a-z]+)\b", after):
        told += {noun[1]} & GROUP_NOUNS
    return frozenset({*told, *(word.removesuffix("s") for word in told)} & _ROLES)


def _kind(
    passage: Passage, name: str, before: str, after: str, roles: frozenset[str]
) -> MentionKind:
    parts = [part.lower() for part in re.split(r"[\s-]+", name)]
    if _TITLED.search(before):
        return "person"
    if roles & GROUP_NOUNS or set(parts) & _GROUP_WORDS or is_acronym(name):
        return "group"
    if set(parts) & _PLACE_WORDS or _PLACE_BEFORE.search(before):
        return "place"
    if re.search(r"\bthe $", before, re.I):
        return "unknown"
    if roles & PERSON_NOUNS or re.match(r", (?:\d{1,3},|who\b)", after):
        return "person"
    if 2 <= len(name.split()) <= 5:
        return "person" if not re.search(r"\d", name) else "unknown"
    return _single(passage, name)


def _single(passage: Passage, name: str) -> MentionKind:
    """A name of one word: a surname where the passage has it in a fuller name, a place where it
    stands behind "in"."""
    told, escaped = f"{passage.title}\n{passage.text}", re.escape(name)
    if re.search(rf"\b(?:in|near|across|from) {escaped}\b", told):
        return "place"
    if re.search(rf"\b[A-Z][\w’'.-]+ (?:[a-z]+[ -])?{escaped}\b", told):
        return "person"
    if re.search(rf"\b(?:{_TITLE})\.? {escaped}\b", told, re.I):
        return "person"
    return "unknown"
