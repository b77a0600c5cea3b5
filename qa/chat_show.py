"""What the chat prints. Text from articles and from askers is shown as text: no markup, no control
sequence of it reaches the terminal."""

from __future__ import annotations

import re
from collections.abc import Iterable

from rich.console import Console
from rich.padding import Padding
from rich.text import Text

from qa.records import Answer, Citation, FoundPassage, Status
from qa.records_conversation import Conversation, ConversationSummary
from qa.show import WHY, conflict_line, plain, short_answers, where_from

_AROUND = 500  #: characters of an article before and behind an opened passage
_QUOTED = 200  #: characters of a nearest passage
_NEAREST = 3
_BORDER = re.compile(r"\n|(?<=[.!?”\"]) ")


def line(console: Console, text: str = "", style: str = "", indent: int = 0) -> None:
    """Print one text. What is no terminal gets it unwrapped, for programs."""
    if not text:
        console.print()
    elif console.is_terminal:
        console.print(Padding(Text(plain(text), style=style), (0, 0, 0, indent), expand=False))
    else:
        console.print(Text(" " * indent + plain(text)), soft_wrap=True)


def numbered(text: str) -> Text:
    """An answer's text with its citations' numbers set off."""
    made = Text(plain(text))
    made.highlight_regex(r"\[\d+\]", "cyan")
    return made


def show(console: Console, answer: Answer) -> None:
    """The answer: the short one first, its words, what is said otherwise, and where it stands."""
    if " ".join(answer.question.split()) != answer.standalone_question:
        line(console, f"Understood as: {answer.standalone_question}", "italic dim")
    for short in short_answers(answer):
        line(console, short, "bold")
    console.print(numbered(answer.text), soft_wrap=not console.is_terminal)
    if answer.status is Status.PARTIAL:
        line(console, "(The articles may not answer this, or not all of it.)", "dim")
    for conflict in answer.conflicts:
        line(console, conflict_line(conflict), "yellow")
    if answer.citations:
        line(console)
        for citation in answer.citations:
            line(console, f"[{citation.number}] {_article(citation)}", "dim")
        count = answer.independent_sources
        line(console, f"({count} independent source{'' if count == 1 else 's'})", "dim")
    elif answer.abstain_reason is not None:
        line(console, f"({WHY[answer.abstain_reason]})", "dim")
        nearest(console, answer)


def nearest(console: Console, answer: Answer) -> None:
    """An abstention's nearest passages, numbered as `/open` counts them."""
    for number, one in enumerate(answer.passages[:_NEAREST], start=1):
        if number == 1:
            line(console, "Nearest passages:", "dim")
        line(console, f"{number}. {_article(one)}", "dim")
        line(console, _shortened(one.text), "dim", indent=3)


def sources(console: Console, answer: Answer) -> None:
    """The citations with their quotes and links."""
    for one in answer.citations:
        line(console, f"[{one.number}] {_article(one)}", "bold")
        line(console, f"“{one.quote}”", indent=4)
        if one.url:
            line(console, one.url, "cyan", indent=4)
    if not answer.citations:
        line(console, "That answer cites nothing.")
        nearest(console, answer)


def opened(console: Console, one: Citation | FoundPassage, text: str) -> bool:
    """The passage marked in its article's text; False where it no longer stands there."""
    words = one.quote if isinstance(one, Citation) else one.text
    start = one.start if text[one.start : one.end] == words else text.find(words)
    if not words or start < 0:
        return False
    end = start + len(words)
    left = _after_border(text, max(0, start - _AROUND), start)
    right = _before_border(text, end, min(len(text), end + _AROUND))
    line(console, _article(one), "bold")
    if one.url:
        line(console, one.url, "cyan")
    shown = Text("" if left == 0 else "… ", style="dim")
    shown.append(plain(text[left:start]))
    shown.append(plain(text[start:end]), style="not dim bold reverse")
    shown.append(plain(text[end:right].rstrip()) + ("" if right == len(text) else " …"))
    if not console.is_terminal:  # there the mark is lost
        shown = Text(plain(f"{text[left:start]}»{text[start:end]}«{text[end:right]}"))
    console.print(shown, soft_wrap=not console.is_terminal)
    return True


def conversations(console: Console, listed: Iterable[ConversationSummary]) -> None:
    """A list of conversations, numbered as `/resume` counts them."""
    count = 0
    for count, one in enumerate(listed, start=1):
        turns = f"{one.turns} question{'' if one.turns == 1 else 's'}"
        line(console, f"{count}. {_shortened(one.title)}", "bold")
        line(console, f"{one.updated:%Y-%m-%d %H:%M} UTC, {turns}, {one.id}", "dim", indent=3)
    if not count:
        line(console, "No conversations are kept yet.")


def turns(console: Console, conversation: Conversation) -> None:
    """The questions and answers of a conversation that is taken up again."""
    for turn in conversation.turns:
        line(console, f"> {turn.answer.question}", "green")
        shorts = short_answers(turn.answer) or [_shortened(turn.answer.text)]
        line(console, "; ".join(shorts))


def _article(one: Citation | FoundPassage) -> str:
    return where_from(one.title, one.source, one.published)


def _shortened(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= _QUOTED else f"{text[:_QUOTED].rstrip()} …"


def _after_border(text: str, start: int, before: int) -> int:
    """The first sentence's beginning from `start` on, or `start` itself."""
    found = _BORDER.search(text, start, before) if start else None
    return found.end() if found else start


def _before_border(text: str, after: int, end: int) -> int:
    if end == len(text):
        return end
    last = None
    for last in _BORDER.finditer(text, after, end):  # noqa: B007
        pass
    return last.start() if last else end
