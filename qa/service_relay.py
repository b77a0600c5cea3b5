"""From the thread that answers to the event loop that sends: events in order, none lost."""

from __future__ import annotations

import asyncio
import threading
from collections import deque

from anyio.lowlevel import checkpoint

from qa.records import Citation, SearchResult

#: what a stream tells: the passages, then pieces of text and citations
Told = SearchResult | str | Citation

MOST = 1000  #: events that wait to be sent; the thread that tells one more waits itself


class Relay:
    """Implements `qa.listen.Listener` for a client of the service. Made in the event loop."""

    def __init__(self, stall_seconds: float, most: int = MOST) -> None:
        self._loop = asyncio.get_running_loop()
        self._stall_seconds = stall_seconds
        self._most = most
        self._arrived = asyncio.Event()
        self._room = threading.Condition()
        self._waiting: deque[Told] = deque()
        self._is_gone = False
        self._is_ended = False

    # -- in the thread that answers

    def is_gone(self) -> bool:
        return self._is_gone

    def found(self, result: SearchResult) -> None:
        self._tell(result)

    def wrote(self, delta: str) -> None:
        self._tell(delta)

    def cited(self, citation: Citation) -> None:
        self._tell(citation)

    def _tell(self, told: Told) -> None:
        with self._room:
            # A client that takes nothing must not hold the thread for ever.
            if not self._room.wait_for(self._has_room, self._stall_seconds):
                self._is_gone = True
            if self._is_gone:
                return
            self._waiting.append(told)
            self._wake()

    def _has_room(self) -> bool:
        return self._is_gone or len(self._waiting) < self._most

    def _wake(self) -> None:
        try:
            self._loop.call_soon_threadsafe(self._arrived.set)
        except RuntimeError:  # the loop is closed: nobody is there to send anything
            self._is_gone = True

    # -- in the event loop

    async def take(self) -> list[Told]:
        """What was told since the last call, one event at least; none when all is told."""
        await checkpoint()  # a thread that tells without a pause must not take the loop for itself
        while True:
            with self._room:
                told = list(self._waiting)
                self._waiting.clear()
                self._room.notify_all()
                if told or self._is_ended:
                    return told
                self._arrived.clear()
            await self._arrived.wait()

    def end(self) -> None:
        """Nothing more will be told."""
        with self._room:
            self._is_ended = True
            self._arrived.set()

    def leave(self) -> None:
        """Nobody waits for the answer any more."""
        with self._room:
            self._is_gone = True
            self._room.notify_all()
