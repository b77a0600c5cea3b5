"""Listening to a question while it is answered: what a stream tells, and that its asker left."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from qa.errors import AskerLeft
from qa.records import Answer, Citation, SearchResult

#: Called now and then by what takes long; raises `AskerLeft` to end it.
Check = Callable[[], None]


class Listener(Protocol):
    """Told what becomes of a question. Every method is called in the thread that answers.

    The order: `found`, then `wrote` and `cited` as the answer is written, a citation after the
    delta in which its [n] stands. Deltas joined are `Answer.text`. `found` comes again, and the
    last one counts, where a follow-up turns out to mean another thing than was searched first.
    Nothing else that was told is taken back, but for an answer that a language model writes: there
    `Answer` has the last word.
    """

    def is_gone(self) -> bool:
        """Whether nobody waits for the answer any more."""
        ...

    def found(self, result: SearchResult) -> None:
        """The passages that are going to be read; `query` is the question as it was understood."""
        ...

    def wrote(self, delta: str) -> None:
        """The next piece of the answer's text."""
        ...

    def cited(self, citation: Citation) -> None:
        """A citation of what was written so far."""
        ...


def go_on(listener: Listener | None) -> None:
    """Raises `AskerLeft` where nobody waits for the answer any more."""
    if listener is not None and listener.is_gone():
        raise AskerLeft("whoever asked has left")


def never() -> None:
    """A `Check` that ends nothing."""


def check_of(listener: Listener | None) -> Check:
    """What raises `AskerLeft` once the listener is gone."""
    return never if listener is None else lambda: go_on(listener)


def tell_answer(listener: Listener | None, answer: Answer) -> None:
    """Tell a whole answer piece by piece: each piece ends with the words that a citation proves."""
    if listener is None:
        return
    told = 0
    for citation in sorted(answer.citations, key=lambda one: (one.answer_end, one.number)):
        # The number in brackets stands right behind the words.
        end = answer.text.find("]", citation.answer_end) + 1 or len(answer.text)
        if end > told:
            listener.wrote(answer.text[told:end])
            told = end
        listener.cited(citation)
    if told < len(answer.text):
        listener.wrote(answer.text[told:])
