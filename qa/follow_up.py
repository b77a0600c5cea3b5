"""What a follow-up means, and what else it may mean, where the likeliest is not answered."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from qa.config import ReaderConfig
from qa.listen import Check
from qa.read import Reader
from qa.records import PastTurn, Question
from qa.retrieve import Retriever
from qa.stand_alone import ways_to_stand_alone
from qa.understand import understand


class FollowUps:
    """Makes follow-ups stand alone by our own rules. Safe to share by threads."""

    def __init__(self, retriever: Retriever, reader: Reader, config: ReaderConfig) -> None:
        self._retriever = retriever
        self._reader = reader
        self._config = config

    def ways(self, question: Question, history: Sequence[PastTurn]) -> list[str]:
        """The question as it can be asked alone, the likeliest meaning first; at least one.

        People type "erbil": the nearest passages show which words are names.
        """
        near = self._retriever.retrieve(
            f"{history[-1].standalone} {question.text}",
            self._config.follow_up_spellings,
            None,
            question.filters,
        )
        written = [hit.passage.text for hit in near]
        return ways_to_stand_alone(question.text, history, written)

    def surest(
        self, question: Question, ways: Sequence[str], least: float, check: Check
    ) -> str | None:
        """The one of further meanings that a few passages answer most surely; None where none is
        surer than `least`, 0..1, by a margin."""
        sure = [(self._sureness(replace(question, text=way), check), way) for way in ways]
        best = max(sure, key=lambda pair: pair[0], default=(0.0, ""))
        return best[1] if best[0] >= least + self._config.follow_up_margin else None

    def _sureness(self, question: Question, check: Check) -> float:
        """0..1, how sure the reader is of an answer in a few passages."""
        as_of = question.as_of or date.today()
        few = self._config.follow_up_passages
        hits = self._retriever.retrieve(question.text, few, as_of, question.filters)
        if not hits:
            return 0.0
        return self._reader.read(understand(question, as_of), hits, check).confidence
