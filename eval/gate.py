"""The gate: a run may not be worse than the baseline by more than its noise.

The gold set is a sample of the questions that people ask, so a measure that moves by a case or
two has not shown anything. Its noise is taken from the pairs: the 95% bootstrap interval of the
difference, case by case against the baseline. A measure falls when the whole interval lies below
zero; for a measure that changes on few cases this is a net loss of about four. Quotes that are
not in their source and cases that fail to run have no noise: one is too many.
"""

from __future__ import annotations

from dataclasses import dataclass

from eval.baseline import WATCHED, Baseline
from eval.metrics.paired import paired
from eval.scored_run import ScoredRun

#: Measures of which any fall is one.
EXACT = frozenset({"quote_exactness"})


@dataclass(frozen=True, slots=True)
class Watch:
    """One measure at the gate."""

    measure: str
    baseline: float
    now: float
    difference: float
    low: float  #: of the difference's 95% interval
    high: float
    losses: tuple[str, ...]  #: cases that became worse
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
    problems = [
        f"{case}: could not be run ({outcome.error})"
        for case, outcome in run.outcomes.items()
        if outcome.error is not None
    ]
    gone = sorted(case for case in baseline.cases if case not in run.outcomes)
    if gone:
        problems.append(
            f"cases of the baseline that are not in the gold set any more: {', '.join(gone)}; "
            "if they were taken out for a reason, accept a new baseline"
        )
    new = sum(case not in baseline.cases for case in run.outcomes)
    notes = [f"{new} cases are new since the baseline and not watched yet"] if new else []
    shared = [case for case in run.values if case in baseline.cases]
    watches = [watch for name in WATCHED if (watch := _watch(name, run, baseline, shared))]
    if not watches:
        problems.append("the run and the baseline have no measure in common")
    return Verdict(tuple(watches), tuple(problems), tuple(notes))


def _watch(name: str, run: ScoredRun, baseline: Baseline, shared: list[str]) -> Watch | None:
    cases = [case for case in shared if name in run.values[case] and name in baseline.cases[case]]
    if not cases:
        return None
    before = [baseline.cases[case][name] for case in cases]
    # The baseline is rounded; so is what it is compared with.
    after = [round(run.values[case][name], 4) for case in cases]
    found = paired(before, after, [run.units[case] for case in cases])
    pairs = list(zip(cases, before, after, strict=True))
    return Watch(
        name,
        sum(before) / len(cases),
        sum(after) / len(cases),
        found.difference,
        found.low,
        found.high,
        tuple(case for case, was, now in pairs if now < was),
        tuple(case for case, was, now in pairs if now > was),
        found.difference < 0 if name in EXACT else found.high < 0,
    )
