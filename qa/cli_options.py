"""Options that several commands share."""

from __future__ import annotations

import re
import sys
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from index.records import Filters

if TYPE_CHECKING:
    from qa.records import Question


def text_of(value: str) -> str:
    """An argument as text: bytes that are none, which come as lone surrogates, are replaced."""
    return re.sub(r"[\ud800-\udfff]", "\N{REPLACEMENT CHARACTER}", value)


def tell(what: str) -> None:
    """Say on standard error what takes long, so that nobody takes it for stuck."""
    from qa.show import plain

    print(f"dateline: {plain(what)}", file=sys.stderr, flush=True)


def _folder(value: Path | None) -> Path | None:
    if value is not None and text_of(str(value)) != str(value):
        # Chroma and tantivy take names in UTF-8 alone.
        raise typer.BadParameter("the data folder needs a name in UTF-8")
    return value


Data = Annotated[
    Path | None,
    typer.Option(
        "--data", help="The data folder [default: DATELINE_DATA or .dateline]", callback=_folder
    ),
]
Json = Annotated[bool, typer.Option("--json", help="Print JSON, for programs")]


def day_of(value: str | None, option: str) -> date | None:
    """An ISO date from the command line, or a usage error that says what is wanted."""
    if value is None:
        return None
    try:
        return date.fromisoformat(value)
    except ValueError:
        raise typer.BadParameter(
            "write the day as YYYY-MM-DD, for example 2021-02-24", param_hint=option
        ) from None


Sources = Annotated[
    list[str] | None, typer.Option("--source", help="Only this outlet; may be given again")
]
From = Annotated[str | None, typer.Option("--from", help="Published on this day or later")]
To = Annotated[str | None, typer.Option("--to", help="Published on this day or earlier")]
DatedOnly = Annotated[
    bool, typer.Option("--dated-only", help="With --from or --to: leave undated articles out")
]
AsOf = Annotated[
    str | None, typer.Option("--as-of", help="The day to ask as of, YYYY-MM-DD [default: today]")
]
TopK = Annotated[int, typer.Option("--top-k", min=1, max=50, help="Passages to read and show")]


def question_of(
    text: str,
    as_of: str | None,
    sources: list[str] | None,
    published_from: str | None,
    published_to: str | None,
    dated_only: bool,
    top_k: int,
) -> Question:
    """The question that the arguments of `ask` and `search` make, or a usage error."""
    from qa.records import Question

    return Question(
        text=text_of(text),
        as_of=day_of(as_of, "--as-of"),
        filters=filters_of(sources, published_from, published_to, dated_only),
        top_k=top_k,
    )


def filters_of(
    sources: list[str] | None, published_from: str | None, published_to: str | None, dated: bool
) -> Filters:
    """The filters that the options ask for."""
    filters = Filters(
        sources=tuple(text_of(one) for one in sources or ()),
        published_from=day_of(published_from, "--from"),
        published_to=day_of(published_to, "--to"),
        keep_undated=not dated,
    )
    first, last = filters.published_from, filters.published_to
    if first and last and first > last:
        raise typer.BadParameter("--from lies after --to", param_hint="--from")
    return filters
