"""`dateline eval compare`: did a change make answers better?"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def compare(
    before: Annotated[Path, typer.Argument(help="A run's folder", metavar="A")],
    after: Annotated[Path, typer.Argument(help="Another's, over the same cases", metavar="B")],
    measure: Annotated[
        str | None, typer.Option("--measure", help="List wins and losses by this one")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON, for programs")] = False,
) -> None:
    """Compare two runs: paired differences, their significance, wins and losses by case."""
    from eval.compare import compare as compared
    from eval.scored_run import read_scored
    from eval.show import show_comparison

    show_comparison(compared(read_scored(before), read_scored(after), measure), as_json)
