"""Reads a RealTime QA folder: `articles.jsonl.gz`, `questions.jsonl` (Kasai et al., 2022,
"RealTime QA: What's the Answer Right Now?", arXiv:2207.13332), in the open form: all
articles are indexed, a question is asked alone, as of the day it was asked on.

A quiz takes each of its questions to be answerable. Which articles answer it is not told. A
question that stands twice with its id is one case; another question under the same id, as the
release has it once, is a case of its own, the id followed by "-2". An article that can't be read
is rejected by indexing, as any other.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import partial
from pathlib import Path
from typing import Annotated

from pydantic import BeforeValidator, Field

from eval.datasets.files import Form, Id, Several, Text, file_in, fingerprint_of, rows
from eval.errors import DatasetInvalid
from eval.records import Case, Dataset
from index.config import IndexConfig
from index.load import load


@dataclass(frozen=True, slots=True)
class AskedQuestion:
    """One quiz question and the answers that count as right."""

    id: str
    text: str
    asked_on: date
    answers: tuple[str, ...]


def _day(value: object) -> date:
    try:
        return date.fromisoformat(value)  # type: ignore[arg-type]
    except (TypeError, ValueError):
        raise ValueError("a day is wanted, as 2022-06-16") from None


class _Question(Form):
    id: Id
    question: Text
    asked_on: Annotated[date, BeforeValidator(_day)]
    answers: Annotated[Several[Text], Field(min_length=1)]


class _Baseline(Form):
    system: Text
    id: Id
    prediction: str


def read(path: Path) -> Dataset:
    """The dataset in the folder `path`. Raises `DatasetInvalid`, naming the file and line."""
    articles, asked = file_in(path, "articles.jsonl"), file_in(path, "questions.jsonl")
    cases: dict[str, AskedQuestion] = {}
    for one in dict.fromkeys(_questions(asked)):
        number, id = 1, one.id
        while id in cases:
            number += 1
            id = f"{one.id}-{number}"
        cases[id] = one
    if not cases:
        raise DatasetInvalid(f"{asked}: holds no questions.")
    return Dataset(
        name="realtimeqa",
        cases=tuple(
            Case(
                id=id,
                question=one.text,
                answers=one.answers,
                is_answerable=True,
                as_of=one.asked_on,
            )
            for id, one in cases.items()
        ),
        corpus=partial(load, [articles], IndexConfig()),
        fingerprint=fingerprint_of([articles, asked]),
    )


def questions(
    folder: Path, first: date | None = None, last: date | None = None
) -> list[AskedQuestion]:
    """The questions asked from day `first` to day `last`, both inclusive, in file order.

    Raises `ValueError` naming the file and line.
    """
    try:
        found = _questions(folder / "questions.jsonl")
    except DatasetInvalid as error:
        raise ValueError(str(error)) from error
    return [
        one
        for one in found
        if (first is None or one.asked_on >= first) and (last is None or one.asked_on <= last)
    ]


def baselines(folder: Path) -> dict[str, dict[str, str]]:
    """System → question id → its open answer, from `baselines.jsonl`; empty without the file."""
    found: dict[str, dict[str, str]] = {}
    path = folder / "baselines.jsonl"
    if not path.exists():
        return found
    for _, row in rows(path, _Baseline):
        found.setdefault(row.system, {})[row.id] = row.prediction
    return found


def _questions(file: Path) -> list[AskedQuestion]:
    return [
        AskedQuestion(row.id, row.question, row.asked_on, tuple(row.answers))
        for _, row in rows(file, _Question)
    ]
