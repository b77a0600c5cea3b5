"""`eval/baseline.json`: what the gold set's run was when a person last accepted it.

    {"run": what was run, "measures": {measure: mean}, "cases": {case id: {measure: value}}}

One case a line, so that a change of the baseline shows in a review case by case.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from eval.errors import EvalError
from eval.scored_run import ScoredRun

OURS = Path(__file__).resolve().parent / "baseline.json"

#: Measures that the gate watches; a higher one is better.
WATCHED = (
    "right", "em", "f1", "answered_rightly", "abstained_rightly",
    "answer_recall@5", "fact_recall@5",
    "evidence_recall", "evidence_precision", "citation_recall", "citation_precision",
    "quote_exactness",
)  # fmt: skip
#: What of a run has to be the same for its figures to be comparable, and what else is kept.
SAME = ("dataset", "system", "in_full")
_RUN = (*SAME, "dataset_fingerprint", "settings", "version")


class BaselineInvalid(EvalError):
    """The baseline is missing or can't be read."""


@dataclass(frozen=True, slots=True)
class Baseline:
    """An accepted run."""

    run: dict[str, Any]
    cases: dict[str, dict[str, float]]  #: case id → measure → value


def baseline_of(run: ScoredRun) -> Baseline:
    """What is kept of a run: the watched measures of each case."""
    cases = {
        case: {name: round(values[name], 4) for name in WATCHED if name in values}
        for case, values in sorted(run.values.items())
    }
    return Baseline({key: run.manifest.get(key) for key in _RUN}, cases)


def read_baseline(path: Path) -> Baseline:
    """Raises `BaselineInvalid`."""
    try:
        kept = json.loads(path.read_bytes())
        cases = {
            str(case): {str(name): _share(value) for name, value in values.items()}
            for case, values in kept["cases"].items()
        }
        return Baseline(dict(kept["run"]), cases)
    except FileNotFoundError:
        raise BaselineInvalid(
            f"{path}: there is no baseline; `dateline eval gate --accept` makes one."
        ) from None
    except (
        OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError,
    ) as error:  # fmt: skip
        raise BaselineInvalid(
            f"{path} can't be read as a baseline ({type(error).__name__}: {error}); take it from "
            "the repository again, or make a new one with `dateline eval gate --accept`."
        ) from None


def _share(value: object) -> float:
    """Raises `ValueError` for anything but a number from 0 to 1: NaN would be below nothing."""
    share = float(value)  # type: ignore[arg-type]
    if not 0 <= share <= 1:
        raise ValueError(f"{value!r} is no share")
    return share


def write_baseline(path: Path, baseline: Baseline) -> None:
    """Replace the file at once. Raises `BaselineInvalid` where it can't be written."""
    means = {
        name: round(sum(found) / len(found), 4)
        for name in WATCHED
        if (found := [values[name] for values in baseline.cases.values() if name in values])
    }
    lines = [f"  {json.dumps(case)}: {json.dumps(v)}" for case, v in baseline.cases.items()]
    text = (
        '{\n "run": '
        + json.dumps(baseline.run)
        + ',\n "measures": '
        + json.dumps(means)
        + ',\n "cases": {\n'
        + ",\n".join(lines)
        + "\n }\n}\n"
    )
    temporary = path.with_name(path.name + ".new")
    try:
        temporary.write_text(text, encoding="utf-8")
        temporary.replace(path)
    except OSError as error:
        raise BaselineInvalid(f"{path} can't be written ({error.strerror}).") from None
