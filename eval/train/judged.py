"""Questions with passages and their answers, to choose the reader's settings by.

Two kinds: quizzes of the development weeks over all the news, and over the news of before their
year only, which can't answer them; and the held-out questions on Wikipedia over all its passages,
and over all but those of their own context.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np

from eval.datasets.realtimeqa import questions
from eval.train.heldout import Example, held_out, training
from eval.train.lexical import Lexical
from eval.train.quiz import DEVELOPMENT
from eval.train.windows import cut
from index.records import Filters, Hit, Passage
from index.sentences import sentences
from qa.records import Question, Understood
from qa.retrieve import Retriever
from qa.understand import understand

_DEPTH = 30
_BEFORE = Filters(published_to=date(2022, 12, 31), keep_undated=False)


@dataclass(frozen=True, slots=True)
class Judged:
    """A question, the passages found for it, and the answers that are right; () where none is."""

    kind: str  #: "quiz" or "wiki"
    question: Understood
    hits: tuple[Hit, ...]
    answers: tuple[str, ...]


def quizzes(bench: Path, retriever: Retriever) -> Iterator[Judged]:
    """Each question of the development weeks twice: answerable, and not."""
    for asked in questions(bench / "realtimeqa-2022-2023", *DEVELOPMENT):
        understood = understand(Question(asked.text), asked.asked_on)
        for filters, answers in ((Filters(), asked.answers), (_BEFORE, ())):
            hits = retriever.retrieve(asked.text, _DEPTH, asked.asked_on, filters)
            yield Judged("quiz", understood, tuple(hits), answers)


def wiki(bench: Path, most: int) -> Iterator[Judged]:
    """Held-out questions on Wikipedia, a sample of `most`, each twice: answerable, and not."""
    asked = [one for one in held_out(bench) if one.domain == "new_wiki"]
    known = [*asked, *(one for one in training(bench) if one.domain == "new_wiki")]
    contexts = list(dict.fromkeys((one.title, one.context) for one in known))
    passages = [passage for place in range(len(contexts)) for passage in _passages(contexts, place)]
    search = Lexical([f"{one.title}\n{one.text}" for one in passages])
    random = np.random.default_rng(11)
    for place in random.permutation(len(asked))[:most]:
        one = asked[place]
        found = [passages[n] for n in search.best(one.question, _DEPTH + 10)]
        own = str(contexts.index((one.title, one.context)))
        understood = understand(Question(one.question), date(2020, 1, 1))
        yield _judged(understood, found, one)
        yield _judged(understood, [p for p in found if p.article_id != own], None)


def _judged(question: Understood, found: Sequence[Passage], example: Example | None) -> Judged:
    hits = tuple(Hit(passage, 0.5 / (1 + rank)) for rank, passage in enumerate(found[:_DEPTH]))
    return Judged("wiki", question, hits, example.answers if example else ())


def _passages(contexts: Sequence[tuple[str, str]], place: int) -> Iterator[Passage]:
    title, context = contexts[place]
    for number, text in enumerate(cut(title.replace("_", " "), context, ())):
        start = context.index(text.text)
        yield Passage(
            id=f"{place}-{number}",
            article_id=str(place),
            start=start,
            end=start + len(text.text),
            text=text.text,
            sentences=tuple((start + a, start + b) for a, b in sentences(text.text)),
            title=text.title,
        )
