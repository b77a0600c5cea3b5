"""Reads a RealTime QA folder: `articles.jsonl.gz`, `questions.jsonl` (Kasai et al., 2022,
"RealTime QA: What's the Answer Right Now?", arXiv:2207.13332), in the open form: all
articles are indexed, a question is asked alone, as of the day it was asked on.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date
from pathlib import Path


@dataclass(frozen=True, slots=True)
class AskedQuestion:
    """One quiz question and the answers that count as right."""

    id: str
    text: str
    asked_on: date
    answers: tuple[str, ...]


def questions(
    folder: Path, first: date | None = None, last: date | None = None
) -> list[AskedQuestion]:
    """The questions asked from day `first` to day `last`, both inclusive, in file order.

    Raises `FileNotFoundError` or `ValueError` naming the file and line.
    """
    found = []
    path = folder / "questions.jsonl"
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        try:
            row = json.loads(line)
            asked = AskedQuestion(
                id=row["id"],
                text=row["question"],
                asked_on=date.fromisoformat(row["asked_on"]),
                answers=tuple(row["answers"]),
            )
        except (ValueError, KeyError, TypeError) as error:
            raise ValueError(f"{path}:{number}: not a question ({error})") from error
        if (first is None or asked.asked_on >= first) and (last is None or asked.asked_on <= last):
            found.append(asked)
    return found


def baselines(folder: Path) -> dict[str, dict[str, str]]:
    """System → question id → its open answer, from `baselines.jsonl`; empty without the file."""
    found: dict[str, dict[str, str]] = {}
    path = folder / "baselines.jsonl"
    if not path.exists():
        return found
    for line in path.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        found.setdefault(row["system"], {})[row["id"]] = row["prediction"]
    return found
