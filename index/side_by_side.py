"""Run a model over several inputs at once, each alone in one thread."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

Input = TypeVar("Input")
Output = TypeVar("Output")


class SideBySide:
    """Threads that are started at the first use and again after `close`. Safe to share."""

    def __init__(self, threads: int, name: str) -> None:
        self._threads, self._name = threads, name
        self._pool: ThreadPoolExecutor | None = None
        self._lock = threading.Lock()

    def map(
        self,
        run: Callable[[Input], Output],
        inputs: Sequence[Input],
        size: Callable[[Input], int],
    ) -> list[Output]:
        """What `run` makes of each input, in their order. One input takes no thread."""
        if self._threads == 1 or len(inputs) < 2:
            return [run(one) for one in inputs]
        # The longest first, so that no thread is left alone with one at the end.
        order = sorted(range(len(inputs)), key=lambda place: size(inputs[place]), reverse=True)
        made = self._workers().map(run, [inputs[place] for place in order])
        found = dict(zip(order, made, strict=True))
        return [found[place] for place in range(len(inputs))]

    def close(self) -> None:
        """End the threads. Running again starts them anew."""
        with self._lock:
            pool, self._pool = self._pool, None
        if pool is not None:
            pool.shutdown()

    def _workers(self) -> ThreadPoolExecutor:
        with self._lock:
            if self._pool is None:
                self._pool = ThreadPoolExecutor(self._threads, self._name)
            return self._pool
