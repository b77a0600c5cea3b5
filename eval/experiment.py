"""One run from end to end: open the system, ask, score, report."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from importlib import metadata
from pathlib import Path
from typing import Any

from eval.language_model import language_model
from eval.progress import console, progress_of
from eval.provenance import code_fingerprint
from eval.records import Case, Dataset, Outcome
from eval.run import Judge, run
from eval.run_folder import missing_of, opened
from eval.score import score
from eval.scored_run import ScoredRun, read_scored, write_scores
from eval.systems.open import open_system


@dataclass(frozen=True, slots=True)
class Experiment:
    """What is to be run."""

    dataset: Dataset
    cases: tuple[Case, ...]  #: of the dataset; turns of a conversation together
    system: str  #: as `--system` names it
    data: Path  #: folder of the index
    folder: Path  #: folder of the run
    jobs: int = 1
    in_full: bool = False
    is_judged: bool = False
    timeout_seconds: float = 60.0


def perform(experiment: Experiment, with_report: bool = True) -> ScoredRun:
    """Run, or go on with, an experiment. Errors of single cases are counted, not raised.

    Raises what opening the dataset's index and the system raises, `RunRefused` for a folder that
    is not this run's, and `OSError` for a disk that is full.
    """
    # A path that is broken over two lines can't be copied.
    tell = partial(console().print, soft_wrap=True)
    judge, judged_by = _judge(experiment)
    system = open_system(
        experiment.system,
        experiment.dataset,
        experiment.data,
        timeout_seconds=experiment.timeout_seconds,
        tell=tell,
    )
    try:
        manifest = _manifest(experiment, system.name, system.settings(), judged_by)
        ids = [case.id for case in experiment.cases]
        with opened(experiment.folder, manifest, ids) as folder:
            missing = len(missing_of(ids, folder.outcomes))
            if missing:
                folder.begin()
            if 0 < missing < len(ids):
                tell(f"going on with {experiment.folder}: {len(ids) - missing} of {len(ids)} done")
            with progress_of(len(ids), len(ids) - missing) as progress:
                task = progress.task_ids[0]
                failed = 0

                def on_outcome(outcome: Outcome) -> None:
                    nonlocal failed
                    failed += outcome.error is not None
                    progress.update(task, advance=1, failed=failed)

                outcomes = run(
                    experiment.cases,
                    system,
                    folder,
                    jobs=experiment.jobs,
                    in_full=experiment.in_full,
                    judge=judge,
                    on_outcome=on_outcome,
                )
            scores, scored = score(experiment.cases, outcomes, experiment.dataset, experiment.jobs)
            write_scores(folder.path, scores, scored)
            if with_report:
                from eval.report import write_report

                failures = [
                    (case, outcomes[case.id])
                    for case in experiment.cases
                    if outcomes[case.id].error
                ]
                write_report(folder.path, folder.manifest, scores, scored, failures)
            if not folder.manifest.get("finished"):
                folder.finish(_now())
    finally:
        system.close()
    return read_scored(experiment.folder)


def _manifest(
    experiment: Experiment, name: str, settings: dict[str, str], judged_by: dict[str, str] | None
) -> dict[str, Any]:
    from eval.bench.machine import machine

    ids = "\n".join(case.id for case in experiment.cases)
    return {
        "dataset": experiment.dataset.name,
        "dataset_fingerprint": experiment.dataset.fingerprint,
        "cases": len(experiment.cases),
        "cases_fingerprint": hashlib.sha256(ids.encode()).hexdigest()[:16],
        "system": name,
        "settings": settings,
        "in_full": experiment.in_full,
        "judge": judged_by,
        "jobs": experiment.jobs,
        "timeout_s": experiment.timeout_seconds,
        "version": metadata.version("dateline"),
        "code": code_fingerprint(),
        "machine": machine(),
        "started": _now(),
    }


def _judge(experiment: Experiment) -> tuple[Judge | None, dict[str, str] | None]:
    """The judge, and what decides its verdicts; both None where none is asked for."""
    if not experiment.is_judged:
        return None, None
    from eval.judge import judge, judge_settings

    llm, model = language_model("--judge", experiment.timeout_seconds)
    judged_by = {"model": model, **judge_settings()}
    return (lambda case, prediction: judge(case, prediction, llm)), judged_by


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
