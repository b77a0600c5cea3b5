"""Figures, comparisons and the gate's table on a terminal."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

from eval.compare import Comparison
from eval.gate import Verdict
from eval.scored_run import ScoredRun
from qa.show import plain

if TYPE_CHECKING:
    from rich.table import Table

_WIDE = 160
_LISTED = 12  #: cases listed by name before "and so many more"


def show_scores(run: ScoredRun, as_json: bool) -> None:
    """Print a run's figures, and where its report is."""
    scores = run.scores
    if as_json:
        print(
            json.dumps(
                {
                    "folder": str(run.path),
                    "manifest": run.manifest,
                    **scores.model_dump(mode="json", exclude={"latencies_ms"}),
                },
                ensure_ascii=False,
            )
        )
        return
    table = _table("measure", "value", "95% interval", "cases")
    for name, one in scores.measures.items():
        table.add_row(name, _figure(one.value), _range(one.low, one.high), str(one.cases))
    _print(table)
    failed = f", {scores.failed} of them failed to run" if scores.failed else ""
    print(f"{scores.cases} cases{failed}. Report: {run.path / 'report.html'}")
    for note in scores.notes:
        print(f"note: {plain(note)}")


def show_comparison(comparison: Comparison, as_json: bool) -> None:
    """Print the paired differences, and the cases that became worse or better."""
    if as_json:
        print(json.dumps(_comparison_json(comparison), ensure_ascii=False))
        return
    table = _table("measure", "before", "after", "difference", "95% interval", "p", "corrected",
                   "won", "lost", "cases")  # fmt: skip
    for row in comparison.rows:
        found = row.paired
        table.add_row(
            row.measure,
            _figure(row.before),
            _figure(row.after),
            f"{found.difference:+.3f}",
            _range(found.low, found.high),
            f"{found.p:.3f}",
            f"{row.p_corrected:.3f}",
            str(found.wins),
            str(found.losses),
            str(found.cases),
        )
    _print(table)
    print(
        "won and lost: cases that are higher and lower; of latency and tokens lower is better.\n"
        "p: randomisation test of the paired differences; corrected by Holm's method "
        f"over the {len(comparison.rows)} measures."
    )
    for note in comparison.notes:
        print(f"note: {plain(note)}")
    lost = [one for one in comparison.changes if one.after < one.before]
    won = [one for one in reversed(comparison.changes) if one.after > one.before]
    for word, changes in (("lost", lost), ("won", won)):
        print(f"\n{word} by {comparison.measure} ({len(changes)}):")
        for change in changes:
            print(plain(f"  {change.case_id}: {change.before:.3g} → {change.after:.3g}"))


def show_verdict(verdict: Verdict) -> None:
    """Print the gate's table, what fell, and the word."""
    table = _table(
        "measure", "cases", "baseline", "now", "difference", "95% interval", "lost", "won", ""
    )
    for one in verdict.watches:
        table.add_row(
            one.measure,
            str(one.cases),
            _figure(one.baseline),
            _figure(one.now),
            f"{one.difference:+.3f}",
            _range(one.low, one.high),
            str(len(one.losses)),
            str(len(one.wins)),
            "FELL" if one.has_fallen else "",
        )
    _print(table)
    for one in verdict.watches:
        if one.has_fallen:
            print(plain(f"{one.measure} fell in {_listed(one.losses)}"))
    for problem in verdict.problems:
        print(plain(problem))
    for note in verdict.notes:
        print(f"note: {plain(note)}")


def _comparison_json(comparison: Comparison) -> dict[str, object]:
    return {
        "before": str(comparison.before),
        "after": str(comparison.after),
        "cases": comparison.cases,
        "measures": {
            row.measure: {
                "before": row.before,
                "after": row.after,
                "difference": row.paired.difference,
                "low": row.paired.low,
                "high": row.paired.high,
                "p": row.paired.p,
                "p_corrected": row.p_corrected,
                "wins": row.paired.wins,
                "losses": row.paired.losses,
                "ties": row.paired.ties,
                "cases": row.paired.cases,
            }
            for row in comparison.rows
        },
        "changes": {
            "measure": comparison.measure,
            "cases": {
                one.case_id: {"before": one.before, "after": one.after}
                for one in comparison.changes
            },
        },
        "notes": comparison.notes,
    }


def _table(*columns: str) -> Table:
    from rich.box import SIMPLE_HEAD
    from rich.table import Table

    table = Table(box=SIMPLE_HEAD, pad_edge=False)
    for column in columns:
        table.add_column(column, justify="left" if column in ("measure", "") else "right")
    return table


def _print(table: Table) -> None:
    from rich.console import Console

    # A table for a file or a pipe is as wide as it needs to be; rich takes 80 columns there.
    width = None if sys.stdout.isatty() else _WIDE
    Console(markup=False, highlight=False, width=width).print(table)


def _figure(value: float) -> str:
    """Shares to three places, milliseconds and tokens to four digits."""
    return f"{value:.3f}" if abs(value) < 10 else f"{value:.4g}"


def _range(low: float, high: float) -> str:
    return f"{_figure(low)} to {_figure(high)}"


def _listed(names: Sequence[str]) -> str:
    more = len(names) - _LISTED
    return ", ".join(names[:_LISTED]) + (f" and {more} more" if more > 0 else "")
