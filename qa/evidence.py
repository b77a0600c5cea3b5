"""How far a sentence speaks of what a question names: words weighed, met across spellings."""

from __future__ import annotations

import math
import re
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache

from index.records import Hit
from qa.days import DAY_NAMES, MONTHS, Day, find_days
from qa.names import alike
from qa.records import Understood
from qa.words import STOPWORDS, Word, fold, initials, key, words

_NAME_WEIGHT = 1.6  # a name counts for more than a verb or a common noun
_HEAD_WEIGHT = 0.4  # "state" of "which state" is seldom written beside the state's name
_ACRONYM = 0.9  # strength of "US" meeting "United States"
#: What a word is worth when it is met beside the sentence and not in it.
_TITLE, _BEFORE, _AFTER, _PASSAGE, _PUBLISHED = 0.6, 0.5, 0.3, 0.35, 0.6


@dataclass(frozen=True, slots=True)
class Term:
    """One content word of the question."""

    key: str
    weight: float  #: share of the question's weight; all shares sum to 1
    is_name: bool
    forms: Mapping[str, float]  #: keys in the passages that meet it → how surely, 0..1


@dataclass(slots=True)
class Candidate:
    """A sentence of a hit with its words; filled in as it is scored."""

    hit: Hit
    rank: int  #: place of its hit, from 0
    start: int  #: code points in the article's text
    end: int
    text: str
    words: list[Word]
    keys: dict[str, int]  #: key → index of the first word that has it
    before: Candidate | None = None
    after: Candidate | None = None
    own: float = 0.0  #: share of the question's weight met in the sentence itself
    coverage: float = 0.0  #: the same, with title, neighbours and passage at a discount
    missing_names: float = 0.0  #: share of the names' weight not met in it, before it or its title
    missing: float = 0.0  #: share of all terms' weight met nowhere around it
    matched: dict[int, float] = field(default_factory=dict)  #: index of a word → weight met


@lru_cache(maxsize=4096)
def _analysed(text: str) -> tuple[list[Word], dict[str, int]]:
    """A sentence's words and keys; kept, since the same passages are read for many questions.

    Shared by the candidates of that text, which do not change them.
    """
    found = words(text)
    keys: dict[str, int] = {}
    for index, word in enumerate(found):
        keys.setdefault(word.key, index)
    for acronym, index in initials(found).items():
        keys.setdefault(acronym, index)
    return found, keys


def split(hits: Sequence[Hit]) -> list[Candidate]:
    """The sentences of all hits, each place in an article once, in the order of the hits."""
    seen: set[tuple[str, int]] = set()
    found: list[Candidate] = []
    for rank, hit in enumerate(hits):
        passage, previous = hit.passage, None
        for start, end in passage.sentences or ((passage.start, passage.end),):
            raw = passage.text[max(0, start - passage.start) : max(0, end - passage.start)]
            # A full stop lost in the source leaves ", said the minister" as a sentence.
            text = raw.lstrip(" \t\r\n,;:.)")
            start = max(start, passage.start) + len(raw) - len(text)
            text = text.rstrip()
            if not text or (passage.article_id, start) in seen:
                previous = None
                continue
            seen.add((passage.article_id, start))
            its_words, keys = _analysed(text)
            candidate = Candidate(
                hit, rank, start, start + len(text), text, its_words, keys, before=previous
            )
            if previous is not None:
                previous.after = candidate
            found.append(candidate)
            previous = candidate
    return found


def place_names(candidates: Sequence[Candidate]) -> frozenset[str]:
    """Names that stand somewhere right behind "in", folded: places, mostly.

    Of a longer name its first two and three words are given too; its end does not show here.
    """
    found: set[str] = set()
    for c in candidates:
        for index, word in enumerate(c.words[:-1]):
            if word.text.lower() != "in":
                continue
            run: list[Word] = []
            for other in c.words[index + 1 : index + 5]:
                if not run and other.text == "the":
                    continue
                if not other.text[0].isupper() or other.text in DAY_NAMES:
                    break
                if run and c.text[run[-1].end : other.start] not in (" ", "-"):
                    break
                run.append(other)
                found.add(fold(c.text[run[0].start : other.end]))
    return frozenset(found)


def small_words(candidates: Sequence[Candidate]) -> frozenset[str]:
    """Words that stand somewhere without a capital, folded: they are no names."""
    return frozenset(
        fold(word.text) for c in candidates for word in c.words if word.text[:1].islower()
    )


def weigh(
    question: Understood, candidates: Sequence[Candidate], heads: Sequence[str]
) -> list[Term]:
    """The question's words with their weights and the forms in which the passages have them.

    Inverse document frequency is taken over the passages at hand, log(1 + N / n): what all of
    them speak of tells their sentences apart least. A word that none has weighs most.
    """
    documents: dict[str, set[int]] = defaultdict(set)
    capitals: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    for candidate in candidates:
        for found in candidate.keys:
            documents[found].add(candidate.rank)
        for word in candidate.words:
            if word.text[0].isupper() and word.key not in STOPWORDS:
                capitals[word.key][fold(word.text)].add(candidate.hit.passage.article_id)
    size = max(1, len({candidate.rank for candidate in candidates}))
    names = {word.key for name in question.names for word in words(name)}
    acronyms = _acronyms(question)
    made: list[tuple[str, float, bool, dict[str, float]]] = []
    for text in question.terms:
        for term in dict.fromkeys(word.key for word in words(text)):
            if term in STOPWORDS or any(term == other[0] for other in made):
                continue
            forms = {term: 1.0} if term in documents else {}
            if acronyms.get(term) in documents:
                forms[acronyms[term]] = _ACRONYM
            is_name = term in names
            if (is_name or not forms) and not term[0].isdigit():
                forms |= _spellings(text, term, capitals)
            count = len(set().union(*(documents[form] for form in forms))) if forms else 0
            # What nobody writes may be a name that is not here, or a verb said otherwise.
            weight = math.log(1 + size / max(count, 0.5 if is_name else 2.0))
            weight *= _NAME_WEIGHT if is_name else _HEAD_WEIGHT if term in heads else 1.0
            made.append((term, weight, is_name, forms))
    total = sum(weight for _, weight, _, _ in made) or 1.0
    return [Term(term, weight / total, is_name, forms) for term, weight, is_name, forms in made]


def _acronyms(question: Understood) -> dict[str, str]:
    """Each word of a name of several → the acronym of that name."""
    made: dict[str, str] = {}
    for name in question.names:
        parts = [word for word in words(name) if word.text[0].isupper()]
        if len(parts) > 1:
            letters = "".join(word.text[0] for word in parts)
            made |= {word.key: letters for word in parts}
    return made


def _spellings(
    text: str, term: str, capitals: Mapping[str, Mapping[str, set[str]]]
) -> dict[str, float]:
    """Other spellings of a name among the passages' capitalised words.

    An outlet spells one name one way: where an article has the question's own spelling too, the
    other word is another name.
    """
    own = set().union(*capitals[term].values()) if term in capitals else set()
    found = {}
    for other, spellings in list(capitals.items()):
        if other == term:
            continue
        articles = set().union(*spellings.values())
        strength = max(alike(text, spelling) for spelling in spellings)
        if strength > 0 and not articles <= own:
            found[other] = strength
    return found


def asked_days(question: Understood) -> dict[Day, frozenset[str]]:
    """The days that a question names, resolved as of its asking → the keys of their words."""
    return {
        dated.day: frozenset(w.key for w in words(question.text[dated.start : dated.end]))
        for dated in find_days(question.text, question.as_of)
        if dated.day.known
    }


def measure(
    candidate: Candidate,
    terms: Sequence[Term],
    title_keys: Mapping[str, int],
    passage_keys: Collection[str],
    days: Mapping[Day, frozenset[str]] | None = None,
) -> None:
    """Fill in what a sentence and its surroundings meet of the question.

    `days` as from `asked_days`: a sentence that names such a day in other words meets it too.
    """
    around = [
        (candidate.keys, 1.0),
        (title_keys, _TITLE),
        (candidate.before.keys if candidate.before else {}, _BEFORE),
        (candidate.after.keys if candidate.after else {}, _AFTER),
    ]
    published = _published(candidate.hit.passage.published)
    dated = _dated(candidate, days) if days else frozenset()
    own = coverage = missing = missing_names = names = 0.0
    for term in terms:
        here = 0.0
        for form, strength in term.forms.items():
            if form in candidate.keys:
                here = max(here, strength)
                candidate.matched[candidate.keys[form]] = term.weight * strength
                for index, word in enumerate(candidate.words):
                    if word.key == form:
                        candidate.matched[index] = term.weight * strength
        if term.key in dated:
            here = 1.0
        near = max(
            here,
            max(
                (worth * s for keys, worth in around for f, s in term.forms.items() if f in keys),
                default=0.0,
            ),
        )
        if not near and any(form in passage_keys for form in term.forms):
            near = _PASSAGE
        if not near and term.key in published:
            near = _PUBLISHED
        own += term.weight * here
        coverage += term.weight * near
        missing += term.weight * (near == 0.0)
        if term.is_name:
            names += term.weight
            missing_names += term.weight * (near < _BEFORE)
    candidate.own, candidate.coverage, candidate.missing = own, coverage, missing
    candidate.missing_names = missing_names / names if names else 0.0


def _dated(candidate: Candidate, days: Mapping[Day, frozenset[str]]) -> frozenset[str]:
    """Keys of the question's days that a sentence names, "Sunday" for "21 February" included."""
    there = {d.day for d in find_days(candidate.text, candidate.hit.passage.published)}
    return frozenset().union(*(keys for day, keys in days.items() if day in there))


def _published(day: date | None) -> frozenset[str]:
    """Keys that the day of publication itself meets: its year and its month's name."""
    return frozenset({str(day.year), key(MONTHS[day.month - 1])}) if day else frozenset()


@lru_cache(maxsize=1024)
def title_keys(title: str) -> dict[str, int]:
    """Keys of a title's words, acronyms of its names among them."""
    found = words(title)
    return {word.key: index for index, word in enumerate(found)} | initials(found)


def window(text: str, start: int, end: int, size: int = 48, clause: bool = False) -> str:
    """The words around a span: up to `size` characters on either side, cut between words.

    With `clause` they end at a comma or an "and": "twelve were hurt", not who was killed.
    """
    left, right = text[max(0, start - size) : start], text[end : end + size]
    if start > size:
        left = re.sub(r"^\S*\s*", "", left)
    if end + size < len(text):
        right = re.sub(r"\s*\S*$", "", right)
    if clause:
        left = re.split(r"[,;:]\s|\band\b", left)[-1]
        right = re.split(r"[,;:]\s|\band\b", right)[0]
    return (left + text[start:end] + right).strip()
