"""How probable it is that the first answer is right, from what reading found.

A logistic model (Platt 1999, "Probabilistic Outputs for Support Vector Machines") of a few
figures of the reading. Its weights are fitted by `eval.train.calibrate`, which writes them.
"""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from pathlib import Path

from index.errors import ModelError

FILE = Path(__file__).parent / "weights" / "calibration.json"


@dataclass(frozen=True, slots=True)
class Evidence:
    """What a reading tells of its first answer."""

    says: float  #: the highest logit of a passage to answer
    cited: float  #: that of the passage that the first answer is cited from
    first: float  #: 0..1, the first answer's weight
    second: float  #: 0..1, the second's
    voices: int  #: passages that give the first answer

    def figures(self) -> dict[str, float]:
        """What the logistic model is linear in, by name."""
        return {
            "says": self.says,
            "cited": self.cited,
            "first": self.first,
            "lead": self.first - self.second,
            "voices": math.log1p(self.voices),
        }


#: The names of `Evidence.figures`.
NAMES = Evidence(0, 0, 0, 0, 0).figures().keys()


@dataclass(frozen=True, slots=True)
class Calibration:
    """The logistic model's weights by figure, and its constant."""

    weights: dict[str, float]
    constant: float

    @classmethod
    def shipped(cls, path: Path = FILE) -> Calibration:
        """This release's. Raises ModelError when its file is missing or damaged."""
        try:
            read = json.loads(path.read_text(encoding="utf-8"))
            weights = {str(name): _finite(value) for name, value in read["weights"].items()}
            constant = _finite(read["constant"])
        except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
            problem = f"no {error}" if isinstance(error, KeyError) else str(error)
        else:
            if not (unknown := weights.keys() - NAMES):
                return cls(weights, constant)
            problem = f"unknown figures {', '.join(sorted(unknown))}"
        raise ModelError(
            f"The reader's calibration in {path} cannot be read ({problem}). "
            "Install Dateline again."
        )

    def probability(self, evidence: Evidence) -> float:
        """0..1; 0 where a figure that counts is not a number."""
        figures = evidence.figures()
        lean = self.constant + sum(weight * figures[name] for name, weight in self.weights.items())
        if math.isnan(lean):
            return 0.0
        return 1 / (1 + math.exp(-max(-30.0, min(30.0, lean))))


def _finite(value: object) -> float:
    """A number of the file. Raises ValueError, TypeError on what is none."""
    number = float(value)  # type: ignore[arg-type]
    if not math.isfinite(number):
        raise ValueError(f"{value} is no weight")
    return number
