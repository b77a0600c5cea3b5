"""Reads a file in the form of SQuAD 1.1 or 2.0 (Rajpurkar et al., 2016, arXiv:1606.05250; Rajpurkar
et al., 2018, arXiv:1806.03822).

Each paragraph is an article, "paragraph-3-12" the twelfth of the third title, under its title as
Wikipedia shows it. A paragraph that stands twice under one title is one article. The answers are
those of all annotators, as given; the evidence is the sentences that hold them. A question without
answers is unanswerable, as the official script for 2.0 takes it; its plausible answers are left
alone.

Refused: an id that stands twice, an answer that is not in its paragraph, answers to a question that
is said to be impossible, and none to one that is said not to be. An answer whose offset is wrong
by a little, as some in circulation are, is evidence where its words stand once.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cached_property, partial
from pathlib import Path
from typing import Annotated
from urllib.parse import unquote

from pydantic import Field

from eval.datasets.files import (
    Form,
    Id,
    Several,
    Text,
    as_indexed,
    checked,
    document,
    fingerprint_of,
    items,
    once_each,
    without_copies,
)
from eval.errors import DatasetInvalid
from eval.records import Case, Dataset, Evidence
from index.clean_text import one_line
from index.records import Article, Found, Rejected
from index.sentences import sentences


class _Answer(Form):
    text: Annotated[str, Field(min_length=1)]  # as given: its offset counts every character
    answer_start: Annotated[int, Field(ge=0)]


class _Question(Form):
    id: Id
    question: Text
    answers: Several[_Answer]
    is_impossible: bool | None = None


class _Paragraph(Form):
    context: str
    qas: Several[_Question]


class _Titled(Form):
    title: str = ""
    paragraphs: Several[_Paragraph]


def read(path: Path) -> Dataset:
    """The dataset in the file at `path`. Raises `DatasetInvalid` for what is said above."""
    cases: list[Case] = []
    places: list[tuple[str, str]] = []
    kept: dict[str, str] = {}
    for where, found, questions in _paragraphs(path):
        paragraph = _Read(found.text, as_indexed(found, kept))
        for number, question in enumerate(questions):
            place = f"{where}.qas[{number}]"
            places.append((place, question.id))
            cases.append(_case(question, paragraph, place))
    once_each(places)
    if not cases:
        raise DatasetInvalid(f"{path}: holds no questions.")
    return Dataset(
        name="squad",
        cases=tuple(cases),
        corpus=partial(_corpus, path),
        fingerprint=fingerprint_of([path]),
    )


def _corpus(path: Path) -> Iterator[Found]:
    yield from without_copies(found for _, found, _ in _paragraphs(path))


def _paragraphs(path: Path) -> Iterator[tuple[str, Found, list[_Question]]]:
    """(place in the document, paragraph, its questions)."""
    value = document(path)
    if not isinstance(value, dict) or "data" not in value:
        raise DatasetInvalid(f'{path}: is not in the form of SQuAD: an object with a list "data".')
    for first, (place, item) in enumerate(items(value["data"], f"{path}: data"), start=1):
        titled = checked(_Titled, item, place)
        title = unquote(titled.title).replace("_", " ")
        for second, paragraph in enumerate(titled.paragraphs, start=1):
            where = f"{place}.paragraphs[{second - 1}]"
            id = f"paragraph-{first}-{second}"
            found = Found(origin=where, key=id, id=id, title=title, text=paragraph.context)
            yield where, found, paragraph.qas


class _Read:
    """A paragraph as it is given and as indexing cleans it."""

    def __init__(self, context: str, article: Article | Rejected) -> None:
        self.context = context
        self.article = article
        self.line = one_line(context)

    @cached_property
    def borders(self) -> list[tuple[int, int]]:
        """Of the sentences of the cleaned text."""
        return sentences(self.article.text) if isinstance(self.article, Article) else []

    def sentence(self, answer: _Answer) -> Evidence | None:
        """The sentence, or sentences, of the cleaned text that hold the answer.

        None where there is no such text, and where the answer stands several times and which one
        is meant can't be told.
        """
        if not isinstance(self.article, Article):
            return None
        start = self._start(answer, self.article.text)
        if start is None:
            return None
        end = start + len(one_line(answer.text))
        held = [(left, right) for left, right in self.borders if left < end and right > start]
        if not held:
            return None
        return Evidence(self.article.id, self.article.text[held[0][0] : held[-1][1]])

    def _start(self, answer: _Answer, text: str) -> int | None:
        """Where the answer begins in the cleaned text.

        Cleaning changes white space and drops paragraphs, so that it is found again by counting.
        """
        wanted = re.compile(f"(?={re.escape(one_line(answer.text))})")
        stands = [one.start() for one in wanted.finditer(text)]
        if len(stands) == 1:
            return stands[0]
        is_there = self.context.startswith(answer.text, answer.answer_start)
        if not is_there or len(stands) != len(wanted.findall(self.line)):
            return None
        before = one_line(self.context[: answer.answer_start] + answer.text)
        return stands[len(wanted.findall(before)) - 1]


def _case(question: _Question, paragraph: _Read, where: str) -> Case:
    answers = question.answers
    if question.is_impossible is not None and question.is_impossible == bool(answers):
        told = "has answers" if answers else "has no answers"
        raise DatasetInvalid(
            f"{where}: {told}, while is_impossible is {str(question.is_impossible).lower()}."
        )
    for number, answer in enumerate(answers):
        wanted = one_line(answer.text)
        if not wanted or wanted not in paragraph.line:
            raise DatasetInvalid(f"{where}.answers[{number}]: is not in its paragraph.")
    article = paragraph.article
    fact = tuple(dict.fromkeys(one for one in map(paragraph.sentence, answers) if one))
    return Case(
        id=question.id,
        question=question.question,
        answers=tuple(dict.fromkeys(one.text for one in answers)),
        is_answerable=bool(answers),
        evidence=(fact,) if fact else (),
        relevant={article.id: 1} if answers and isinstance(article, Article) else {},
    )
