"""JSON for the wire: whatever text it holds, it is JSON in one line of UTF-8."""

from __future__ import annotations

import json

from hypothesis import example, given, settings
from hypothesis import strategies as st
from pydantic import BaseModel

from qa.service_json import json_of


class Said(BaseModel):
    text: str
    weight: float = 0.5


@settings(max_examples=200, deadline=None, derandomize=True)
@given(st.text(st.characters(), max_size=40))
@example("\u2028\u2029\u0085\x0b\x0c\x1c\x1d\x1e\r\n\x00")
@example("\ud800\udfff \udfff")
@example("“ferry” \N{FERRY} \\u2028")
def test_any_text_comes_back_as_it_was(text):
    written = json_of(Said(text=text))
    assert len(written.decode("utf-8").splitlines()) == 1
    safe = "".join("\ufffd" if "\ud800" <= one <= "\udfff" else one for one in text)
    assert json.loads(written) == {"text": safe, "weight": 0.5}
    assert json.loads(json_of({"delta": text})) == {"delta": safe}
