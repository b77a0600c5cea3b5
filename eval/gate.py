"""The gate: a run may not be worse than the baseline by more than its noise.

The gold set is a sample of the questions that people ask, so a measure that moves by a case or
two has not shown anything. Its noise is taken from the pairs: the 95% bootstrap interval of the
difference, case by case against the baseline. A measure falls when the whole interval lies below
zero; for a measure that changes on few cases this is a net loss of about four. What must never be
has no noise: a quote that is not in its source, a case that fails to run, a measure that is gone.
"""

from __future__ import annotations

from dataclasses import dataclass

from eval.baseline import SAME, WATCHED, Baseline
from eval.metrics.paired import paired
from eval.scored_run import ScoredRun

#: Measures that are 1 on every case, the baseline's or not, or have fallen.
EXACT = frozenset({"quote_exactness"})
#: Measures that a case has only where it was answered; `right` watches that it is.
_OF_ANSWERS = frozenset(
    {"citation_recall", "citation_precision", "quote_exactness", "evidence_recall",
     "evidence_precision"}
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Watch:
    """One measure at the gate."""

    measure: str
    cases: int  #: that both have it for
    baseline: float  #: mean over them
    now: float
    difference: float
    low: float  #: of the difference's 95% interval
    high: float
    losses: tuple[str, ...]  #: cases that became worse; of an exact measure, those below 1
    wins: tuple[str, ...]
    has_fallen: bool


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the gate says."""

    watches: tuple[Watch, ...]
    problems: tuple[str, ...]  #: reasons not to pass besides a fall, in words
    notes: tuple[str, ...]

    @property
    def has_passed(self) -> bool:
        return not self.problems and not any(one.has_fallen for one in self.watches)


def judge(run: ScoredRun, baseline: Baseline) -> Verdict:
    """Compare a run with the baseline over the cases that both have."""
    shared = [case for case in run.values if case in baseline.cases]
    watches = tuple(
        watch for name in WATCHED if (watch := _watch(name, run, baseline, shared)) is not None
    )
    return Verdict(watches, tuple(_problems(run, baseline, shared)), tuple(_notes(run, baseline)))


def _problems(run: ScoredRun, baseline: Baseline, shared: list[str]) -> list[str]:
    found = [
        f"{case}: could not be run ({outcome.error})"
        for case, outcome in run.outcomes.items()
        if outcome.error is not None
    ]
    found += [
        f"the run's {key} is {run.manifest.get(key)!r}, the baseline's {baseline.run.get(key)!r}: "
        "they can't be compared"
        for key in SAME
        if run.manifest.get(key) != baseline.run.get(key)
    ]
    gone = sorted(case for case in baseline.cases if case not in run.outcomes)
    if gone:
        found.append(
            f"cases of the baseline that are not in the gold set any more: {', '.join(gone)}; "
            "if they were taken out for a reason, accept a new baseline"
        )
    for name in WATCHED:
        lost = [
            case
            for case in shared
            if name in baseline.cases[case] and name not in run.values[case]
            if not (name in _OF_ANSWERS and not _is_answered(run, case))
        ]
        if lost:
            found.append(f"{name} is measured no more in {len(lost)} cases ({lost[0]}, …)")
    if not shared:
        found.append("the run and the baseline have no case in common")
    return found


def _notes(run: ScoredRun, baseline: Baseline) -> list[str]:
    found = []
    if run.manifest.get("dataset_fingerprint") != baseline.run.get("dataset_fingerprint"):
        found.append(
            "the gold set has changed since the baseline was accepted: where the answers of a case "
            "did, it is compared with what was right before"
        )
    new = sum(case not in baseline.cases for case in run.outcomes)
    if new:
        found.append(f"{new} cases are new since the baseline and not watched yet")
    return found


def _watch(name: str, run: ScoredRun, baseline: Baseline, shared: list[str]) -> Watch | None:
    cases = [case for case in shared if name in run.values[case] and name in baseline.cases[case]]
    if not cases:
        return None
    before = [baseline.cases[case][name] for case in cases]
    # The baseline is rounded; so is what it is compared with.
    after = [round(run.values[case][name], 4) for case in cases]
    found = paired(before, after, [run.units[case] for case in cases])
    pairs = list(zip(cases, before, after, strict=True))
    losses = tuple(case for case, was, now in pairs if now < was)
    has_fallen = found.high < 0
    if name in EXACT:
        losses = tuple(case for case, values in run.values.items() if values.get(name, 1.0) < 1)
        has_fallen = bool(losses)
    return Watch(
        name,
        len(cases),
        sum(before) / len(cases),
        sum(after) / len(cases),
        found.difference,
        found.low,
        found.high,
        losses,
        tuple(case for case, was, now in pairs if now > was),
        has_fallen,
    )


def _is_answered(run: ScoredRun, case: str) -> bool:
    prediction = run.outcomes[case].prediction
    return prediction is not None and prediction.is_answer
