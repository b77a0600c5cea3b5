"""`dateline index`: take articles in."""

from __future__ import annotations

import json
import sys
from typing import Annotated

import typer

from qa.cli_options import Data, Json, tell

#: So many rejections are listed one by one on a terminal; with --json as many as are kept.
_LISTED = 50


def index(
    paths: Annotated[
        list[str],
        typer.Argument(
            help="Files or folders (.txt .md .html .json .jsonl .rss .atom .xml, each also .gz); "
            "- reads standard input",
            metavar="PATH…",
        ),
    ],
    data: Data = None,
    as_json: Json = False,
    again: Annotated[
        bool, typer.Option("--again", help="Bring back articles that were withdrawn")
    ] = False,
) -> None:
    """Index articles. Running it again changes only what has changed.

    Exits with 1 when anything was rejected; the rest is indexed all the same.
    """
    from rich.console import Console

    from index.ingest import Ingest
    from index.load import load, total_bytes
    from index.report import IndexReport
    from qa.opening import opened_store
    from qa.settings import read_settings

    if not all(paths):
        raise typer.BadParameter("a path is empty; name a file or folder", param_hint="PATH")
    settings = read_settings({"data": data})
    console = Console(stderr=True, markup=False, highlight=False)
    with opened_store(settings, "dateline index", tell) as (store, embedder, tokenizer):
        size = total_bytes(paths)
        with _progress(console, size) as progress:
            task = progress.add_task("indexing", total=max(size, 1), articles=0)

            def on_batch(report: IndexReport) -> None:
                progress.update(task, articles=report.counts.total())

            found = load(
                paths,
                settings.index,
                stdin=sys.stdin.buffer if sys.stdin else None,
                on_bytes=lambda count: progress.advance(task, count),
            )
            ingest = Ingest(store, embedder, tokenizer, settings.index)
            report = ingest.run(found, on_batch, bring_back=again)
        articles, passages = store.catalogue.counts()
    if as_json:
        total = {"articles": articles, "passages": passages}
        print(json.dumps({**report.as_json(), "total": total}, ensure_ascii=False))
    else:
        _print(report, articles, passages)
    raise typer.Exit(1 if report.rejected else 0)


def _progress(console, total: int):
    from rich.progress import (
        BarColumn,
        DownloadColumn,
        Progress,
        TextColumn,
        TimeRemainingColumn,
        TransferSpeedColumn,
    )

    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        DownloadColumn(),
        TransferSpeedColumn(),
        TextColumn("{task.fields[articles]} articles, time left"),
        TimeRemainingColumn(),
        console=console,
        transient=True,
        disable=not console.is_terminal or total == 0,
    )


def _print(report, articles: int, passages: int) -> None:
    from index.report import Outcome

    counted = ", ".join(f"{report.counts[outcome]} {outcome.value}" for outcome in Outcome)
    rate = report.passages / report.seconds if report.seconds else 0
    print(f"{counted}.")
    print(
        f"{report.passages} passages in {report.seconds:.1f} s ({rate:.0f} a second); "
        f"the index holds {articles} articles, {passages} passages."
    )
    for one in report.rejected[:_LISTED]:
        print(f"rejected {one.origin}: {one.reason}", file=sys.stderr)
    more = report.counts[Outcome.REJECTED] - _LISTED
    if more > 0:
        kept = len(report.rejected)
        listed = "all of them" if kept == more + _LISTED else f"the first {kept:,}"
        print(f"… and {more:,} more; --json lists {listed}", file=sys.stderr)
