"""A follow-up made to stand alone by a language model, whose words are data like any other's.

What it writes is used only where it is one line that asks, in the conversation's own words: a
model can be talked into things by an article that it reads. Else our own resolution is used.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from prompts.marker import marker_for
from prompts.render import render
from qa.llm import LLMFailed
from qa.names import alike
from qa.records import PastTurn
from qa.stand_alone import stand_alone
from qa.target import AUXILIARIES, target
from qa.understand import is_question
from qa.words import NUMBER_WORDS, STOPWORDS, Word, word_set, words

if TYPE_CHECKING:
    from llama_index.core.llms import LLM

_log = logging.getLogger("dateline.condense")

TURNS = 6  #: of the conversation that the model sees
LONGEST = 500  #: characters that a question may have, the asker's and the model's
_ANSWER_CHARACTERS = 400  #: of a past answer
_TIMES = word_set(
    "yesterday today tomorrow tonight week weekend month year decade century morning evening"
)
#: What may begin a question besides the words that ask; all else with a capital is a name.
_OPENING = word_set("name tell list describe explain give according please in on at by for to")


class _Refused(Exception):
    """What the model wrote is not used; says why, in words of ours."""


def condenser(llm: LLM) -> Callable[[str, Sequence[PastTurn]], str]:
    """What makes a question stand alone with `llm`: takes it and the turns before, oldest first.

    It raises nothing: where the model fails, or writes what can't be used, the log says so in one
    line and `qa.stand_alone` takes its place. Safe to share by threads where the model is.
    """

    def condense(text: str, history: Sequence[PastTurn]) -> str:
        if not history or len(text) > LONGEST or not is_question(text):
            return stand_alone(text, history)
        try:
            return _checked(_ask(llm, text, history), text, history)
        except _Refused as refusal:
            _log.warning("the language model's question is not used: %s", refusal)
        except LLMFailed as error:
            _log.warning("no question from the language model: %s", error)
        except Exception as error:  # any model may be given, and each has errors of its own;
            # their words may hold its key
            _log.warning("the language model failed with %s", type(error).__name__)
        return stand_alone(text, history)

    return condense


def _ask(llm: LLM, text: str, history: Sequence[PastTurn]) -> str:
    from llama_index.core.llms import ChatMessage

    turns = [
        f"Question: {_line(turn.standalone or turn.question, LONGEST)}\n"
        f"Answer: {_line(turn.text, _ANSWER_CHARACTERS) or 'none was found'}"
        for turn in history[-TURNS:]
    ]
    values = {"conversation": "\n\n".join(turns), "question": _line(text, LONGEST)}
    prompt = render("condense", marker=marker_for(*values.values()), **values)
    return llm.chat([ChatMessage(role="user", content=prompt)]).message.content or ""


def _line(text: str, most: int) -> str:
    """A text on one line, without what is no character, shortened."""
    line = " ".join(text.encode("utf-8", "replace").decode().split())
    return line if len(line) <= most else f"{line[:most].rstrip()} …"


def _checked(reply: str, text: str, history: Sequence[PastTurn]) -> str:
    """The reply, where it can be nothing but the question in full. Raises `_Refused`."""
    line = reply.strip()
    if not line:
        raise _Refused("it is empty")
    if len(line) > LONGEST:
        raise _Refused(f"it has {len(line)} characters, more than {LONGEST}")
    if not line.isprintable():
        raise _Refused("it has several lines, or control characters")
    if not is_question(line) or (text.rstrip().endswith("?") and not line.endswith("?")):
        raise _Refused("it is no question")
    # All of the conversation, not only what the model saw: no invention is what it comes to.
    told = [text]
    for turn in history:
        told += [turn.question, turn.standalone, turn.text, *turn.short_answers]
    known = [word for one in told for word in words(one)]
    _refuse_inventions(words(line), known)
    _refuse_another(line, text, {word.key for word in known})
    return line


def _refuse_inventions(written: Sequence[Word], known: Sequence[Word]) -> None:
    keys = {word.key for word in known} | {word.text.lower() for word in known}
    names = {word.text for word in known if word.text[0].isupper()}
    for place, word in enumerate(written):
        if word.key in keys or word.text.lower() in keys:
            continue
        lower = word.text.lower()
        if any(letter.isdigit() for letter in word.text) or lower in NUMBER_WORDS:
            raise _Refused("it brings in a number")
        if lower in _TIMES:
            raise _Refused("it brings in a time")
        if not word.text[0].isupper() or lower in STOPWORDS | AUXILIARIES:
            continue
        if place == 0 and lower in _OPENING:
            continue
        if not any(alike(word.text, name) > 0 for name in names):
            raise _Refused("it brings in a name")


def _refuse_another(line: str, text: str, known: set[str]) -> None:
    """Raises `_Refused` for other words than the conversation's, and for another question."""
    content = {word.key for word in words(line)} - STOPWORDS
    if len(content & known) * 2 < len(content):
        raise _Refused("it is about something else")
    asked = {word.key for word in words(text)} - STOPWORDS
    if asked and not asked & content and target(line).kind != target(text).kind:
        raise _Refused("it asks something else")
