"""What indexing did, for people and programs."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from enum import StrEnum

from index.records import Rejected

#: So many rejections are kept; the rest are counted. A hostile file holds millions of them.
MOST_REJECTIONS = 1000


class Outcome(StrEnum):
    """What became of one article."""

    ADDED = "added"
    UPDATED = "updated"  #: known id, changed content: its old passages are gone
    UNCHANGED = "unchanged"
    DUPLICATE = "duplicate"  #: the same article is there already under another id
    WITHDRAWN = "withdrawn"  #: withdrawn earlier, and not brought back unasked
    REJECTED = "rejected"


@dataclass(frozen=True, slots=True)
class Taken:
    """The outcome for one article."""

    article_id: str
    outcome: Outcome
    version: int = 1
    passages: int = 0


@dataclass(slots=True)
class IndexReport:
    """Counts by outcome, and the first `MOST_REJECTIONS` rejections."""

    counts: Counter[Outcome] = field(default_factory=Counter)
    rejected: list[Rejected] = field(default_factory=list)
    passages: int = 0  #: passages embedded and stored
    seconds: float = 0.0

    def add(self, taken: Taken) -> None:
        self.counts[taken.outcome] += 1
        self.passages += taken.passages

    def reject(self, rejected: Rejected) -> None:
        self.counts[Outcome.REJECTED] += 1
        if len(self.rejected) < MOST_REJECTIONS:
            self.rejected.append(rejected)

    def as_json(self) -> dict[str, object]:
        return {
            **{outcome.value: self.counts[outcome] for outcome in Outcome},
            "passages": self.passages,
            "seconds": round(self.seconds, 3),
            "rejections_listed": len(self.rejected),
            "rejections": [{"origin": one.origin, "reason": one.reason} for one in self.rejected],
        }
