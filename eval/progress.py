"""What a person sees while a run goes on."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.console import Console
    from rich.progress import Progress

BAR = 8  #: cases below which no progress bar is worth its line


def console() -> Console:
    """Standard error, as plain text: questions and errors hold no markup of ours."""
    from rich.console import Console

    return Console(stderr=True, markup=False, highlight=False)


@contextmanager
def progress_of(total: int, done: int) -> Iterator[Progress]:
    """A bar with rate and time left, on a terminal."""
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TextColumn,
        TimeRemainingColumn,
    )

    shown = console()
    with Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[failed]} failed, time left"),
        TimeRemainingColumn(),
        console=shown,
        transient=True,
        disable=not shown.is_terminal or total < BAR,
    ) as progress:
        progress.add_task("asking", total=total, completed=done, failed=0)
        yield progress
