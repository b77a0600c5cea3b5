"""A question answered in a thread of its own, so that whoever asked can leave it."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from qa.desk import Desk
from qa.errors import AskerLeft
from qa.records import Answer, Citation, Question, SearchResult

Told = SearchResult | str | Citation  #: what is told on the way: see `qa.listen.Listener`


class Running:
    """A question that is being answered. Iterating waits for what is told, until it ends."""

    def __init__(self, desk: Desk, question: Question) -> None:
        self._told: queue.SimpleQueue[Told | _End] = queue.SimpleQueue()
        self._is_gone = threading.Event()
        self._end: _End | None = None
        self._thread = threading.Thread(target=self._run, args=(desk, question), daemon=True)

    def start(self) -> None:
        """Begin to answer: not when it is made, so that Ctrl-C meets whoever can call it off."""
        self._thread.start()

    def __iter__(self) -> Iterator[Told]:
        while self._end is None:
            try:
                # With a limit, since waiting without one can't be interrupted everywhere.
                told = self._told.get(timeout=0.2)
            except queue.Empty:
                if not self._thread.is_alive() and self._told.empty():
                    self._end = _End(error=AskerLeft("it was called off before it began"))
                continue
            if isinstance(told, _End):
                self._end = told
            else:
                yield told

    def leave(self) -> None:
        """Nobody waits for the answer any more."""
        self._is_gone.set()

    @property
    def answer(self) -> Answer | None:
        """The answer, once iterating has ended; None where the question was called off.

        Raises what answering it raised.
        """
        assert self._end is not None, "it has not ended"
        if isinstance(self._end.error, AskerLeft):
            return None
        if self._end.error is not None:
            raise self._end.error
        return self._end.answer

    def _run(self, desk: Desk, question: Question) -> None:
        listener = _ToQueue(self._told.put, self._is_gone)
        try:
            end = _End(answer=desk.ask(question, listener))
        except BaseException as error:  # it is raised again where the answer is asked for
            end = _End(error=error)
        self._told.put(end)


@dataclass(frozen=True, slots=True)
class _End:
    answer: Answer | None = None
    error: BaseException | None = None


class _ToQueue:
    """Implements `qa.listen.Listener`."""

    def __init__(self, put: Callable[[Told], None], is_gone: threading.Event) -> None:
        self._put = put
        self._is_gone = is_gone

    def is_gone(self) -> bool:
        return self._is_gone.is_set()

    def found(self, result: SearchResult) -> None:
        self._put(result)

    def wrote(self, delta: str) -> None:
        self._put(delta)

    def cited(self, citation: Citation) -> None:
        self._put(citation)
