"""Who did it: names as the doers of the question's verb, and subjects of small words."""

from __future__ import annotations

import re
from collections.abc import Iterator

from qa.days import DAY_NAMES
from qa.span_names import PLACE_PREPOSITIONS, TITLES, names, word_before
from qa.span_records import Sentence, Span
from qa.target import Target
from qa.words import STOPWORDS, Word, fold, word_set

_AUXILIARIES = frozenset(
    "has have had was were is are be been being will would also both later all now who which"
    " again already since reportedly apparently publicly officially".split()
)
_PASSIVE = word_set("was were is are be been being")
DEMONYM = re.compile(r"(?:ian|ean|ish|ese|can|aqi|eli|ani|nch|rab|man|utch)s?$")
#: The department in "Price of the State Department", or a name in brackets.
_BELONGS = re.compile(r"(?:[A-Z]\w* (?:of|for|from) (?:the )?|\()$")
_RENAMED = re.compile(r"(?:\balso (?:called|known as|named)|\baka|\bmeaning|\bformerly)\s*$", re.I)


def find_who(sentence: Sentence, target: Target) -> Iterator[Span]:
    """Names, more for one that does what the question's verb says; and that verb's subject."""
    found = names(sentence)
    agents = list(_agents(sentence, target.verb)) if target.verb else []
    for start, end in found:
        if any(start <= sentence.words[i].start < end for i in sentence.matched):
            continue  # "Balad Air Base" does not tell who was hurt at Balad
        score = _name_score(sentence, start, end)
        if not target.heads and fold(sentence.text[start:end]) in sentence.places:
            score -= 0.2  # where something is, and who only in a pinch
        if target.verb and not agents:
            # Somebody, but nobody does here what is asked about; claiming is not denying.
            score -= 0.25 if sentence.verb_is_elsewhere else 0.1
        score += _as_modifier(sentence, start, end, target)
        yield Span(start, end, score)
        ahead = sentence.text[:start]
        if word_before(sentence, start) in PLACE_PREPOSITIONS or _BELONGS.search(ahead):
            continue
        for verb_start, verb_end, passive in agents:
            bonus = _agent_bonus(sentence.text, start, end, verb_start, verb_end, passive)
            if bonus:
                yield Span(start, end, score + bonus)
                joined = _coordinated(sentence.text, found, start, end)
                if joined:
                    yield Span(*joined, score + bonus + 0.05)
    for verb_start, _, passive in agents:
        subject = None if passive else _subject(sentence, verb_start)
        if subject and subject not in found:
            yield Span(*subject, 0.35)


def _name_score(sentence: Sentence, start: int, end: int) -> float:
    text = sentence.text[start:end]
    score = 0.35 + (0.08 if " " in text else 0.0)
    if word_before(sentence, start) in PLACE_PREPOSITIONS:
        score -= 0.15
    if re.match(r"['’]s?\b", sentence.text[end : end + 2]):
        score -= 0.1
    if _BELONGS.search(sentence.text[:start]):
        score -= 0.12
    elif word_before(sentence, start) == "of":
        score -= 0.2  # "officials of A", "the town of A"
    if text.split()[-1].lower() in TITLES:
        score -= 0.15  # "Iraqi Prime Minister" says what somebody is
    if _RENAMED.search(sentence.text[:start]) or sentence.text[:start].endswith("("):
        score -= 0.2
    after = sentence.text[end:]
    if " " not in text and DEMONYM.search(text) and re.match(r"[\s-][a-z]", after):
        score -= 0.2
    if text.isupper() and re.match(r"\s[a-z]+s?\b", after) and len(text) <= 3:
        score -= 0.1
    return score


def _as_modifier(sentence: Sentence, start: int, end: int, target: Target) -> float:
    """What a name gains or loses by the noun that follows it at once.

    "al-Dawa party" answers "which party"; "the Erbil attack" does not answer who attacked.
    """
    following = next((i for i, w in enumerate(sentence.words) if w.start >= end), None)
    if following is None or sentence.text[end : sentence.words[following].start] != " ":
        return 0.0
    word = sentence.words[following]
    if word.key in target.heads:
        return 0.1
    if not word.text[0].islower() or word.key in STOPWORDS or word.key == target.verb:
        return 0.0
    led = re.search(r"\bthe $", sentence.text[:start]) and " " not in sentence.text[start:end]
    return -0.15 if led or following in sentence.matched else 0.0


def _agents(sentence: Sentence, verb: str | None) -> Iterator[tuple[int, int, bool]]:
    """Where the question's verb stands: start (with its auxiliaries), end, whether passive."""
    for index, word in enumerate(sentence.words):
        if word.key != verb:
            continue
        first, passive = index, False
        while first > 0:
            before = sentence.words[first - 1].text.lower()
            is_day = sentence.words[first - 1].text in DAY_NAMES or (
                before == "on" and sentence.words[first].text in DAY_NAMES
            )  # "X on Tuesday called"
            if before not in _AUXILIARIES and not before.endswith("ly") and not is_day:
                break
            passive = passive or before in _PASSIVE
            first -= 1
        yield sentence.words[first].start, word.end, passive and not word.text.endswith("ing")


def _agent_bonus(
    text: str, start: int, end: int, verb_start: int, verb_end: int, passive: bool
) -> float:
    """What a name gains from standing as the doer of the verb: right before it, or after "by"."""
    if start >= verb_end:
        if re.fullmatch(r"[^.;]{0,40}\bby (?:the |an? )?(?:[\w’'-]+ ){0,4}", text[verb_end:start]):
            return 0.35
        return 0.0
    if passive or end > verb_start:
        return 0.0
    between = text[end:verb_start].strip()
    between = re.sub(r"^(?:of|for|from) (?:the )?(?:[A-Z][\w’'.-]* ?)+", "", between).strip()
    if not between or (len(between) > 1 and between[0] in ",(–—-" and between[-1] in ",)–—-"):
        return 0.35
    return 0.2 if between in (",", ")") else 0.0


def _coordinated(
    text: str, found: list[tuple[int, int]], start: int, end: int
) -> tuple[int, int] | None:
    """The list of names that one belongs to: "A and B", "A, B and C"; None where it is alone."""
    position = found.index((start, end))
    first = last = position
    joins = r",?\s(?:and|or|as well as)\s(?:the\s)?|,\s"
    while first > 0 and re.fullmatch(joins, text[found[first - 1][1] : found[first][0]]):
        first -= 1
    while last + 1 < len(found) and re.fullmatch(joins, text[found[last][1] : found[last + 1][0]]):
        last += 1
    span = found[first][0], found[last][1]
    if first == last or not re.search(r"\s(?:and|as well as)\s", text[span[0] : span[1]]):
        return None
    return span


def _subject(sentence: Sentence, verb_start: int) -> tuple[int, int] | None:
    """A subject of small words right before the verb: "US and Iraqi officials"."""
    before = [word for word in sentence.words if word.end <= verb_start][-6:]
    kept: list[Word] = []
    for word in reversed(before):
        gap = sentence.text[word.end : kept[0].start if kept else verb_start]
        lower = word.text.lower()
        if gap.strip(" -") or (lower in STOPWORDS and lower not in ("of", "and")):
            break
        kept.insert(0, word)
    while kept and kept[0].text.lower() in ("of", "and"):
        kept = kept[1:]
    if len(kept) < 2 or kept[-1].text in DAY_NAMES:
        return None  # "militias" alone names nobody
    return kept[0].start, kept[-1].end
