"""llama-index's client for OpenAI's protocol, kept to what we promise.

It sends nothing of the environment's (`OPENAI_API_KEY` and the like are another service's), goes
where it was told and nowhere else, ends in time, and keeps the key and the server's words out of
every error. Needs the extra `openai-like`.
"""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import Callable, Iterator, Sequence
from contextvars import ContextVar
from typing import Any

import httpx
import openai
from llama_index.core.base.llms.types import (
    ChatMessage,
    ChatResponse,
    ChatResponseAsyncGen,
    ChatResponseGen,
    MessageRole,
)
from llama_index.core.bridge.pydantic import PrivateAttr
from llama_index.llms.openai_like import OpenAILike

from qa.llm import LLMFailed, ModelAddress

MOST_BYTES = 4 << 20  #: of an answer; a model's longest is a small part of it
_WINDOW = 8192  #: tokens that a model is taken to read at least; our prompts use about 3,000
_NO_KEY = "none"
_HIDDEN = "[the API key]"
_HIDDEN_FROM = 12  #: characters; a shorter key is a placeholder, and may be a word of the answer
_SENT = frozenset(
    "host connection accept content-type content-length user-agent idempotency-key".split()
)
_HINTS = {
    400: "the request was refused; a prompt longer than the model's window is the usual reason",
    401: "the key is missing or refused; see DATELINE_LLM_API_KEY",
    403: "the key may not do this; see DATELINE_LLM_API_KEY",
    404: "no such address or model; DATELINE_LLM's URL mostly ends in /v1",
    413: "the prompt is too long",
    429: "too many requests, or the quota is used up",
}
#: When the answer that is being waited for has to be there, by `time.monotonic`.
_deadline: ContextVar[float | None] = ContextVar("deadline", default=None)


class _Unusable(openai.OpenAIError):
    """An answer that is not read; asking again would not help."""


class GuardedOpenAILike(OpenAILike):
    """A chat model behind a URL. Whatever goes wrong is an `LLMFailed`.

    Streamed answers come in one piece, and asynchronous ones from a thread: each way of asking
    goes through `_chat`. Safe to share by threads.
    """

    _key: str | None = PrivateAttr(default=None)

    @classmethod
    def at(
        cls,
        address: ModelAddress,
        key: str | None,
        timeout_seconds: float,
        retries: int,
        most_tokens: int,
    ) -> GuardedOpenAILike:
        """See `qa.llm.configured_llm`."""
        client = openai.OpenAI(
            api_key=_NO_KEY,  # the real one is put in at the last moment: see `_only_ours`
            base_url=address.url,
            max_retries=retries,
            http_client=_http_client(address, key, timeout_seconds),
        )
        llm = cls(
            model=address.model,
            api_base=address.url,
            api_key=_NO_KEY,
            api_version=_NO_KEY,
            is_chat_model=True,
            temperature=0.0,
            max_tokens=most_tokens,
            context_window=_WINDOW,
            timeout=timeout_seconds,
            max_retries=0,  # the client retries; llama-index would repeat each of its retries
            openai_client=client,
        )
        llm._key = key
        return llm

    @classmethod
    def class_name(cls) -> str:
        return "GuardedOpenAILike"

    def _chat(self, messages: Sequence[ChatMessage], **kwargs: Any) -> ChatResponse:
        waiting = _deadline.set(time.monotonic() + self.timeout)
        try:
            response = super()._chat([_sendable(one) for one in messages], **kwargs)
            text = response.message.content or ""
        except (
            openai.OpenAIError,
            httpx.HTTPError,
            # The client hands on whatever JSON the server sends as if it were a completion.
            ValueError,
            TypeError,
            AttributeError,
            LookupError,
            RecursionError,
        ) as error:
            raise LLMFailed(f"{self.api_base} {self._told(error)}") from None
        finally:
            _deadline.reset(waiting)
        # Without the client's own objects, which hold the text as the server sent it.
        return ChatResponse(
            message=ChatMessage(role=MessageRole.ASSISTANT, content=self._shown(text)),
            additional_kwargs=response.additional_kwargs,
        )

    def _stream_chat(self, messages: Sequence[ChatMessage], **kwargs: Any) -> ChatResponseGen:
        response = self._chat(messages, **kwargs)
        response.delta = response.message.content
        yield response

    async def _achat(self, messages: Sequence[ChatMessage], **kwargs: Any) -> ChatResponse:
        return await asyncio.to_thread(self._chat, messages, **kwargs)

    async def _astream_chat(
        self, messages: Sequence[ChatMessage], **kwargs: Any
    ) -> ChatResponseAsyncGen:
        response = await self._achat(messages, **kwargs)

        async def in_one_piece() -> ChatResponseAsyncGen:
            response.delta = response.message.content
            yield response

        return in_one_piece()

    def _shown(self, text: str) -> str:
        """What the server wrote, without the key, and as text that can be stored."""
        if self._key and len(self._key) >= _HIDDEN_FROM:
            text = text.replace(self._key, _HIDDEN)
        return _encodable(text)

    def _told(self, error: Exception) -> str:
        if isinstance(error, openai.APITimeoutError):
            return f"gave no answer within {self.timeout:g} s"
        if isinstance(error, openai.APIStatusError):
            return f"answered {error.status_code}{self._why(error)}"
        if isinstance(error, openai.APIConnectionError):
            cause = error.__cause__
            words = f": {cause}" if isinstance(cause, httpx.ConnectError) else ""
            return f"can't be reached ({type(cause or error).__name__}{words})"
        if isinstance(error, _Unusable):
            return str(error)
        return f"did not answer with a chat completion ({type(error).__name__})"

    def _why(self, error: openai.APIStatusError) -> str:
        """A hint of ours, and the server's error code where it looks like one."""
        status = error.status_code
        hint = _HINTS.get(status)
        if 300 <= status < 400:
            hint = "redirects are not followed; set the URL that it redirects to"
        code = error.code if isinstance(error.code, str) else ""
        is_code = re.fullmatch(r"[a-z]+(_[a-z]+)+", code) and len(code) <= 60
        if not is_code or (self._key and self._key in code):
            code = ""
        told = ", ".join(part for part in (code, hint) if part)
        return f" ({told})" if told else ""


class _Bounded(httpx.SyncByteStream):
    """A body that ends in time and in size: httpx bounds only the wait for each piece."""

    def __init__(self, body: httpx.SyncByteStream, end: float | None) -> None:
        self._body = body
        self._end = end

    def __iter__(self) -> Iterator[bytes]:
        size = 0
        for piece in self._body:
            size += len(piece)
            if size > MOST_BYTES:
                raise _Unusable(f"answered with more than {MOST_BYTES >> 20} MiB")
            if self._end is not None and time.monotonic() > self._end:
                raise httpx.ReadTimeout("the answer took too long")
            yield piece

    def close(self) -> None:
        self._body.close()


def _http_client(address: ModelAddress, key: str | None, timeout_seconds: float) -> httpx.Client:
    return httpx.Client(
        timeout=timeout_seconds,
        follow_redirects=False,
        trust_env=not address.is_local,  # proxies are for what is far away
        event_hooks={"request": [_in_time, _only_ours(key)], "response": [_bounded]},
    )


def _in_time(request: httpx.Request) -> None:
    """A repeated request has what is left of the time."""
    end = _deadline.get()
    if end is None:
        return
    left = end - time.monotonic()
    if left <= 0:
        raise openai.APITimeoutError(request)  # unlike httpx's, it is not tried again
    waits = request.extensions.get("timeout", {})
    request.extensions["timeout"] = {name: min(wait or left, left) for name, wait in waits.items()}


def _only_ours(key: str | None) -> Callable[[httpx.Request], None]:
    """The client adds headers about this machine, and some from the environment: they are left
    out, and the key is put in."""

    def leave_out(request: httpx.Request) -> None:
        for name in {name for name in request.headers if name not in _SENT}:
            del request.headers[name]
        request.headers["user-agent"] = "dateline"
        request.headers["accept-encoding"] = "identity"
        if key:
            request.headers["authorization"] = f"Bearer {key}"

    return leave_out


def _bounded(response: httpx.Response) -> None:
    if response.headers.get("content-encoding", "identity") != "identity":
        # A few kilobytes may unpack to gigabytes.
        raise _Unusable("answered with a packed body, which was not asked for")
    end = _deadline.get()
    response.stream = _Bounded(response.stream, end)  # type: ignore[arg-type]
    wait = response.headers.get("retry-after")
    if wait is None or end is None:
        return
    try:
        is_too_long = float(wait) > end - time.monotonic()
    except ValueError:  # a date
        is_too_long = True
    if is_too_long:
        response.headers["x-should-retry"] = "false"  # the client heeds it


def _sendable(message: ChatMessage) -> ChatMessage:
    """The message, as text that JSON can carry: the text of a page may hold lone surrogates."""
    text = message.content or ""
    if _encodable(text) == text:
        return message
    return ChatMessage(role=message.role, content=_encodable(text))


def _encodable(text: str) -> str:
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
