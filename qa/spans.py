"""Candidate short answers inside a sentence, by the type that a question asks for.

Shapes only: capitalised runs, dates, amounts, quoted words, and where they stand to the question's
words. What they mean is not known here; `qa.read` weighs them across sentences.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace

from qa.span_names import PLACE_PREPOSITIONS, names, word_before
from qa.span_records import CLAUSE, Sentence, Span
from qa.span_values import find_how_many, find_when
from qa.span_who import DEMONYM, find_who
from qa.target import Target
from qa.words import STOPWORDS, Word, word_set

_LEAST = 0.22  # a shape worth less is left out however near it stands
_LEADS = word_set(
    "a an the of in on for with by its his her their our your called named as into from"
)
_QUOTED = re.compile(r"[“\"‘]([^“”\"]{2,60}?)[,.]?[”\"’](?!\w)")


def find_spans(sentence: Sentence, target: Target) -> list[Span]:
    """Candidates for a target, best first. Empty where the question asks for none.

    A candidate made only of the question's own words is no answer and is left out.
    """
    finder = _FINDERS.get(target.kind)
    if finder is None or not target.may_have_span:
        return []
    total = sum(sentence.matched.values())
    found: dict[tuple[int, int], Span] = {}
    for span in finder(sentence, target):
        inside = [i for i, w in enumerate(sentence.words) if span.start <= w.start < span.end]
        telling = [i for i in inside if sentence.words[i].key not in STOPWORDS]
        if not telling or all(i in sentence.matched for i in telling):
            continue
        near = _proximity(sentence, inside, total, 0.4 if target.kind == "how_many" else 1.0)
        if span.score < _LEAST:
            continue
        score = min(1.0, span.score + 0.4 * near)
        old = found.get((span.start, span.end))
        if old is None or score > old.score:
            found[span.start, span.end] = replace(span, score=score)
    return sorted(found.values(), key=lambda span: (-span.score, span.start))


def _proximity(sentence: Sentence, inside: list[int], total: float, name_share: float) -> float:
    """0..1: the question's words of the sentence, each fading with its distance in words.

    A comma or an "and" between them counts as several words more: another clause begins. For an
    amount the names count less: its verb tells "killed" from "injured" in the same attack.
    """
    if not total:
        return 0.0
    first, last = inside[0], inside[-1]
    near = 0.0
    for index, weight in sentence.matched.items():
        if first <= index <= last:
            continue
        left, right = (index, first) if index < first else (last, index)
        between = sentence.text[sentence.words[left].end : sentence.words[right].start]
        clauses = len(CLAUSE.findall(between))
        weight *= name_share if sentence.words[index].text[0].isupper() else 1.0
        near += weight * math.exp(-(right - left - 1 + 4 * clauses) / 6)
    return near / total


def _where(sentence: Sentence, target: Target) -> Iterator[Span]:
    found = names(sentence)
    for first, second in zip(found, found[1:], strict=False):
        inner = sentence.text[first[1] : second[0]] == " in "
        if not inner or target.place:
            continue
        if _is_asked(sentence, *second) and not _is_asked(sentence, *first):
            yield Span(*first, 0.45)  # asked where in Baghdad: "the Green Zone in Baghdad"
        elif _follows_asked(sentence, first[0]):
            yield Span(first[0], second[1], 0.45)  # "rockets hit the Green Zone in Baghdad"
        elif word_before(sentence, first[0]) in PLACE_PREPOSITIONS:
            yield Span(first[0], second[1], 0.4)  # "Green Zone in Baghdad"
    for start, end in found:
        score = 0.25 if target.place else 0.05
        if word_before(sentence, start) in PLACE_PREPOSITIONS:
            score = 0.45 if target.place else 0.38
        elif re.match(r"['’]s?\b", sentence.text[end : end + 2]) and target.place:
            score = 0.35
        elif _follows_asked(sentence, start):
            score = 0.3  # "rockets struck the Green Zone"
        if not target.place and re.match(r" [a-z]+['’]s\b", sentence.text[end:]):
            score -= 0.2  # "at the US embassy's gate" does not tell where in the US
        told = re.match(r"[^,.;]{0,40}, where\b", sentence.text[end:])
        if told and any(sentence.words[i].start > end + told.end() for i in sentence.matched):
            score += 0.15  # "the base at A, where B keeps its planes"
        if {"state", "countri"} & set(target.heads):
            # "Altadena, California": the larger place comes last.
            score += 0.1 * bool(re.search(r"[A-Z]\w+, $", sentence.text[:start]))
            score -= 0.1 * bool(re.match(r", [A-Z]", sentence.text[end:]))
        elif word_before(sentence, start) == "from":
            score -= 0.2
        yield Span(start, end, score)


def _is_asked(sentence: Sentence, start: int, end: int) -> bool:
    """Whether a name is, or has in it, one of the question's."""
    return any(start <= sentence.words[i].start < end for i in sentence.matched)


def _follows_asked(sentence: Sentence, start: int) -> bool:
    """Whether the question's word stands at most one verb ahead of a name: "rockets hit A"."""
    before = [i for i, word in enumerate(sentence.words) if word.end <= start]
    while before and sentence.words[before[-1]].text.lower() in ("the", "a", "an"):
        before.pop()
    return any(
        i in sentence.matched and sentence.words[i].text[0].islower() for i in before[-2:]
    ) and not CLAUSE.search(sentence.text[sentence.words[before[-1]].end : start])


def _what(sentence: Sentence, target: Target) -> Iterator[Span]:
    for match in _QUOTED.finditer(sentence.text):
        yield Span(match.start(1), match.end(1), 0.37)
    for start, end in names(sentence):
        score = 0.37 + (0.05 if " " in sentence.text[start:end] else 0.0)
        if " " not in sentence.text[start:end] and DEMONYM.search(sentence.text[start:end]):
            score -= 0.15
        yield Span(start, end, score + _head_bonus(sentence, start, end, target))
    for start, end in _phrases(sentence, target):
        yield Span(start, end, 0.22 + _head_bonus(sentence, start, end, target))


def _head_bonus(sentence: Sentence, start: int, end: int, target: Target) -> float:
    near = [w.key for w in sentence.words if end <= w.start][:2]
    near += [w.key for w in sentence.words if w.end <= start][-2:]
    if {w.key for w in sentence.words if start <= w.start < end} & set(target.heads):
        return 0.3
    return 0.15 if set(near) & set(target.heads) else 0.0


def _phrases(sentence: Sentence, target: Target) -> Iterator[tuple[int, int]]:
    """Runs of one to four words that a determiner or preposition leads: noun phrases mostly.

    A run ends at function words, punctuation and the question's words; the asked-for noun itself
    is taken in ("material damage" for "what damage").
    """
    run: list[Word] = []
    led = False
    for index, word in enumerate([*sentence.words, None]):
        gap = bool(run and word) and sentence.text[run[-1].end : word.start].strip(" -") != ""
        is_head = bool(run) and word is not None and word.key in target.heads
        ends = word is None or word.key in STOPWORDS or (index in sentence.matched and not is_head)
        if run and (ends or gap):
            if led and len(run) <= 4 and any(w.key not in target.heads for w in run):
                yield run[0].start, run[-1].end
            run = []
        if not ends and word is not None:
            if not run:
                before = sentence.words[index - 1].text.lower() if index else ""
                led = before in _LEADS or index - 1 in sentence.matched
            if not word.text.endswith("ly") and not word.text.isdigit():
                run.append(word)


_FINDERS: Mapping[str, Callable[[Sentence, Target], Iterator[Span]]] = {
    "who": find_who,
    "when": find_when,
    "where": _where,
    "how_many": find_how_many,
    "what": _what,
}
