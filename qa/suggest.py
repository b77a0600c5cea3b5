"""Questions to go on with, each of which was tried: the articles answer it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from index.records import Filters
from qa.records import Answer, PastTurn, Question, ShortAnswer, Status
from qa.suggest_candidates import candidates
from qa.suggest_events import CASUALTIES
from qa.suggest_records import Candidate, places_of, sentences_of, tells_of
from qa.target import target
from qa.values import same_value

MOST = 3  #: suggestions
TRIES = 8  #: candidates that are asked at most
_FURTHER = 0.8  #: how much less welcome each further candidate of a group is
_STALE = 0.5  #: what a suggestion is worth whose answer's quote was shown already
_SAME_GROUP = 0.6  #: and one that is made like another that was taken


@dataclass(frozen=True, slots=True)
class _Tried:
    candidate: Candidate
    answer: Answer
    worth: float  #: 0..1


def suggest(
    ask: Callable[[Question], Answer], last: Answer, history: Sequence[PastTurn]
) -> tuple[str, ...]:
    """Up to three full questions that the articles answer with something not told yet, best first.

    `ask` answers a question without a history; it is called at most `TRIES` times, as of the day
    and with the filters of `last`. `history` are all turns, that of `last` may be among them.
    Raises what `ask` raises.
    """
    tried: list[_Tried] = []
    for candidate in _in_turn(candidates(last, history))[:TRIES]:
        answer = ask(_question(candidate.text, last))
        if _is_new(answer, candidate, last, history):
            worth = answer.confidence * (0.5 + 0.5 * candidate.weight)
            worth *= _STALE if _is_shown(answer, last, history) else 1.0
            tried.append(_Tried(candidate, answer, worth))
            if len({one.candidate.group for one in _varied(tried)}) == MOST:
                break  # asking costs time, and the most welcome came first
    return tuple(one.candidate.text for one in _varied(tried))


def _in_turn(found: Sequence[Candidate]) -> list[Candidate]:
    """The most welcome first; each further one of a group is less so."""
    rank: dict[str, int] = {}
    welcome = []
    for one in sorted(found, key=lambda one: -one.weight):
        welcome.append((one.weight * _FURTHER ** rank.get(one.group, 0), one))
        rank[one.group] = rank.get(one.group, 0) + 1
    return [one for _, one in sorted(welcome, key=lambda pair: -pair[0])]


def _question(text: str, last: Answer) -> Question:
    filters = last.applied_filters
    return Question(
        text,
        history=(),
        as_of=last.as_of,
        filters=Filters(
            sources=filters.sources,
            published_from=filters.published_from,
            published_to=filters.published_to,
            keep_undated=filters.undated != "dropped",
        ),
    )


def _is_new(
    answer: Answer, candidate: Candidate, last: Answer, history: Sequence[PastTurn]
) -> bool:
    """Whether an answer is one, about what was asked, and was not given in the conversation."""
    if answer.status is not Status.ANSWERED or not answer.citations:
        return False
    kind = target(candidate.text).kind
    is_told = answer.text in (last.text, *(turn.text for turn in history))
    if is_told and kind not in ("when", "where", "how_many"):
        return False
    if answer.short_answer is None:
        return not is_told and any(tells_of(answer.text, name) for name in candidate.names)
    if not _is_about(answer, candidate):
        return False
    short = answer.short_answer.text
    given = [(last.standalone_question, one.text) for one in _shorts(last)]
    given += [(turn.standalone, text) for turn in history for text in turn.short_answers]
    return not any(
        (is_told or target(question).kind == kind) and same_value(short, text)
        for question, text in given
    )


def _shorts(answer: Answer) -> list[ShortAnswer]:
    return [answer.short_answer, *answer.also] if answer.short_answer else []


def _is_about(answer: Answer, candidate: Candidate) -> bool:
    """Whether the short answer stands by a name of the question, and none of a rival is nearer."""
    short = answer.short_answer
    numbered = {one.number: one for one in answer.citations}
    if short is None or short.citation not in numbered:
        return False
    citation = numbered[short.citation]
    at = short.start - citation.start
    whole = (0, len(citation.quote))
    start, end = next((s for s in sentences_of(citation.quote) if s[0] <= at < s[1]), whole)
    said, at = citation.quote[start:end], at - start
    own = [abs(place - at) for name in candidate.names for place in places_of(said, name)]
    theirs = [abs(place - at) for name in candidate.rivals for place in places_of(said, name)]
    if candidate.rivals or candidate.group in CASUALTIES:
        if not own or min(theirs, default=len(said)) < min(own):
            return False
    elif not own and not any(tells_of(answer.text, name) for name in candidate.names):
        return False
    if any(same_value(short.text, name) for name in candidate.names):
        return False  # it only repeats the question
    if candidate.group in CASUALTIES:
        # "Two were killed and a dozen hurt": the number in front of the right word.
        found = {
            group: match.start() if (match := verbs.search(said, at)) else len(said)
            for group, verbs in CASUALTIES.items()
        }
        return min(found, key=lambda group: found[group]) == candidate.group
    return True


def _is_shown(answer: Answer, last: Answer, history: Sequence[PastTurn]) -> bool:
    shown = (last.text, *(turn.text for turn in history))
    return any(answer.citations[0].quote in text for text in shown)


def _varied(tried: Sequence[_Tried]) -> list[_Tried]:
    """The best `MOST`, no two of which give the same answer, of different groups if possible."""
    taken: list[_Tried] = []
    left = list(tried)
    while left and len(taken) < MOST:
        groups = {one.candidate.group for one in taken}

        def value(one: _Tried, groups: set[str] = groups) -> float:
            return one.worth * (_SAME_GROUP if one.candidate.group in groups else 1.0)

        best = max(left, key=value)
        left.remove(best)
        if not any(_tell_the_same(best, one) for one in taken):
            taken.append(best)
    return taken


def _tell_the_same(one: _Tried, other: _Tried) -> bool:
    """Whether whoever has read one answer knows the other: who claimed it, and what X claimed."""
    if one.answer.text == other.answer.text:
        return True
    return any(
        second.answer.short_answer is not None
        and any(same_value(second.answer.short_answer.text, name) for name in first.candidate.names)
        for first, second in ((one, other), (other, one))
    )
