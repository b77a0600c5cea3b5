"""The stages of training, in order: what each reads and for how long."""

from __future__ import annotations

from dataclasses import dataclass, field

from eval.train.fit import Schedule


@dataclass(frozen=True, slots=True)
class Stage:
    """A run of training over some sources' groups."""

    name: str
    passages: dict[str, slice]  #: source → which of a group's passages it reads
    schedule: Schedule = field(default_factory=Schedule)
    repeats: dict[str, int] = field(default_factory=dict)  #: times that a source is read an epoch


#: First what people asked, so that the reader knows what a question is; then practice on news,
#: where questions are plenty and noisy; then both and the quizzes, cooled to the end.
STAGES = (
    Stage(
        "people",
        {"people": slice(0, 2)},
        Schedule(rate=1.5e-4, warm=0.06, cool=0.25),
    ),
    Stage(
        "news",
        {"clozes": slice(0, 2)},
        Schedule(rate=1.2e-4, warm=0.05, cool=0.25, seed=1),
    ),
    Stage(
        "all",
        {
            "people": slice(0, 3, 2),
            "sentences": slice(0, 1),
            "quizzes": slice(0, 6),
            "near": slice(0, 1),
        },
        Schedule(rate=1.2e-4, warm=0.05, cool=0.7, seed=2),
        {"quizzes": 2},
    ),
)
