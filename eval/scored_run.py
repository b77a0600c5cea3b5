"""A run with its figures, as `scores.json` keeps them: what is compared and gated.

scores.json   {"of": digest of the outcomes, "scores": Scores,
               "cases": {case id: {"unit": …, "values": {measure: value}}}}
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from math import isfinite
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from eval.errors import RunIncomplete, RunRefused
from eval.records import Outcome, ScoredCase, Scores
from eval.run_folder import finished, outcomes_digest, write_json

NAME = "scores.json"


@dataclass(frozen=True, slots=True)
class ScoredRun:
    """One finished run."""

    path: Path
    manifest: dict[str, Any]
    outcomes: dict[str, Outcome]
    scores: Scores
    values: dict[str, dict[str, float]]  #: case id → measure → value, of the cases that ran
    units: dict[str, str]  #: case id → what is resampled as one

    @property
    def name(self) -> str:
        return f"{self.path.name} ({self.manifest['system']})"


def write_scores(folder: Path, scores: Scores, cases: list[ScoredCase]) -> None:
    """Keep the figures of a run beside its outcomes."""
    kept = {one.case.id: {"unit": one.case.unit, "values": one.values} for one in cases}
    told = {"of": outcomes_digest(folder), "scores": scores.model_dump(mode="json"), "cases": kept}
    write_json(folder, NAME, told)


def read_scored(folder: Path) -> ScoredRun:
    """A finished run. Raises `RunRefused`, `RunIncomplete`."""
    manifest, outcomes = finished(folder)
    path = folder / NAME
    try:
        kept = json.loads(path.read_bytes())
        run = ScoredRun(
            folder,
            manifest,
            outcomes,
            Scores.model_validate(kept["scores"]),
            {case: _figures(one["values"]) for case, one in kept["cases"].items()},
            {case: str(one["unit"]) for case, one in kept["cases"].items()},
        )
        is_current = kept["of"] == outcomes_digest(folder)
    except FileNotFoundError:
        raise RunIncomplete(
            f"{folder} has no {NAME}; run the same command again, which scores it."
        ) from None
    except (
        OSError, ValueError, ValidationError, KeyError, TypeError, AttributeError, RecursionError,
    ) as error:  # fmt: skip
        raise RunRefused(
            f"{path} can't be read ({type(error).__name__}); delete it and run the same "
            "command again, which scores it anew."
        ) from None
    if not is_current:
        raise RunIncomplete(
            f"{path} is of other outcomes; run the same command again, which scores them."
        )
    return run


def _figures(values: dict[str, Any]) -> dict[str, float]:
    """Raises `ValueError` for what is no figure."""
    figures = {str(name): float(value) for name, value in values.items()}
    if not all(map(isfinite, figures.values())):
        raise ValueError("a figure is not finite")
    return figures
