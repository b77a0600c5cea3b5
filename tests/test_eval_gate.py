"""The gate and comparing: chance passes, a fall does not, and what is missing is said."""

from __future__ import annotations

from pathlib import Path

import pytest

from eval.baseline import Baseline, BaselineInvalid, baseline_of, read_baseline, write_baseline
from eval.compare import compare
from eval.errors import RunRefused
from eval.gate import judge
from eval.records import Outcome, Prediction, Scores
from eval.scored_run import ScoredRun
from tests.eval_fakes import answered

MANIFEST = {
    "dataset": "gold", "dataset_fingerprint": "f", "system": "ours", "settings": {},
    "version": "1", "cases": 100, "in_full": False, "jobs": 1,
}  # fmt: skip
CASES = 100


def run_of(
    right: list[float], *, failed: tuple[str, ...] = (), manifest: dict | None = None, **more: float
) -> ScoredRun:
    """A run over cases c0, c1, … with the measure "right" as given, and others the same for all."""
    values = {f"c{n}": {"right": value, **more} for n, value in enumerate(right)}
    outcomes = {case: Outcome(case_id=case, prediction=answered()) for case in values}
    for case in failed:
        outcomes[case] = Outcome(case_id=case, error="down")
        values.pop(case, None)
    return ScoredRun(
        Path("run"),
        {**MANIFEST, **(manifest or {})},
        outcomes,
        Scores(cases=len(outcomes), failed=len(failed), measures={}, by_tag={}),
        values,
        {case: case for case in outcomes},
    )


def first_wrong(count: int) -> list[float]:
    return [0.0] * count + [1.0] * (CASES - count)


def test_the_same_run_passes_without_any_difference() -> None:
    run = run_of(first_wrong(20), f1=0.5)
    verdict = judge(run, baseline_of(run))
    assert verdict.has_passed
    assert [one.measure for one in verdict.watches] == ["right", "f1"]
    assert all(one.difference == one.low == one.high == 0 for one in verdict.watches)


@pytest.mark.parametrize(("lost", "passes"), [(1, True), (2, True), (6, False), (30, False)])
def test_a_case_or_two_is_noise_and_more_is_a_fall(lost: int, passes: bool) -> None:
    baseline = baseline_of(run_of(first_wrong(20)))
    verdict = judge(run_of(first_wrong(20 + lost)), baseline)
    [watch] = verdict.watches
    assert verdict.has_passed is passes
    assert watch.has_fallen is not passes
    assert watch.losses == tuple(f"c{n}" for n in range(20, 20 + lost)) and not watch.wins
    assert watch.difference == pytest.approx(-lost / CASES)


def test_as_many_won_as_lost_passes_and_both_are_told() -> None:
    before = [0.0] * 10 + [1.0] * 90
    after = [1.0] * 10 + [0.0] * 10 + [1.0] * 80
    [watch] = judge(run_of(after), baseline_of(run_of(before))).watches
    assert not watch.has_fallen and len(watch.wins) == len(watch.losses) == 10


def test_better_is_never_a_fall() -> None:
    verdict = judge(run_of(first_wrong(0)), baseline_of(run_of(first_wrong(50))))
    assert verdict.has_passed


def test_one_wrong_quote_is_one_too_many() -> None:
    sound = run_of(first_wrong(0), quote_exactness=1.0)
    verdict = judge(sound, baseline_of(sound))
    assert verdict.has_passed
    broken = run_of(first_wrong(0), quote_exactness=1.0)
    broken.values["c7"]["quote_exactness"] = 0.5
    verdict = judge(broken, baseline_of(sound))
    [watch] = [one for one in verdict.watches if one.has_fallen]
    assert watch.measure == "quote_exactness" and watch.losses == ("c7",)


def test_a_case_that_failed_to_run_does_not_pass() -> None:
    run = run_of(first_wrong(0))
    verdict = judge(run_of(first_wrong(0), failed=("c3",)), baseline_of(run))
    assert not verdict.has_passed and "c3" in verdict.problems[0] and "down" in verdict.problems[0]


def test_taking_cases_out_does_not_pass() -> None:
    baseline = baseline_of(run_of(first_wrong(20)))
    easier = run_of([1.0] * 3)
    verdict = judge(easier, baseline)
    assert not verdict.has_passed and "not in the gold set any more" in verdict.problems[0]


def test_new_cases_are_told_and_not_held_against_it() -> None:
    baseline = baseline_of(run_of([1.0] * 50))
    verdict = judge(run_of([1.0] * 50 + [0.0] * 50), baseline)
    assert verdict.has_passed and "50 cases are new" in verdict.notes[0]


def test_nothing_in_common_does_not_pass() -> None:
    run = run_of([1.0] * 5)
    assert not judge(run, Baseline({}, {})).has_passed
    assert not judge(run, Baseline({}, {f"c{n}": {"other": 1.0} for n in range(5)})).has_passed


def test_a_baseline_comes_back_as_it_was_written(tmp_path: Path) -> None:
    baseline = baseline_of(run_of([1.0, 0.0], f1=1 / 3))
    path = tmp_path / "baseline.json"
    write_baseline(path, baseline)
    assert read_baseline(path) == baseline
    assert path.read_text().count("\n") == 2 + 6  # one case a line
    write_baseline(path, read_baseline(path))
    assert read_baseline(path) == baseline
    assert [one.name for one in tmp_path.iterdir()] == ["baseline.json"]


@pytest.mark.parametrize(
    "content",
    ["", "[]", "{}", '{"run": {}, "cases": []}', '{"run": {}, "cases": {"c": {"m": "x"}}}'],
)
def test_a_broken_baseline_is_told(tmp_path: Path, content: str) -> None:
    path = tmp_path / "baseline.json"
    with pytest.raises(BaselineInvalid, match="--accept"):
        read_baseline(path)
    path.write_text(content)
    with pytest.raises(BaselineInvalid, match="can't be read"):
        read_baseline(path)


def test_a_wrong_quote_in_a_case_that_is_newly_answered_is_one_too_many() -> None:
    newly = run_of([1.0, 1.0])
    newly.values["c1"]["quote_exactness"] = 0.0
    sound = run_of([1.0, 0.0], quote_exactness=1.0)
    del sound.values["c1"]["quote_exactness"]
    newly.values["c0"]["quote_exactness"] = 1.0
    verdict = judge(newly, baseline_of(sound))
    [watch] = [one for one in verdict.watches if one.has_fallen]
    assert watch.losses == ("c1",)


def test_a_measure_that_is_gone_does_not_pass() -> None:
    baseline = baseline_of(run_of([1.0] * 50, **{"fact_recall@5": 1.0, "citation_recall": 1.0}))
    verdict = judge(run_of([1.0] * 50, citation_recall=1.0), baseline)
    assert (
        not verdict.has_passed and "fact_recall@5 is measured no more in 50" in verdict.problems[0]
    )
    verdict = judge(run_of([1.0] * 50, **{"fact_recall@5": 1.0}), baseline)
    assert "citation_recall" in verdict.problems[0]


def test_the_citations_of_an_answer_that_is_not_given_any_more_are_not_missed() -> None:
    baseline = baseline_of(run_of([1.0] * 50, citation_recall=1.0))
    run = run_of([0.0] + [1.0] * 49, citation_recall=1.0)
    del run.values["c0"]["citation_recall"]
    run.outcomes["c0"] = Outcome(case_id="c0", prediction=Prediction(status="abstained"))
    assert judge(run, baseline).has_passed


@pytest.mark.parametrize("changes", [{"system": "bm25"}, {"dataset": "squad"}, {"in_full": True}])
def test_another_kind_of_run_is_not_comparable(changes: dict) -> None:
    baseline = baseline_of(run_of([1.0] * 50))
    verdict = judge(run_of([1.0] * 50, manifest=changes), baseline)
    assert not verdict.has_passed and next(iter(changes)) in verdict.problems[0]


def test_a_changed_gold_set_is_noted() -> None:
    baseline = baseline_of(run_of([1.0] * 50))
    verdict = judge(run_of([1.0] * 50, manifest={"dataset_fingerprint": "g"}), baseline)
    assert verdict.has_passed and "has changed" in verdict.notes[0]


def test_right_answers_do_not_buy_false_ones() -> None:
    before = run_of([1.0] * 100)
    after = run_of([1.0] * 100)
    for n in range(50):
        before.values[f"c{n}"]["abstained_rightly"] = 1.0
        after.values[f"c{n}"]["abstained_rightly"] = float(n >= 25)
        before.values[f"c{n + 50}"]["answered_rightly"] = float(n >= 25)
        after.values[f"c{n + 50}"]["answered_rightly"] = 1.0
    fallen = [one.measure for one in judge(after, baseline_of(before)).watches if one.has_fallen]
    assert fallen == ["abstained_rightly"]


# -- comparing ------------------------------------------------------------------


def test_a_comparison_tells_differences_wins_and_losses() -> None:
    before = run_of([1.0, 1.0, 0.0, 0.0] * 10, f1=0.5)
    after = run_of([1.0, 0.0, 1.0, 1.0] * 10, f1=0.5)
    found = compare(before, after)
    assert found.cases == 40 and found.measure == "right" and not found.notes[2:]
    rows = {row.measure: row for row in found.rows}
    right = rows["right"]
    assert (right.before, right.after) == (0.5, 0.75)
    assert right.paired.difference == pytest.approx(0.25)
    assert (right.paired.wins, right.paired.losses, right.paired.ties) == (20, 10, 10)
    assert right.paired.low <= 0.25 <= right.paired.high
    assert 0 < right.paired.p <= right.p_corrected <= 1
    assert rows["f1"].paired.p == 1 and rows["f1"].paired.ties == 40
    assert rows["latency_ms"].paired.ties == 40
    assert [one.after - one.before for one in found.changes] == [-1.0] * 10 + [1.0] * 20


def test_a_clear_difference_is_significant_and_none_is_not() -> None:
    worse, better = run_of([0.0] * 60 + [1.0] * 40), run_of([1.0] * 100)
    assert compare(worse, better).rows[0].paired.p < 0.001
    assert compare(better, better).rows[0].paired.p == 1


def test_only_shared_cases_and_measures_are_compared() -> None:
    before, after = run_of([1.0] * 10, em=1.0), run_of([1.0] * 6, failed=("c1",), f1=1.0)
    found = compare(before, after)
    assert [row.measure for row in found.rows] == ["right", "latency_ms"] and found.cases == 5
    assert any("not compared" in note for note in found.notes)
    with pytest.raises(RunRefused, match="'em'"):
        compare(before, after, "em")


def test_what_makes_runs_unlike_is_noted() -> None:
    before = run_of([1.0] * 100)
    after = run_of([1.0] * 100, manifest={"dataset_fingerprint": "g", "in_full": True})
    notes = compare(before, after).notes
    assert any("different states" in note for note in notes)
    assert any("in full" in note for note in notes)


def test_runs_without_a_shared_case_are_refused() -> None:
    with pytest.raises(RunRefused, match="no case in common"):
        compare(run_of([1.0]), run_of([]))
