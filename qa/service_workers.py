"""Threads that the desk's blocking work runs in: a few at work, a bounded line behind them."""

from __future__ import annotations

from collections.abc import Callable
from typing import ParamSpec, TypeVar

import anyio
import anyio.to_thread

from qa.service_refusals import Overloaded

Arguments = ParamSpec("Arguments")
Result = TypeVar("Result")


class Workers:
    """`threads` calls at once; up to `waiting` more wait their turn, and the next is refused."""

    def __init__(self, threads: int, waiting: int) -> None:
        self._limiter = anyio.CapacityLimiter(threads)
        self._room = threads + waiting
        # Counted here, at once: the limiter counts a call only when it has been given a turn,
        # so several that arrive together would all find the line empty.
        self._inside = 0

    @property
    def inside(self) -> int:
        """Calls at work and in the line."""
        return self._inside

    async def run(
        self,
        call: Callable[Arguments, Result],
        *args: Arguments.args,
        **kwargs: Arguments.kwargs,
    ) -> Result:
        """What `call` returns or raises. Raises `Overloaded` when the line is full."""
        if self._inside >= self._room:
            raise Overloaded("Too many requests are waiting; try again soon.")
        self._inside += 1
        try:
            return await anyio.to_thread.run_sync(
                lambda: call(*args, **kwargs), limiter=self._limiter
            )
        finally:
            self._inside -= 1
