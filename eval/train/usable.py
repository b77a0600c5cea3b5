"""Which articles training may read: none that a test's questions were written from."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from pydantic import Field

from eval.datasets.files import Form, Id, rows
from eval.train.quiz import DEVELOPMENT, TRAINING


class _Asked(Form):
    id: Id
    asked_on: str  #: ISO 8601
    retrieved: list[str] = Field(default_factory=list)


class _Published(Form):
    id: Id
    published: str | None = None


def usable_articles(bench: Path) -> frozenset[str]:
    """Ids of the articles that clozes are made from and answered by.

    Not an article of `realtimeqa-mini`, none that the web search found for a question asked
    before the training weeks or after the development weeks, and none published after those.
    """
    folder = bench / "realtimeqa-2022-2023"
    barred = {
        row.id for _, row in rows(bench / "realtimeqa-mini" / "articles.jsonl.gz", _Published)
    }
    for _, row in rows(folder / "questions.jsonl", _Asked):
        if not TRAINING[0] <= date.fromisoformat(row.asked_on) <= DEVELOPMENT[1]:
            barred.update(row.retrieved)
    last = DEVELOPMENT[1].isoformat()
    return frozenset(
        row.id
        for _, row in rows(folder / "articles.jsonl.gz", _Published)
        if row.id not in barred and row.published and row.published[:10] <= last
    )
