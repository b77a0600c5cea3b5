"""A dataset and a system for tests of the harness, without an index."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping

from eval.records import Case, Dataset, Evidence, Prediction
from eval.systems import Asked
from index.records import Found

TEXT = "Ada Lovelace wrote the first program. It was meant for a machine that was never built."


def case(id: str, **changes) -> Case:
    """An answerable case about `TEXT`."""
    return Case(
        **{
            "id": id,
            "question": f"who wrote the first program? ({id})",
            "answers": ("Ada Lovelace",),
            "is_answerable": True,
            "evidence": ((Evidence("ada", "Ada Lovelace wrote the first program."),),),
            "relevant": {"ada": 1},
            "tags": ("who",),
            **changes,
        }
    )


def dataset(*cases: Case, text: str = TEXT) -> Dataset:
    found = Found(origin="ada.txt", key="ada", text=text, id="ada", title="Programs")
    return Dataset("fake", cases, lambda: [found], "fingerprint")


class FakeSystem:
    """Implements `eval.systems.System`: answers by a table or a function, and keeps what it was
    asked. An exception in the table is raised."""

    name = "fake"

    def __init__(
        self,
        answers: Mapping[str, Prediction | Exception] | Callable[[Asked], Prediction],
        most_jobs: int = 8,
    ) -> None:
        self._answers = answers
        self.most_jobs = most_jobs
        self.asked: list[Asked] = []
        self.is_closed = False
        self._lock = threading.Lock()

    def settings(self) -> dict[str, str]:
        return {"engine": "fake"}

    def answer(self, asked: Asked) -> Prediction:
        with self._lock:
            self.asked.append(asked)
        if callable(self._answers):
            return self._answers(asked)
        found = self._answers[asked.question]
        if isinstance(found, Exception):
            raise found
        return found

    def close(self) -> None:
        self.is_closed = True


def answered(text: str = "Ada Lovelace wrote the first program. [1]", **changes) -> Prediction:
    return Prediction(
        **{
            "status": "answered",
            "text": text,
            "short_answer": "Ada Lovelace",
            "confidence": 0.9,
            **changes,
        }
    )
