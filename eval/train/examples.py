"""What the reader learns from: a question and passages that answer it or do not."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Text:
    """A passage, and where in it the question's answers stand (code points); () where nowhere."""

    title: str
    text: str
    spans: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True, slots=True)
class Group:
    """A question with passages of which some, or none, answer it."""

    question: str
    texts: tuple[Text, ...]
