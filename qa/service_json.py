"""JSON as it goes over the wire."""

from __future__ import annotations

import json
import re
from typing import Any

from pydantic_core import PydanticSerializationError, to_json, to_jsonable_python

# Line ends for Python's str.splitlines and much that is built on it: a client that reads a stream
# line by line must not find one within an event. JSON escapes the rest of them itself.
_LINE_ENDS = {
    "\u0085".encode(): rb"\u0085",
    "\u2028".encode(): rb"\u2028",
    "\u2029".encode(): rb"\u2029",
}
_SURROGATE = re.compile("[\ud800-\udfff]")


def json_of(value: Any) -> bytes:
    """The JSON of a record or of plain values: one line for every reader of lines, UTF-8.

    A lone surrogate, which UTF-8 has no bytes for, becomes U+FFFD.
    """
    try:
        written = to_json(value)
    except PydanticSerializationError:
        plain = json.dumps(
            to_jsonable_python(value), ensure_ascii=False, allow_nan=False, separators=(",", ":")
        )
        written = _SURROGATE.sub("\ufffd", plain).encode()
    for line_end, escape in _LINE_ENDS.items():
        written = written.replace(line_end, escape)
    return written
