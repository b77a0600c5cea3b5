"""`dateline eval gate`: stop a change that makes answers worse."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from eval.cli_options import EvalData, data_folder

if TYPE_CHECKING:
    from eval.scored_run import ScoredRun

NOT_PASSED = 1


def gate(
    baseline: Annotated[
        Path | None,
        typer.Option("--baseline", help="The accepted figures [default: eval/baseline.json]"),
    ] = None,
    run: Annotated[
        Path | None,
        typer.Option("--run", help="Judge this finished run instead of running the gold set"),
    ] = None,
    data: EvalData = None,
    accept: Annotated[
        bool, typer.Option("--accept", help="Make these figures the baseline")
    ] = False,
) -> None:
    """Run the gold set and fail, with a table, when a measure fell by more than its noise.

    Exits with 1 when the gate did not pass.
    """
    from eval.baseline import OURS, baseline_of, read_baseline, write_baseline
    from eval.datasets import read_dataset
    from eval.experiment import Experiment, perform
    from eval.gate import judge
    from eval.scored_run import read_scored
    from eval.show import show_verdict

    path = baseline or OURS
    accepted = None if accept and not path.exists() else read_baseline(path)
    if run is not None:
        scored = read_scored(run)
    else:
        gold = read_dataset("gold")
        with tempfile.TemporaryDirectory(prefix="dateline-gate-") as folder:
            scored = perform(
                Experiment(
                    dataset=gold,
                    cases=gold.cases,
                    system="ours",
                    data=data_folder(gold, data),
                    folder=Path(folder) / "run",
                ),
                with_report=False,
            )
    if accepted is not None:
        verdict = judge(scored, accepted)
        show_verdict(verdict)
    if accept:
        if reason := _not_acceptable(scored):
            print(f"nothing is accepted: {reason}", file=sys.stderr)
            raise typer.Exit(NOT_PASSED)
        write_baseline(path, baseline_of(scored))
        print(f"{path} holds these figures now; commit it and say why.")
    elif accepted is not None and not verdict.has_passed:
        print("the gate did not pass: this is worse than the baseline", file=sys.stderr)
        raise typer.Exit(NOT_PASSED)
    else:
        print("the gate passed.")


def _not_acceptable(run: ScoredRun) -> str | None:
    """Why a run can be no baseline; None: it can."""
    failed = [case for case, one in run.outcomes.items() if one.error is not None]
    if failed:
        return f"{len(failed)} cases failed to run"
    if run.manifest["dataset"] != "gold" or run.manifest.get("in_full"):
        return "the baseline is a run of a gold set as it is"
    if not any("right" in values for values in run.values.values()):
        return f"{run.manifest['system']} gives no answers"
    return None
