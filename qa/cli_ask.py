"""`dateline ask` and `dateline search`."""

from __future__ import annotations

from typing import Annotated

import typer

from qa.cli_options import (
    AsOf,
    Data,
    DatedOnly,
    From,
    Json,
    Sources,
    To,
    TopK,
    question_of,
    tell,
)

ABSTAINED = 4


def ask(
    question: Annotated[str, typer.Argument(help="The question, in quotation marks")],
    data: Data = None,
    as_of: AsOf = None,
    source: Sources = None,
    published_from: From = None,
    published_to: To = None,
    dated_only: DatedOnly = False,
    top_k: TopK = 8,
    as_json: Json = False,
) -> None:
    """Answer a question from the articles, with the passages that prove it.

    Exits with 4 when the articles do not answer it.
    """
    from qa.opening import opened_answerer
    from qa.records import Status
    from qa.settings import read_settings
    from qa.show import show_answer

    asked = question_of(question, as_of, source, published_from, published_to, dated_only, top_k)
    with opened_answerer(read_settings({"data": data}), "dateline ask", tell) as answerer:
        answer = answerer.ask(asked)
    if as_json:
        print(answer.model_dump_json())
    else:
        show_answer(answer)
    raise typer.Exit(ABSTAINED if answer.status is Status.ABSTAINED else 0)


def search(
    query: Annotated[str, typer.Argument(help="What to look for")],
    data: Data = None,
    as_of: AsOf = None,
    source: Sources = None,
    published_from: From = None,
    published_to: To = None,
    dated_only: DatedOnly = False,
    top_k: TopK = 8,
    as_json: Json = False,
) -> None:
    """Show the passages for a query, and where each one's score comes from."""
    from qa.opening import opened_answerer
    from qa.settings import read_settings
    from qa.show import show_passages

    asked = question_of(query, as_of, source, published_from, published_to, dated_only, top_k)
    with opened_answerer(read_settings({"data": data}), "dateline search", tell) as answerer:
        result = answerer.search(asked)
    if as_json:
        print(result.model_dump_json())
    else:
        show_passages(result.passages)
