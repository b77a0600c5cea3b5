"""Dateline itself, in this process: what `dateline ask` answers."""

from __future__ import annotations

import os
import uuid

from eval.records import Prediction
from eval.systems import Asked
from eval.systems.from_answer import prediction_of
from index.embed import Embedder
from index.store import Store
from qa.answer import Answerer
from qa.records import PastTurn, Question
from qa.stand_alone import past_turn


class Ours:
    """Implements `eval.systems.System` over an opened store, which it closes."""

    name = "ours"

    def __init__(self, store: Store, embedder: Embedder) -> None:
        self._store = store
        self._embedder = embedder
        self._answerer = Answerer.over(store, embedder)
        self._talks: dict[str, tuple[PastTurn, ...]] = {}
        self.most_jobs = os.cpu_count() or 1

    def settings(self) -> dict[str, str]:
        return {
            "engine": self._answerer.engine,
            "embedding_model": self._embedder.identity,
            "index_version": self._store.version,
        }

    def answer(self, asked: Asked) -> Prediction:
        conversation = asked.conversation_id or f"conv_{uuid.uuid4().hex}"
        history = self._talks.get(conversation, ())
        question = Question(
            asked.question,
            conversation=conversation,
            history=history,
            as_of=asked.as_of,
            filters=asked.filters,
        )
        answer = self._answerer.ask(question)
        self._talks[conversation] = (*history, past_turn(answer))
        return prediction_of(answer)

    def close(self) -> None:
        self._store.close()
