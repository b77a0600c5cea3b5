"""An answer as Server-Sent Events, sent while it is written."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

import anyio
from fastapi.sse import KEEPALIVE_COMMENT, EventSourceResponse
from starlette.types import Receive, Scope, Send

from qa.errors import NotReady
from qa.listen import Listener
from qa.records import Answer
from qa.service_body import ClientGone
from qa.service_refusals import ENDING, Refusal, refusal_of, response_to
from qa.service_relay import Told
from qa.service_shared import Running
from qa.service_work import Work


class Frames(Protocol):
    """How the events of a stream are written; b"" for what a stream does not tell."""

    def told(self, told: Told) -> bytes:
        """A piece of what the desk tells."""
        ...

    def ended(self, answer: Answer) -> bytes:
        """The end of a stream that went well."""
        ...

    def failed(self, refusal: Refusal) -> bytes:
        """The end of a stream that did not."""
        ...


class AnswerStream(EventSourceResponse):
    """Streams the answer that `ask` gives in a thread. It always ends with `ended` or `failed`.

    What fails before the first event and within `plain_seconds` is a plain response with its
    status. FastAPI's own streams send their status before the endpoint has begun, and cannot be
    told how often to send a comment; so only their format is used here.
    """

    def __init__(self, shared: Running, ask: Callable[[Listener], Answer], frames: Frames) -> None:
        super().__init__(iter(()), headers={"X-Accel-Buffering": "no", "Cache-Control": "no-store"})
        self._config = shared.config
        self._workers = shared.readers
        self._ask = ask
        self._frames = frames

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        work = Work(self._workers, self._ask, self._config.stall_seconds)
        is_started = False

        async def pass_on(data: bytes, is_last: bool = False) -> None:
            nonlocal is_started
            if not is_started:
                is_started = True
                start = {"type": "http.response.start", "status": 200, "headers": self.raw_headers}
                await send(start)
            try:
                with anyio.fail_after(self._config.stall_seconds):
                    await send(
                        {"type": "http.response.body", "body": data, "more_body": not is_last}
                    )
            except TimeoutError:
                raise ClientGone("its answer lying, taking nothing of it") from None

        async def fail(error: Exception) -> None:
            refusal = refusal_of(error, self._config.retry_seconds)
            if is_started:
                await pass_on(self._frames.failed(refusal), is_last=True)
            else:
                await response_to(refusal, scope["path"])(scope, receive, send)

        async def stream() -> None:
            try:
                await self._stream(work, pass_on)
            except ClientGone:
                raise
            except anyio.get_cancelled_exc_class():
                if not work.relay.is_gone():  # it is the service that ends
                    with anyio.CancelScope(shield=True):
                        await fail(NotReady(ENDING))
                raise
            except Exception as error:
                await fail(error)

        await work.run(receive, stream)

    async def _stream(self, work: Work, pass_on: Callable) -> None:
        """Send all events. Raises why there is no answer."""
        told: list[Told] | None = None
        with anyio.move_on_after(self._config.plain_seconds):
            told = await work.relay.take()
        while told != []:
            if told is None:
                await pass_on(KEEPALIVE_COMMENT)
            elif data := b"".join(self._frames.told(one) for one in told):
                await pass_on(data)
            told = None
            with anyio.move_on_after(self._config.heartbeat_seconds):
                told = await work.relay.take()
        if work.answer is None:
            raise work.error or ClientGone("before it was answered")
        await pass_on(self._frames.ended(work.answer), is_last=True)
