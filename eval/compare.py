"""Two runs over the same cases: what changed, by how much, and whether by more than chance."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from eval.errors import RunRefused
from eval.metrics.paired import Paired, holm, paired
from eval.scored_run import ScoredRun

#: What wins and losses are listed by: the first that both runs have.
PREFERRED = ("right", "f1", "ndcg@10", "answer_recall@5", "recall@5")


@dataclass(frozen=True, slots=True)
class Row:
    """One measure over the cases that both runs have it for."""

    measure: str
    before: float
    after: float
    paired: Paired
    p_corrected: float  #: by Holm's method over all measures of the table


@dataclass(frozen=True, slots=True)
class Change:
    """A case whose measure differs."""

    case_id: str
    before: float
    after: float


@dataclass(frozen=True, slots=True)
class Comparison:
    """Everything that `dateline eval compare` tells."""

    before: Path
    after: Path
    cases: int  #: that ran in both
    rows: tuple[Row, ...]
    measure: str  #: that the changes are of
    changes: tuple[Change, ...]  #: losses first, the largest first
    notes: tuple[str, ...]


def compare(before: ScoredRun, after: ScoredRun, measure: str | None = None) -> Comparison:
    """Paired differences of every measure that both runs have.

    Args:
        measure: lists wins and losses by it; else by the first of `PREFERRED`.

    Raises `RunRefused` where the runs share no case, or lack the measure.
    """
    shared = [case for case in before.values if case in after.values]
    if not shared:
        raise RunRefused(f"{before.path} and {after.path} have no case in common.")
    names = dict.fromkeys(name for case in shared for name in before.values[case])
    rows: list[tuple[str, float, float, Paired]] = []
    for name in names:
        cases = [c for c in shared if name in before.values[c] and name in after.values[c]]
        if not cases:
            continue
        first = [before.values[case][name] for case in cases]
        second = [after.values[case][name] for case in cases]
        units = [before.units[case] for case in cases]
        rows.append(
            (name, sum(first) / len(cases), sum(second) / len(cases), paired(first, second, units))
        )
    rows += _costs(before, after, shared)
    corrected = holm([one.p for *_, one in rows])
    chosen = measure or next((one for one in PREFERRED if any(one == row[0] for row in rows)), None)
    chosen = chosen or rows[0][0]
    if all(chosen != row[0] for row in rows):
        raise RunRefused(f"the runs do not both have the measure {chosen!r}.")
    return Comparison(
        before.path,
        after.path,
        len(shared),
        tuple(Row(*row, p) for row, p in zip(rows, corrected, strict=True)),
        chosen,
        _changes(before, after, shared, chosen),
        _notes(before, after, len(shared)),
    )


def _costs(
    before: ScoredRun, after: ScoredRun, shared: list[str]
) -> list[tuple[str, float, float, Paired]]:
    """Milliseconds and tokens of each case; less is better there, so a win is a loss."""
    found = []
    for name in ("latency_ms", "prompt_tokens", "completion_tokens"):
        pairs = [(_cost(before, case, name), _cost(after, case, name), case) for case in shared]
        told = [(b, a, case) for b, a, case in pairs if b is not None and a is not None]
        if told:
            first, second, cases = (list(column) for column in zip(*told, strict=True))
            means = (sum(one) / len(told) for one in (first, second))
            units = [before.units[case] for case in cases]
            found.append((name, *means, paired(first, second, units)))
    return found


def _cost(run: ScoredRun, case: str, name: str) -> float | None:
    outcome = run.outcomes[case]
    if name == "latency_ms":
        return outcome.milliseconds
    usage = outcome.prediction.usage if outcome.prediction is not None else None
    return (usage or {}).get(name)


def _changes(
    before: ScoredRun, after: ScoredRun, shared: list[str], measure: str
) -> tuple[Change, ...]:
    found = [
        Change(case, before.values[case][measure], after.values[case][measure])
        for case in shared
        if measure in before.values[case] and measure in after.values[case]
    ]
    found = [one for one in found if one.before != one.after]
    return tuple(sorted(found, key=lambda one: (one.after - one.before, one.case_id)))


def _notes(before: ScoredRun, after: ScoredRun, shared: int) -> tuple[str, ...]:
    """What makes the comparison less than it looks."""
    found = []
    if before.manifest["dataset_fingerprint"] != after.manifest["dataset_fingerprint"]:
        found.append("the runs are over different states of the dataset; only shared cases count")
    for run in (before, after):
        total = run.manifest["cases"]
        if shared < total:
            found.append(f"{run.path}: {total - shared} of {total} cases are not compared")
    jobs = {run.manifest.get("jobs") for run in (before, after)}
    if jobs != {1}:
        found.append("questions were asked several at once, so latencies say little")
    if before.manifest.get("in_full") != after.manifest.get("in_full"):
        found.append("one run asked follow-ups in full, the other as they were typed")
    return tuple(found)
