"""What can be measured: any object that answers. One file per kind of system."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Protocol

from eval.records import Prediction
from index.records import Filters


@dataclass(frozen=True, slots=True)
class Asked:
    """What a system is told of a case: never the answers."""

    question: str
    as_of: date | None = None
    filters: Filters = field(default_factory=Filters)
    conversation_id: str | None = None  #: what the system gave for the turn before
    history: tuple[tuple[str, str], ...] = ()  #: (question, the system's answer) of earlier turns


class System(Protocol):
    """Answers questions. Safe to share by threads, unless `most_jobs` says otherwise."""

    name: str
    most_jobs: int  #: questions that it may be asked at once

    def settings(self) -> dict[str, str]:
        """What decides its answers: engine, model, prompts, version of the index. For the run's
        manifest: a run is resumed only when they are the same."""
        ...

    def answer(self, asked: Asked) -> Prediction:
        """Raises whatever goes wrong; the harness counts it as an error."""
        ...

    def close(self) -> None: ...
