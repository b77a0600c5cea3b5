"""HTTP/1.1 on a connection, given up where its client neither asks nor takes what it asked for.

uvicorn waits for both for ever. Whoever opens connections and sends half a line on each would take
all the files that the process may open, and nobody else could connect; whoever asks for the
longest article again and again and reads none of it would fill the memory.
"""

from __future__ import annotations

import asyncio
from typing import Any

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol


class PatientProtocol(H11Protocol):
    """uvicorn's protocol, with patience for so many seconds.

    The head of a request has to be whole by then, however it is sent, and of an answer that waits
    to be sent something has to be taken in each such time.
    """

    def __init__(self, *args: Any, patience_seconds: float, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._patience_seconds = patience_seconds
        self._head_timer: asyncio.TimerHandle | None = None
        self._unsent_timer: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._watch_head()

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        self._watch_head()

    def on_response_complete(self) -> None:
        super().on_response_complete()
        if self._unsent_timer is not None:
            self._unsent_timer.cancel()
        self._watch_unsent()

    def connection_lost(self, exc: Exception | None) -> None:
        for timer in (self._head_timer, self._unsent_timer):
            if timer is not None:
                timer.cancel()
        self._head_timer = self._unsent_timer = None
        super().connection_lost(exc)

    def _watch_head(self) -> None:
        # Between two requests uvicorn's own timer runs, until the first byte of the next.
        is_waiting = self.conn.their_state is h11.IDLE and self.timeout_keep_alive_task is None
        if is_waiting and self._head_timer is None:
            give_up = self.timeout_keep_alive_handler
            self._head_timer = self.loop.call_later(self._patience_seconds, give_up)
        elif not is_waiting and self._head_timer is not None:
            self._head_timer.cancel()
            self._head_timer = None

    def _watch_unsent(self, before: int | None = None) -> None:
        """Look now and again how much is unsent, until all is sent or no more of it goes."""
        unsent = self.transport.get_write_buffer_size()
        if before is not None and unsent >= before > 0:
            self.transport.abort()  # closing would wait until it is taken
        elif unsent:
            again = self._watch_unsent
            self._unsent_timer = self.loop.call_later(self._patience_seconds, again, unsent)
