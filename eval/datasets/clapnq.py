"""Reads CLAPNQ's annotated files (Rosenthal et al., 2024, arXiv:2404.02103): a JSON lines file, or
a folder of them, such as the answerable and the unanswerable questions of one split.

Passages are articles, "<question id>.1" the first of that question's; a passage that stands
twice is one article. Its answers are sentences of their own that an annotator composed,
so they are no short answers and `answers` stays empty: what is measured is the decision to
answer, retrieval, and citations. The evidence is the sentences that at least half of the question's
annotators selected, each a fact of its own, where they stand verbatim in the cleaned passage.
Annotations that were skipped do not count. An unanswerable question has no relevant article.

Refused: an id that stands twice, a question without any annotation, selected sentences without an
answer.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Annotated

from pydantic import Field

from eval.datasets.files import (
    Form,
    Id,
    Several,
    Text,
    as_indexed,
    fingerprint_of,
    once_each,
    rows,
    verbatim,
    without_copies,
)
from eval.errors import DatasetInvalid
from eval.records import Case, Dataset, Evidence
from index.records import Article, Found


class _Passage(Form):
    title: str = ""
    text: str


class _Meta(Form):
    skip: bool = False


class _Annotation(Form):
    answer: str
    selected_sentences: Several[str]
    meta: _Meta = _Meta()


class _Row(Form):
    id: Id
    input: Text
    passages: Annotated[Several[_Passage], Field(min_length=1)]
    output: Annotated[Several[_Annotation], Field(min_length=1)]


def read(path: Path) -> Dataset:
    """The dataset in the file or folder at `path`. Raises `DatasetInvalid`, as said above."""
    files = _files(path)
    cases: list[Case] = []
    places: list[tuple[str, str]] = []
    kept: dict[str, str] = {}
    for where, row in _rows(files):
        articles = [as_indexed(one, kept) for one in _passages(row, where)]
        places.append((where, row.id))
        cases.append(_case(row, [one for one in articles if isinstance(one, Article)], where))
    once_each(places)
    if not cases:
        raise DatasetInvalid(f"{path}: holds no questions.")
    return Dataset(
        name="clapnq",
        cases=tuple(cases),
        corpus=partial(_corpus, files),
        fingerprint=fingerprint_of(files),
    )


def _files(path: Path) -> list[Path]:
    if not path.is_dir():
        return [path]
    files = sorted([*path.glob("*.jsonl"), *path.glob("*.jsonl.gz")])
    if not files:
        raise DatasetInvalid(f"{path}: holds no *.jsonl file.")
    return files


def _rows(files: list[Path]) -> Iterator[tuple[str, _Row]]:
    for file in files:
        for number, row in rows(file, _Row):
            yield f"{file}:{number}", row


def _corpus(files: list[Path]) -> Iterator[Found]:
    yield from without_copies(one for where, row in _rows(files) for one in _passages(row, where))


def _passages(row: _Row, where: str) -> Iterator[Found]:
    for number, one in enumerate(row.passages, start=1):
        id = f"{row.id}.{number}"
        yield Found(origin=where, key=id, id=id, title=one.title, text=one.text)


def _case(row: _Row, articles: list[Article], where: str) -> Case:
    annotations = [one for one in row.output if not one.meta.skip]
    for one in annotations:
        if one.selected_sentences and not one.answer.strip():
            raise DatasetInvalid(f"{where}: has selected sentences, but no answer with them.")
    is_answerable = any(one.answer.strip() for one in annotations)
    evidence = _evidence(annotations, articles) if is_answerable else ()
    relevant = {one.article for fact in evidence for one in fact}
    if is_answerable and not relevant:  # nobody selected a sentence: any of them may hold it
        relevant = {one.id for one in articles}
    return Case(
        id=row.id,
        question=row.input,
        is_answerable=is_answerable,
        evidence=evidence,
        relevant=dict.fromkeys(sorted(relevant), 1),
    )


def _evidence(
    annotations: list[_Annotation], articles: list[Article]
) -> tuple[tuple[Evidence, ...], ...]:
    selected = Counter(one for each in annotations for one in set(each.selected_sentences))
    order = dict.fromkeys(one for each in annotations for one in each.selected_sentences)
    facts = []
    for sentence in (one for one in order if 2 * selected[one] >= len(annotations)):
        quotes = ((article.id, verbatim(sentence, article.text)) for article in articles)
        fact = tuple(Evidence(id, quote) for id, quote in quotes if quote)
        if fact:
            facts.append(fact)
    return tuple(facts)
