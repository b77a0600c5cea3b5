"""A streamed chat completion: OpenAI's chunks of what the desk tells while it answers."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import partial
from typing import Any

from fastapi.sse import format_sse_event

from qa.openai_links import LinkedText, linked
from qa.openai_shape import annotations, fingerprint, nearest, new_id, url_of
from qa.records import Answer, Citation, SearchResult
from qa.service_json import json_of
from qa.service_openai_models import MODEL, Usage
from qa.service_refusals import OPENAI, Refusal, shaped
from qa.service_relay import Told

_DONE = b"data: [DONE]\n\n"


class ChunkFrames:
    """Implements `qa.service_stream.Frames`: the role, the content, what belongs to it, the end.

    Each link comes whole in one chunk; the contents joined are that of the answer in one piece.
    """

    def __init__(self, base: str, used: Callable[[str], Usage], has_usage: bool) -> None:
        """`base`: what our own pages are linked under; `used`: the tokens, given the content."""
        self._base = base
        self._url_of = partial(url_of, base=base)
        self._used = used
        self._has_usage = has_usage
        self._text = LinkedText(self._url_of)
        self._is_begun = False
        self._is_told = False
        self._same = {
            "id": new_id(),
            "object": "chat.completion.chunk",
            "created": int(time.time()),
            "model": MODEL,
        }

    def told(self, told: Told) -> bytes:
        if isinstance(told, SearchResult):
            return self._begin()
        if isinstance(told, Citation):
            content = self._text.cited(told)
        else:
            self._is_told = True
            content = self._text.wrote(told)
        return self._begin() + (self._chunk({"content": content}) if content else b"")

    def ended(self, answer: Answer) -> bytes:
        if not self._is_told:  # a desk that tells nothing while it answers
            self._text = linked(answer.text, answer.citations, self._url_of)
            content = self._text.content
        else:
            content = self._text.end()
        behind = nearest(answer, self._base)
        last = {
            "content": content + behind,
            "annotations": [one.model_dump() for one in annotations(self._text.links)],
        }
        mark = fingerprint(answer)
        chunks = [
            self._begin(),
            self._chunk(last, system_fingerprint=mark, dateline=answer),
            self._chunk({}, "stop", system_fingerprint=mark),
        ]
        if self._has_usage:
            counted = self._used(self._text.content + behind)
            chunks.append(self._event(choices=[], system_fingerprint=mark, usage=counted))
        return b"".join([*chunks, _DONE])

    def failed(self, refusal: Refusal) -> bytes:
        return _framed(shaped(refusal, OPENAI))

    def _begin(self) -> bytes:
        if self._is_begun:
            return b""
        self._is_begun = True
        return self._chunk({"role": "assistant", "content": ""})

    def _chunk(self, delta: dict[str, Any], finish: str | None = None, **more: Any) -> bytes:
        choice = {"index": 0, "delta": delta, "logprobs": None, "finish_reason": finish}
        # As OpenAI has it: null in all chunks but the last, where it was asked for.
        unused = {"usage": None} if self._has_usage else {}
        return self._event(choices=[choice], **unused, **more)

    def _event(self, **fields: Any) -> bytes:
        return _framed({**self._same, **fields})


def _framed(value: object) -> bytes:
    return format_sse_event(data_str=json_of(value).decode())
