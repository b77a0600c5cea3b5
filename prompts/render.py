"""Render a prompt template from its file, strictly, and fingerprint it.

A template is `prompts/<name>.md`; `{{variable}}` marks a hole. Every hole must be
filled and every value used. Values are put in once and never looked at again, so the
braces and dollars of news text stay what they are.
"""

from __future__ import annotations

import hashlib
import re
from importlib import resources

_HOLE = re.compile(r"\{\{\s*([a-z_]+)\s*\}\}")


class PromptError(Exception):
    """A template is missing, or its variables and the values given are not the same."""


def template(name: str) -> str:
    """The template's text. Raises `PromptError` when there is none of that name."""
    file = resources.files("prompts") / f"{name}.md"
    if not re.fullmatch(r"[a-z_]+", name) or not file.is_file():
        raise PromptError(f"There is no prompt template named {name!r}.")
    return file.read_text(encoding="utf-8")


def render(name: str, **values: str) -> str:
    """The template with its holes filled. Raises `PromptError` naming what is amiss."""
    text = template(name)
    wanted = set(_HOLE.findall(text))
    if missing := wanted - values.keys():
        raise PromptError(f"The template {name!r} needs {', '.join(sorted(missing))}.")
    if unused := values.keys() - wanted:
        raise PromptError(f"The template {name!r} has no {', '.join(sorted(unused))}.")
    return _HOLE.sub(lambda hole: values[hole[1]], text)


def fingerprint(name: str) -> str:
    """12 hex digits that change when the template's text does."""
    return hashlib.blake2b(template(name).encode(), digest_size=6).hexdigest()
