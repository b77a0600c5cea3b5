"""Whether two short answers say the same."""

from __future__ import annotations

import re

from qa.names import same_name
from qa.words import NUMBER_WORDS, words

_SCALES = {"hundred": 1e2, "thousand": 1e3, "million": 1e6, "billion": 1e9, "trillion": 1e12,
           "m": 1e6, "bn": 1e9, "k": 1e3, "dozen": 12.0}  # fmt: skip


def number(text: str) -> float | None:
    """The first number of a text, "two" and "1.5 million" included; None where there is none."""
    found = re.search(r"\d[\d,]*(?:\.\d+)?", text)
    rest = text.lower()
    value: float | None = None
    if found:
        value = float(found.group().replace(",", "").rstrip("."))
        rest = text[found.end() :].lower()
    else:
        for match in re.finditer(r"[a-z]+", rest):
            if match.group() in NUMBER_WORDS:
                value = float(NUMBER_WORDS[match.group()])
                rest = rest[match.end() :]
                break
    scale = re.match(r"[\s-]*([a-z]+)", rest)
    if value is not None and scale and scale.group(1).rstrip("s") in _SCALES:
        value *= _SCALES[scale.group(1).rstrip("s")]
    return value


def same_value(one: str, other: str) -> bool:
    """Whether two short answers agree: numbers by size, names across spellings, else words."""
    first, second = number(one), number(other)
    if first is not None and second is not None:
        return first == second
    if (first is None) != (second is None):
        return False
    if {w.key for w in words(one)} == {w.key for w in words(other)}:
        return True
    if one[:1].isupper() and other[:1].isupper():
        return same_name(one, other)
    return False
