"""`dateline eval run`: ask a system the questions of a dataset, and score what it answers."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from eval.cli_options import (
    HOME,
    Articles,
    DatasetName,
    EvalData,
    Jobs,
    Limit,
    data_folder,
    dataset_of,
    first_cases,
)

FAILED_CASES = 1


def run(
    dataset: DatasetName = "gold",
    system: Annotated[
        str,
        typer.Option(
            "--system",
            help="ours, service:URL, llm, hybrid, bm25, dense, llama-index, llama-index-llm",
        ),
    ] = "ours",
    articles: Articles = None,
    data: EvalData = None,
    limit: Limit = None,
    jobs: Jobs = 1,
    in_full: Annotated[
        bool, typer.Option("--in-full", help="Ask follow-ups in full, each alone")
    ] = False,
    judge: Annotated[
        bool, typer.Option("--judge", help="Have the model that DATELINE_LLM names judge as well")
    ] = False,
    timeout: Annotated[
        float,
        typer.Option(
            "--timeout", min=0.1, max=3600, help="Seconds for one answer of a service or LLM"
        ),
    ] = 60.0,
    out: Annotated[
        Path | None,
        typer.Option("--out", help="The run's folder; one that is half done is gone on with"),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the figures as JSON")] = False,
) -> None:
    """Run a system over a dataset; figures, report.html and report.md come out.

    Exits with 1 when a case failed to run; the figures are those of the others.
    """
    from eval.experiment import Experiment, perform
    from eval.show import show_scores

    read = dataset_of(dataset, articles)
    stamp = datetime.now(UTC).strftime("%Y%m%dT%H%M%SZ")
    kind = system.partition(":")[0]
    experiment = Experiment(
        dataset=read,
        cases=first_cases(read, limit),
        system=system,
        data=data_folder(read, data),
        folder=out or HOME / "runs" / f"{stamp}-{read.name}-{kind}",
        jobs=jobs,
        in_full=in_full,
        is_judged=judge,
        timeout_seconds=timeout,
    )
    done = perform(experiment)
    show_scores(done, as_json)
    raise typer.Exit(FAILED_CASES if done.scores.failed else 0)
