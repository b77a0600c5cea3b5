"""What a follow-up means: of what its words leave open, what the articles answer most surely."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from qa.config import ReaderConfig
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

    def stand_alone(self, question: Question, history: Sequence[PastTurn]) -> str:
        """The question as it can be asked alone, after at least one turn, oldest first."""
        ways = ways_to_stand_alone(question.text, history, self._written(question, history))
        if len(ways) == 1:
            return ways[0]
        sure = [self._sureness(replace(question, text=way)) for way in ways]
        best = max(range(1, len(ways)), key=lambda place: sure[place])
        return ways[best if sure[best] - sure[0] > self._config.follow_up_margin else 0]

    def _written(self, question: Question, history: Sequence[PastTurn]) -> list[str]:
        """The nearest passages: people type "erbil", and these show which words are names."""
        count = self._config.follow_up_spellings
        near = {
            hit.passage.id: hit.passage.text
            for text in (question.text, history[-1].standalone)
            for hit in self._retriever.retrieve(text, count, None, question.filters)
        }
        return list(near.values())

    def _sureness(self, question: Question) -> float:
        """0..1, how sure the reader is of an answer in a few passages."""
        as_of = question.as_of or date.today()
        few = self._config.follow_up_passages
        hits = self._retriever.retrieve(question.text, few, as_of, question.filters)
        return self._reader.read(understand(question, as_of), hits).confidence if hits else 0.0
