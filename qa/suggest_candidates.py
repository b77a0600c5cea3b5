"""Questions that could be asked next, made by rule. Whether they are answered is tried elsewhere.

All words are ours or were typed by the asker; an article gives nothing but names.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cache

from qa.records import Answer, PastTurn, Question
from qa.suggest_events import of_events
from qa.suggest_names import of_names
from qa.suggest_records import MOST_CHARACTERS, Candidate, passages_of
from qa.target import target
from qa.understand import is_question, understand
from qa.words import STOPWORDS, key, word_set, words

_PARTICIPLES = word_set(
    """won bought sold built founded held sent led made found lost paid caught taught brought said
    told met left kept struck hit shot"""
)

_TELLS_NO_DOER = word_set("claimed denied said called urged told asked warned accused blamed spoke")

Meaning = tuple[str, frozenset[str]]


def candidates(last: Answer, history: Sequence[PastTurn]) -> list[Candidate]:
    """What could be asked after `last`; none that was asked before.

    They are full questions of at most `MOST_CHARACTERS`; of several that ask the same only the
    first is among them; after what was no question there are none.
    """
    if not is_question(last.question):
        return []
    passages = passages_of(last)
    typed = [last.question, *(turn.question for turn in history)]
    asked = [last.standalone_question, *typed, *(turn.standalone for turn in history)]
    said = " ".join((*typed, last.text, *(turn.text for turn in history)))
    question = _safe_question(last, typed)
    before = {meaning(text) for text in asked}
    seen = set(before)
    found = []
    for one in (
        *_of_question(question, last),
        *of_events(question, passages),
        *of_names(said, passages),
    ):
        meant = meaning(one.text)
        if len(one.text) > MOST_CHARACTERS or meant in seen:
            continue
        if not any(_only_adds(meant, earlier) for earlier in before):
            seen.add(meant)
            found.append(one)
    return found


def _only_adds(meant: Meaning, asked: Meaning) -> bool:
    """Whether a question is one that was asked with words added."""
    return meant[0] == asked[0] and len(asked[1]) > 1 and asked[1] <= meant[1]


def meaning(text: str) -> Meaning:
    """What two questions share that ask the same: their kind and their content words."""
    same = _same()
    found = frozenset(same.get(word.key, word.key) for word in words(text))
    return target(text).kind, found - STOPWORDS - _empty()


@cache
def _same() -> dict[str, str]:
    return {key("killed"): key("died"), key("injured"): key("hurt"), key("wounded"): key("hurt")}


@cache
def _empty() -> frozenset[str]:
    return frozenset(key(word) for word in ("people", "happened", "responsibility"))


def _of_question(question: str, last: Answer) -> Iterator[Candidate]:
    """The question turned: when it was for who did it, why for when, in the asker's words."""
    text = question.rstrip("?!. ")
    names = understand(Question(text), last.as_of).names
    if not names or len(text) > MOST_CHARACTERS:
        return
    for turned in _turned(text):
        yield Candidate(turned, "question", names)


def _turned(text: str) -> Iterator[str]:
    others = {"when": "Why", "where": "When", "why": "When", "how": "When"}
    if active := re.fullmatch(r"(when|where|why|how) (did .+)", text, re.I):
        yield f"{others[active[1].lower()]} {active[2]}?"
    passive = re.fullmatch(r"(when|where|why|how) ((?:was|were) (.+) (\w+))", text, re.I)
    if passive and _is_participle(passive[4]):
        yield f"Who {passive[4].lower()} {passive[3]}?"
        yield f"{others[passive[1].lower()]} {passive[2]}?"
    if doer := re.fullmatch(r"who (\w+) ((?:the |an? )?[\w’'-]+(?: [\w’'-]+){0,5})", text, re.I):
        verb, what = doer[1].lower(), doer[2]
        if _is_participle(verb) and verb not in _TELLS_NO_DOER:
            was = "were" if re.search(r"[^s]s$", what) else "was"
            yield f"When {was} {what} {verb}?"
            yield f"Why {was} {what} {verb}?"


def _is_participle(verb: str) -> bool:
    return verb.lower().endswith("ed") or verb.lower() in _PARTICIPLES


def _safe_question(last: Answer, typed: Sequence[str]) -> str:
    """The question in full, where all its words but names came from the asker, else as typed.

    What it stands alone by may come from an article or from a language model.
    """
    known = {word.text.lower() for one in typed for word in words(one)}
    text = " ".join(last.standalone_question.split())
    found = words(text)
    is_safe = re.fullmatch(r"[\w\s’',?!.-]+", text) and all(
        word.text.lower() in known | STOPWORDS or word.text[0].isupper() for word in found
    )
    text = text if is_safe else " ".join(last.question.split())
    return text if re.fullmatch(r"[\w\s’',?!.-]+", text) else ""
