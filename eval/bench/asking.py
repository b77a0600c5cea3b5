"""Ask a benchmark's questions of ours: as it is shipped, and made to answer."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, replace

from eval.records import Case, Prediction
from eval.systems import Asked, System
from eval.systems.from_answer import prediction_of
from index.embed import Embedder
from index.store import Store
from qa.answer import Answerer
from qa.config import ReaderConfig
from qa.listen import Check, never
from qa.read import Model
from qa.reader_model import TokenScores
from qa.records import Answer, Question

#: Confident enough at nothing: a reading is always an answer.
_ANY_CONFIDENCE = {"answered_confidence": 0.0, "partial_confidence": 0.0, "least_relevance": 0.0}


def always_answering(config: ReaderConfig) -> ReaderConfig:
    """Abstains only where there is nothing to read."""
    return replace(config, **_ANY_CONFIDENCE)


class Remembering:
    """A reader's model that does not read the same passages for the same question twice on end."""

    def __init__(self, model: Model) -> None:
        self._model = model
        self._last: tuple[object, list[TokenScores]] = (None, [])
        self.name = model.name

    def score(
        self, question: str, texts: Sequence[tuple[str, str]], check: Check = never
    ) -> list[TokenScores]:
        asked = (question, tuple(texts))
        if self._last[0] != asked:
            self._last = (asked, self._model.score(question, texts, check))
        return self._last[1]


class Asking:
    """Ours under settings of its own. Implements `System`; the store stays open."""

    name = "ours"
    most_jobs = 1

    def __init__(
        self, store: Store, embedder: Embedder, reading: ReaderConfig, model: Model
    ) -> None:
        self._answerer = Answerer.over(store, embedder, reading=reading, model=model)

    def settings(self) -> dict[str, str]:
        return {"engine": self._answerer.engine}

    def answer(self, asked: Asked) -> Prediction:
        question = Question(asked.question, as_of=asked.as_of, filters=asked.filters)
        answer = self._answerer.ask(question)
        found = prediction_of(answer)
        return found.model_copy(update={"confidence": confidence_of(answer, found)})

    def close(self) -> None:
        pass


def confidence_of(answer: Answer, prediction: Prediction) -> float:
    """The reader's, on abstentions too; where it is not told, that of what was answered."""
    return answer.confidence or prediction.confidence or 0.0


@dataclass(frozen=True, slots=True)
class Told:
    """What came of a question."""

    case: Case
    given: Prediction  #: as shipped
    milliseconds: float  #: that it took, as the asker waits

    @property
    def is_answer(self) -> bool:
        return self.given.is_answer


def asked_of(case: Case) -> Asked:
    """A case as it is asked here: a follow-up in full, alone."""
    return Asked(case.standalone or case.question, as_of=case.as_of, filters=case.filters)


def told_by(system: System, cases: Sequence[Case]) -> list[Told]:
    """Every case asked once, in order. The first is asked once before, which does not count."""
    if cases:
        system.answer(asked_of(cases[0]))
    found = []
    for case in cases:
        began = time.perf_counter()
        prediction = system.answer(asked_of(case))
        found.append(Told(case, prediction, (time.perf_counter() - began) * 1000))
    return found


def made_to_answer(system: System, told: Sequence[Told]) -> list[Prediction]:
    """What each would have been answered had there been no thresholds.

    `system` is ours without them. Where there was a short answer anyway, that is it.
    """
    return [
        one.given if one.given.short_answer is not None else system.answer(asked_of(one.case))
        for one in told
    ]
