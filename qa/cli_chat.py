"""`dateline chat`: questions one after the other, each understood from those before it."""

from __future__ import annotations

import sys
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
    day_of,
    filters_of,
    tell,
    text_of,
)


def chat(
    data: Data = None,
    as_of: AsOf = None,
    source: Sources = None,
    published_from: From = None,
    published_to: To = None,
    dated_only: DatedOnly = False,
    conversation: Annotated[
        str | None, typer.Option(help="Go on with the conversation of this id")
    ] = None,
    as_json: Json = False,
) -> None:
    """Ask questions that follow on each other, and read the answers with their sources.

    On a terminal it has a prompt with a history; /help there says what else it can do. Else each
    line of standard input is a question, or with --json a question whose answer is a line of JSON.
    """
    day = day_of(as_of, "--as-of")
    filters = filters_of(source, published_from, published_to, dated_only)

    from rich.console import Console

    from qa.chat import Chat
    from qa.local_desk import LocalDesk
    from qa.settings import read_settings

    settings = read_settings({"data": data})
    is_typed = sys.stdin.isatty() and sys.stdout.isatty() and not as_json
    if is_typed:
        tell("opening the articles …")
    desk = LocalDesk.open(settings, "dateline chat")
    try:
        console = Console(highlight=False, markup=False, emoji=False)
        chatting = Chat(desk, console, day, filters)
        if conversation is not None:
            id = text_of(conversation)
            if as_json:
                chatting.conversation = desk.conversation(id, "").id
            else:
                chatting.take_up(id)
        if is_typed:
            from qa.chat_terminal import converse, open_history

            converse(chatting, open_history(settings.index.data, settings.kept_answers > 0, tell))
            return
        from qa.chat_lines import answer_as_json, converse_in_lines, lines_of

        if as_json:
            answer_as_json(chatting, lines_of(sys.stdin.buffer), sys.stdout)
        else:
            converse_in_lines(chatting, lines_of(sys.stdin.buffer))
    finally:
        desk.close()
