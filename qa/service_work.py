"""A question at work in a thread for as long as its asker waits."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Generic, TypeVar

import anyio
from starlette.types import Receive

from qa.errors import AskerLeft
from qa.listen import Listener
from qa.service_body import ClientGone
from qa.service_relay import Relay
from qa.service_workers import Workers

Made = TypeVar("Made")  #: what the work comes to, such as an `Answer`


class Work(Generic[Made]):
    """One question. When its client leaves it gives up its place in the line at once; a thread
    that works on it already is told, and keeps the place until it has really ended."""

    def __init__(
        self, workers: Workers, ask: Callable[[Listener], Made], stall_seconds: float
    ) -> None:
        self._workers = workers
        self._ask = ask
        self.relay = Relay(stall_seconds)
        self.answer: Made | None = None
        self.error: Exception | None = None  #: why there is no answer

    async def run(self, receive: Receive, meanwhile: Callable[[], Awaitable[None]]) -> None:
        """Answer the question, and run `meanwhile` beside it; returns when both have ended.

        `meanwhile` ends early, cancelled, when the client leaves: then this raises `ClientGone`.
        What it raises itself comes out of this as it is.
        """
        raised: list[Exception] = []
        async with anyio.create_task_group() as group:
            group.start_soon(self._watch, receive, group.cancel_scope)
            group.start_soon(self._work)
            try:
                await meanwhile()
            except Exception as error:  # through the group it would come out wrapped
                raised.append(error)
            finally:
                has_left = self.relay.is_gone()
                self.relay.leave()
            group.cancel_scope.cancel()
        if raised:
            raise raised[0]
        if has_left:
            raise ClientGone("before it was answered")

    async def _watch(self, receive: Receive, scope: anyio.CancelScope) -> None:
        while (await receive())["type"] != "http.disconnect":
            pass
        self.relay.leave()
        scope.cancel()

    async def _work(self) -> None:
        try:
            self.answer = await self._workers.run(self._ask, self.relay)
        except AskerLeft as error:
            if not self.relay.is_gone():
                self.error = RuntimeError("the desk took for gone who waits")
                self.error.__cause__ = error
        except Exception as error:
            self.error = error
        finally:
            self.relay.end()


async def answered(
    receive: Receive, workers: Workers, ask: Callable[[Listener], Made], stall_seconds: float
) -> Made:
    """The whole answer. Raises what `ask` raises, `Overloaded`, and `ClientGone`."""
    work = Work(workers, ask, stall_seconds)

    async def wait() -> None:
        while await work.relay.take():
            pass

    await work.run(receive, wait)
    if work.answer is None:
        raise work.error or ClientGone("before it was answered")
    return work.answer
