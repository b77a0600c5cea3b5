"""Whom a pronoun means: the name that a quote gets in brackets, so that it stands on its own.

A name is given only where one candidate is clear. The rules are of precision: a wrong name in an
answer is worse than a sentence that is quoted with the one before it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from index.records import Passage
from qa.mentions import (
    MOST,
    PERSON_NOUNS,
    Mention,
    distinct,
    gender,
    is_name,
    mentions,
    of_one_family,
)
from qa.names import alike
from qa.words import STOPWORDS, word_set

#: A sentence that starts like this speaks of something named before it.
LEANS_BACK = re.compile(
    r"^(?:[“\"])?(?:he|she|it|they|his|her|its|their|both|neither|"
    r"(?:this|that|these|those)(?= (?:is|was|are|were|has|had|have|came|comes|follows|means)))\b",
    re.I,
)
#: "It's Sweden's seventh time", "It is not clear": nothing before is meant.
_EMPTY_IT = re.compile(
    r"^[“\"]?It(?:['’]s| is| was| will be| remains)(?: (?:also|now|still|not|only|just))* "
    r"(?:[A-Z]|(?:un)?clear|(?:un)?likely|(?:im)?possible|unknown)"
)
_FIRST = re.compile(r"^[“\"‘'(]*(he|she|they|it|his|her|their|its)\b(?! (?:or|and)\b)", re.I)
#: “…,” he said.
_SPOKEN = re.compile(r"[,.?!][”\"]\s(he|she)\b")
#: "On Tuesday he said"; whether somebody is named between the two is looked at apart.
_LATER = re.compile(
    r"^(?:On|In|At|But|And|Yet|Later|Then|Also|Still|Meanwhile|However|Earlier|Last|After|Before|"
    r"Instead|There|Now|For|As)\b[^“”\"]{0,60}?\b(he|she)\b"
)
_THE = re.compile(r"^[“\"]?The ((?:former |prime |vice )*)([a-z-]+)(?= [a-z])")
_SUBJECTS = {"he": "he", "his": "he", "she": "she", "her": "she"}
#: What only somebody does: "It was the second raid" means no organisation.
_ACTS = re.compile(
    r"^(?: (?:has|had|have|did|also|later|then|now|not|never))* "
    r"(?:say|says|said|claim\w*|den(?:y|ies|ied)|took|takes|add(?:s|ed)|call(?:s|ed)|announce\w*|"
    r"warn\w*|accuse\w*|blame[sd]?|told|tells|plan(?:s|ned)|want(?:s|ed)|fire[sd]?|launche[sd]|"
    r"employ\w*|operate\w*|owns?|owned|made|makes|won|lost|urge[sd]?|reject\w*|vow\w*|report\w*|"
    r"s[eo]lds?|bought|buys|agree\w*|refuse\w*|decline\w*|apologi\w*)\b"
)
_SUBJECT_VERB = re.compile(
    r"^(?:,| \(| (?:has|have|had|is|are|was|were|will|did|does|do|said|says?|\w+ed|den(?:y|ies)|"
    r"claims?|wants?|won|lost|took|made|went|began|became|sold|bought|told|gave|met|held)\b)"
)
_PLURAL_VERB = re.compile(r"^ (?:have|are|were|say|deny|want|claim|do)\b")
_JOIN = re.compile(r"^(?:, (?:and )?|,? (?:and|as well as) )(?:the )?$")
_SOMEBODY = re.compile(
    r"\b(?:the|a|an|his|her|their|one) (?:[\w’'-]+ ){0,3}?(?:"
    + "|".join(sorted(PERSON_NOUNS))
    + r")\b",
    re.I,
)
_NEAR = 12  # sentences ahead of a family name in which the full one is looked for
_TOLD = re.compile(r"\b(?:statement|report|letter|message|post|video|survey|study)\b")
_OF_MANY = word_set("of that which who in behind for and or to with from at on by")


@dataclass(frozen=True, slots=True)
class Bracket:
    """A name to be put in brackets behind a word of a quote; offsets in the article's text."""

    after: int  #: the end of the pronoun or noun
    start: int  #: the name
    end: int
    is_possessive: bool = False  #: "His [Maliki's] appeal"

    def text(self, passage: Passage) -> str:
        """What is inserted, with the space before it: " [Nouri al-Maliki]"."""
        name = passage.text[self.start - passage.start : self.end - passage.start]
        ending = "'s" if self.is_possessive else ""
        return f" [{name}{ending}]"


def leans(text: str) -> bool:
    """Whether a sentence can't be read without the one before it."""
    return bool(LEANS_BACK.match(text)) and not _EMPTY_IT.match(text)


def sentence_before(passage: Passage, start: int) -> tuple[int, int] | None:
    """The sentence that ends where the one at `start` begins; None where the passage has none."""
    earlier = [(a, b) for a, b in passage.sentences if passage.start <= a < b <= start]
    if not earlier or not _slice(passage, *earlier[-1])[0].isupper():
        return None
    return earlier[-1] if not _slice(passage, earlier[-1][1], start).strip() else None


def bracket(passage: Passage, start: int, end: int, sentences_back: int) -> Bracket | None:
    """The name that a sentence's first pronoun, or "the group", means; None where it is not clear.

    It is looked for in as many as `sentences_back` sentences before it, within the passage.
    """
    text = _slice(passage, start, end)
    back = _before(passage, start, sentences_back)
    if not back or max(end - start, *(b - a for a, b in back)) > MOST:
        return None
    if found := _FIRST.match(text):
        return _of_pronoun(passage, text, start, found.start(1), found.end(1), back)
    if found := _LATER.search(text) or _SPOKEN.search(text):
        if _names_somebody(passage, start, start + found.start(1)):
            return None
        return _of_pronoun(passage, text, start, found.start(1), found.end(1), back)
    if found := _THE.match(text):
        return _of_noun(passage, text, start, found, back)
    return None


def _before(passage: Passage, start: int, most: int) -> list[tuple[int, int]]:
    """The sentences of a passage before an offset, the nearest first."""
    return [(a, b) for a, b in passage.sentences if passage.start <= a < b <= start][::-1][:most]


def _of_pronoun(
    passage: Passage, text: str, start: int, left: int, right: int, back: list[tuple[int, int]]
) -> Bracket | None:
    pronoun, rest = text[left:right].lower(), text[right:]
    possessive = pronoun in ("his", "her", "its", "their")
    if possessive and not re.match(r" [\w’'-]+", rest):
        return None
    if possessive and re.match(r" (?:is|was|are|were|had|has|that|the)\b", rest):
        return None
    if pronoun in _SUBJECTS:
        found = _person(passage, _SUBJECTS[pronoun], back)
    elif pronoun in ("they", "their"):
        found = _several(passage, back[0])
    else:
        does = possessive or (_ACTS.match(rest) and not _is_text(passage, back[0], rest))
        found = _thing(passage, back[0]) if does else None
    if found is None:
        return None
    return Bracket(start + right, *found, is_possessive=possessive)


def _person(passage: Passage, pronoun: str, back: list[tuple[int, int]]) -> tuple[int, int] | None:
    """The one person whom the nearest sentence with persons names."""
    for place in back:
        named = mentions(passage, *place)
        people = distinct([m for m in named if m.kind == "person" and not m.is_alias])
        text = _slice(passage, *place)
        if not people:
            unsure = [m for m in named if m.kind == "unknown" and _is_subject(passage, m, place)]
            people = unsure if len(named) == 1 else []
        if not people and (found := _THE.match(text)):
            called = _of_noun(passage, text, place[0], found, _before(passage, place[0], len(back)))
            return (called.start, called.end) if called else None
        if len(people) > 1 or _others(text, people, place[0]):
            return None
        if people:
            if gender(passage, people[0], place) not in (None, pronoun):
                return None
            return _fullest(passage, people[0])
        if any(m.kind == "unknown" and _is_subject(passage, m, place) for m in named):
            return None
    return None


def _others(text: str, people: list[Mention], offset: int) -> bool:
    """Whether a sentence speaks of somebody without a name, beside those it names.

    "the mayor" does in "Ilse Brandt accused the mayor", but not in "the mayor, Ilse Brandt", nor
    in "Nouri al-Maliki, a former prime minister".
    """
    for found in _SOMEBODY.finditer(text):
        left, right = found.span()
        if not any(
            re.fullmatch(r"(?: of [^,.;]+)?,? ?", text[right : m.start - offset])
            if m.start - offset >= right
            else re.fullmatch(r"[,(] ?(?:who (?:is|was)(?: today)? )?", text[m.end - offset : left])
            for m in people
        ):
            return True
    return False


def _fullest(passage: Passage, mention: Mention) -> tuple[int, int]:
    """Where the name stands in full, in one of the sentences ahead of the mention's own."""
    best = mention
    for place in _before(passage, mention.end, _NEAR)[::-1]:
        if " " in best.text:
            break
        for other in mentions(passage, *place):
            if other.kind == "person" and alike(other.text.split()[-1], mention.text) > 0:
                best = other
    return best.start, best.end


def _several(passage: Passage, place: tuple[int, int]) -> tuple[int, int] | None:
    """The names that a sentence begins with, joined by "and"; or one that takes a plural verb."""
    found = mentions(passage, *place)
    if not found or not _begins(passage, found[0], place):
        return None
    last = 0
    while last + 1 < len(found) and _JOIN.match(
        _slice(passage, found[last].end, found[last + 1].start)
    ):
        last += 1
    span = found[0].start, found[last].end
    after = _slice(passage, span[1], place[1])
    joined = re.search(r"\b(?:and|as well as)\b", _slice(passage, found[0].end, found[last].end))
    if last and joined and _SUBJECT_VERB.match(after) and is_name(_slice(passage, *span)):
        return span
    return span if not last and _PLURAL_VERB.match(after) else None


def _thing(passage: Passage, place: tuple[int, int]) -> tuple[int, int] | None:
    """The organisation or country that is a sentence's subject."""
    found = [m for m in mentions(passage, *place) if not m.is_alias]
    if not found or found[0].kind == "person" or not _is_subject(passage, found[0], place):
        return None
    rivals = [m for m in distinct(found)[1:] if m.kind == "group"]
    return None if rivals else (found[0].start, found[0].end)


def _is_text(passage: Passage, place: tuple[int, int], rest: str) -> bool:
    """Whether "it said" may mean a statement or report that the sentence before tells of."""
    return bool(re.match(r" (?:also )?(?:says?|said|adds?|added)\b", rest)) and bool(
        _TOLD.search(_slice(passage, *place))
    )


def _of_noun(
    passage: Passage, text: str, start: int, found: re.Match[str], back: list[tuple[int, int]]
) -> Bracket | None:
    """ "The group", "The prime minister": the one name that was called so before."""
    noun, following = found[2], re.match(r" ([a-z]+)", text[found.end() :])
    if following is None or following[1] in _OF_MANY or noun in STOPWORDS:
        return None
    called: list[Mention] = []
    for place in back:
        for one in mentions(passage, *place):
            if one.is_alias or not any(of_one_family(noun, role) for role in one.roles):
                continue
            if "prime" in found[1] and "prime" not in one.roles:
                continue
            called.append(one)
    called = distinct(called)
    after = text[found.end() :]
    verb = _SUBJECT_VERB.match(after) or _ACTS.match(after)
    if len(called) != 1 or not verb or _names_somebody(passage, start, start + found.end()):
        return None
    return Bracket(start + found.end(), called[0].start, called[0].end)


def is_subject_verb(after: str) -> bool:
    """Whether what follows a name begins with a verb of which it can be the subject."""
    return bool(_SUBJECT_VERB.match(after))


def _is_subject(passage: Passage, mention: Mention, place: tuple[int, int]) -> bool:
    return _begins(passage, mention, place) and bool(
        _SUBJECT_VERB.match(_slice(passage, mention.end, place[1]))
    )


def _begins(passage: Passage, mention: Mention, place: tuple[int, int]) -> bool:
    """Whether nothing but an article and words that say what it is precede a name."""
    before = _slice(passage, place[0], mention.start).split()
    return len(before) <= 5 and all(
        word.lower().strip(",") in {"the", "a", "an", "two", "both", "militias", "groups"}
        or word.lower().strip(",.") in mention.roles
        or word.lower().strip(".") in PERSON_NOUNS
        for word in before
    )


def _names_somebody(passage: Passage, start: int, end: int) -> bool:
    return any(m.kind in ("person", "unknown") for m in mentions(passage, start, end))


def _slice(passage: Passage, start: int, end: int) -> str:
    return passage.text[start - passage.start : end - passage.start]
