"""`dateline eval annotate`: a gold case from a question that was asked."""

from __future__ import annotations

import sys
from contextlib import suppress
from datetime import UTC, datetime
from io import TextIOWrapper
from pathlib import Path
from typing import Annotated

import typer

from eval.cli_options import Articles
from qa.cli_options import AsOf, Data, day_of, text_of

INTERRUPTED = 130


def annotate(
    question: Annotated[
        str | None, typer.Argument(help="Ask --service this now, instead of choosing an answer")
    ] = None,
    service: Annotated[
        str | None, typer.Option("--service", help="A running service: http://127.0.0.1:8000")
    ] = None,
    data: Data = None,
    gold: Annotated[
        Path | None,
        typer.Option("--gold", help="The file to add to; without it eval/gold/annotated.jsonl"),
    ] = None,
    articles: Articles = None,
    feedback: Annotated[
        bool, typer.Option("--feedback", help="List only answers that somebody judged")
    ] = False,
    answer: Annotated[
        str | None, typer.Option("--answer", help="Not the list, but the answer with this id")
    ] = None,
    show_all: Annotated[bool, typer.Option("--all", help="List all answers, not the latest")] = (
        False
    ),
    as_of: AsOf = None,
    timeout: Annotated[
        float, typer.Option("--timeout", min=0.1, max=3600, help="Seconds for the service")
    ] = 60.0,
) -> None:
    """Make a gold case of a question that was asked, without writing JSON by hand.

    Lists the answers that `dateline serve` kept in the data folder, those with a thumb down
    first, and asks what a right answer is. It may run while the service does.
    """
    from eval import annotate as dialogue
    from eval.ask_service import ask_service
    from eval.gold_file import GoldFile
    from qa.records_feedback import KeptAnswer
    from qa.settings import read_settings

    if (question is None) != (service is None):
        raise typer.BadParameter("a question and --service go together", param_hint="--service")
    if service is not None and (feedback or show_all or answer is not None):
        raise typer.BadParameter("ask a question, or choose an answer that is kept")
    day = day_of(as_of, "--as-of")
    if service is None and day is not None:
        raise typer.BadParameter("is for a question to --service", param_hint="--as-of")
    if articles is not None and not articles.exists():
        raise typer.BadParameter("no such file or folder", param_hint="--articles")
    file = GoldFile(gold, articles)
    person = Terminal()
    try:
        if service is not None and question is not None:
            given = ask_service(service, text_of(question), day, timeout)
            dialogue.annotate(KeptAnswer(given, datetime.now(UTC)), file, person)
        else:
            dialogue.annotate_kept(
                read_settings({"data": data}).data.expanduser(),
                file,
                person,
                answer_id=answer,
                only_judged=feedback,
                show_all=show_all,
            )
    except KeyboardInterrupt:
        print("\ndateline: interrupted; the case was not added", file=sys.stderr)
        raise typer.Exit(INTERRUPTED) from None


class Terminal:
    """Implements `eval.annotate.Person` on standard input and output, be they a terminal or not."""

    def __init__(self) -> None:
        self._is_terminal = sys.stdin.isatty()
        if self._is_terminal:
            # Without it a terminal cuts a pasted line at 4,096 bytes.
            with suppress(ImportError):
                import readline  # noqa: F401
        elif isinstance(sys.stdin, TextIOWrapper):
            sys.stdin.reconfigure(errors="replace")

    def tell(self, text: str = "") -> None:
        from qa.show import plain

        print(plain(text))

    def ask(self, prompt: str) -> str:
        from qa.show import plain

        typed = input(plain(prompt))
        if not self._is_terminal:
            print(plain(typed))  # what a terminal echoes, so that the transcript can be read
        return typed
