"""The chat with a program: a line comes in, an answer goes out."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import BinaryIO, TextIO

from index.errors import DatelineError
from qa.chat import Chat


def lines_of(stream: BinaryIO) -> Iterator[str]:
    """The lines of a stream as text: bytes that are none are replaced; empty ones are left out."""
    for number, line in enumerate(stream):
        text = line.decode("utf-8-sig" if number == 0 else "utf-8", "replace").strip()
        if text:
            yield text


def converse_in_lines(chat: Chat, lines: Iterable[str]) -> None:
    """Take each line as if it were typed, and part the answers by an empty line."""
    for line in lines:
        chat.say(line)
        if chat.is_over:
            return
        chat.tell("")


def answer_as_json(chat: Chat, lines: Iterable[str], out: TextIO) -> None:
    """Each line is a question, and its answer is written as one line of JSON.

    Where it fails that line is {"error_code", "detail"}, so that there are as many as questions.
    """
    for line in lines:
        try:
            answer = chat.desk.ask(chat.question(line))
            chat.heard(answer)
            told = answer.model_dump_json()
        except DatelineError as error:
            told = json.dumps({"error_code": error.error_code, "detail": str(error)})
        out.write(told + "\n")
        out.flush()
