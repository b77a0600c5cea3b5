"""The chat on a terminal: a prompt that remembers, and answers that appear."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable
from pathlib import Path

from prompt_toolkit import PromptSession
from prompt_toolkit.completion import CompleteEvent, Completer, Completion
from prompt_toolkit.document import Document
from prompt_toolkit.formatted_text import FormattedText
from prompt_toolkit.history import FileHistory, History, InMemoryHistory
from prompt_toolkit.key_binding import KeyBindings, KeyPressEvent

from qa.chat import COMMANDS, Chat
from qa.cli_options import text_of
from qa.show import plain

HISTORY = "chat_history"  #: the file in the data folder
_MOST_BYTES = 1_000_000  #: of it; then the older half goes
_WELCOME = "Ask about the articles. /help shows what else there is, Ctrl-D leaves."


def converse(chat: Chat, history: History) -> None:
    """Ask for lines and take them until whoever types leaves."""
    session: PromptSession[str] = PromptSession(
        history=history,
        completer=Commands(),
        complete_while_typing=True,
        key_bindings=_keys(),
        bottom_toolbar=lambda: FormattedText([("", _toolbar(chat))]),
    )
    chat.tell(_WELCOME)
    while not chat.is_over:
        try:
            typed = session.prompt([("bold ansigreen", "> ")])
        except KeyboardInterrupt:
            chat.tell("Ctrl-D or /quit leaves.")
            continue
        except EOFError:
            return
        try:
            chat.say(typed)
        except KeyboardInterrupt:  # in a command: asking takes it as calling off
            chat.tell("Called off.")
        chat.tell("")


def open_history(folder: Path, is_kept: bool, tell: Callable[[str], None]) -> History:
    """What was typed before, from a file that its owner alone can read; in memory if not kept.

    A file that can't be used is said, and no reason not to chat.
    """
    if not is_kept:
        return InMemoryHistory()
    path = folder / HISTORY
    try:
        # Not through a link that somebody put there.
        file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
        with open(file, "r+b") as opened:
            os.fchmod(file, 0o600)
            if opened.seek(0, os.SEEK_END) > _MOST_BYTES:
                opened.seek(-_MOST_BYTES // 2, os.SEEK_END)
                _, border, kept = opened.read().partition(b"\n\n#")
                opened.seek(0)
                opened.truncate()
                opened.write(border + kept)
    except OSError as error:
        tell(f"what is typed is not remembered: {path.name}: {error.strerror}")
        return InMemoryHistory()
    return _TextHistory(str(path))


class _TextHistory(FileHistory):
    """Keeps what is text: a terminal may hand in bytes that are none."""

    def store_string(self, string: str) -> None:
        # A disk that is full keeps nobody from asking.
        try:
            super().store_string(text_of(string))
        except OSError:
            return


class Commands(Completer):
    """Completes a command's name."""

    def get_completions(self, document: Document, event: CompleteEvent) -> Iterable[Completion]:
        typed = document.text_before_cursor
        if not re.fullmatch(r"/\S*", typed):
            return
        for name, command in COMMANDS.items():
            if name.startswith(typed.lower()):
                yield Completion(name, -len(typed), command.usage, command.does)


def _keys() -> KeyBindings:
    keys = KeyBindings()

    @keys.add("escape", "enter")
    def _(event: KeyPressEvent) -> None:
        event.current_buffer.insert_text("\n")

    return keys


def _toolbar(chat: Chat) -> str:
    parts = [f"as of {chat.as_of or 'today'}"]
    if chat.filters.sources:
        parts.append("only " + ", ".join(chat.filters.sources))
    if chat.filters.published_from or chat.filters.published_to:
        first, last = chat.filters.published_from, chat.filters.published_to
        parts.append(f"published {first or '…'} to {last or '…'}")
    parts.append("going on" if chat.conversation or chat.past else "new conversation")
    return plain(" · ".join(parts))
