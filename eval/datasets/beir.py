"""Reads a dataset in BEIR's form (Thakur et al., 2021, arXiv:2104.08663): `corpus.jsonl`,
`queries.jsonl` and judgements in `qrels/`, a file for each split.

The path is the folder, for `qrels/test.tsv`, or another split's file. The cases are the queries
that the split judges, in the order of `queries.jsonl`. What answers them is not told, nor whether
anything does. Only grades above 0 are relevant. Of documents with the same title, text and
address, which indexing would not take twice, the first stands for all and has the highest grade
of theirs. A document without text is known by its title; one without either can't be indexed, and
where it is relevant it is missed.

The corpus is read from disk each time, never held: 16 bytes a document are, while it is checked.

Refused: an id that stands twice, judgements of an unknown query, a relevant document that the
corpus lacks (recall would fall for want of a file), one pair with two grades. An unknown document
with a grade of 0 or below changes nothing and is let be.
"""

from __future__ import annotations

import csv
import re
from array import array
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from hashlib import blake2b
from pathlib import Path
from typing import Annotated, Any

import numpy as np
from pydantic import Field

from eval.datasets.files import (
    Form,
    Id,
    Text,
    file_in,
    fingerprint_of,
    id_as_indexed,
    lines,
    once_each,
    rows,
)
from eval.errors import DatasetInvalid
from eval.records import Case, Dataset
from index.records import Found

_DEFAULT_SPLIT = "test.tsv"
_GRADE = re.compile(r"[+-]?\d{1,9}")


class _Document(Form):
    id: Annotated[Id, Field(alias="_id")]
    title: str | None = None
    text: str
    metadata: Any = None

    @property
    def body(self) -> str:
        return self.text if self.text.strip() else self.title or ""

    @property
    def url(self) -> str | None:
        url = self.metadata.get("url") if isinstance(self.metadata, dict) else None
        return url if isinstance(url, str) else None


class _Query(Form):
    id: Annotated[Id, Field(alias="_id")]
    text: Text


@dataclass(frozen=True, slots=True)
class _Judgement:
    line: int
    query: str
    document: str
    grade: int


def read(path: Path) -> Dataset:
    """The dataset at `path`. Raises `DatasetInvalid` for what is said above."""
    qrels = path if path.is_file() else _split_of(path)
    folder = _folder_of(qrels)
    corpus, queries = file_in(folder, "corpus.jsonl"), file_in(folder, "queries.jsonl")
    judgements = _judgements(qrels)
    asked = {one.id: one.text for _, one in _queries(queries)}
    for one in judgements:
        if one.query not in asked:
            raise DatasetInvalid(
                f"{qrels}:{one.line}: {queries} holds no query {one.query[:100]!r}."
            )
    stands_for = _checked_corpus(corpus, judgements, qrels)
    grades: dict[str, dict[str, int]] = {}
    for one in judgements:
        of = grades.setdefault(one.query, {})
        if one.grade > 0:
            article = id_as_indexed(one.document)
            article = stands_for.get(article, article)
            of[article] = max(one.grade, of.get(article, 0))
    return Dataset(
        name="beir",
        cases=tuple(
            Case(id=id, question=text, relevant=grades[id])
            for id, text in asked.items()
            if id in grades
        ),
        corpus=partial(_corpus, corpus, frozenset(stands_for)),
        fingerprint=fingerprint_of([corpus, queries, qrels]),
    )


def _split_of(folder: Path) -> Path:
    below = folder / "qrels"
    try:
        return file_in(below, _DEFAULT_SPLIT)
    except DatasetInvalid:
        others = ", ".join(sorted(one.name for one in below.glob("*.tsv*"))) or "none"
        raise DatasetInvalid(
            f"{below}: holds no {_DEFAULT_SPLIT}; name the file of a split (there: {others})."
        ) from None


def _folder_of(qrels: Path) -> Path:
    for folder in (qrels.absolute().parent, qrels.absolute().parent.parent):
        if any((folder / name).is_file() for name in ("corpus.jsonl", "corpus.jsonl.gz")):
            return folder
    raise DatasetInvalid(f"{qrels}: there is no corpus.jsonl beside it or a folder above.")


def _queries(file: Path) -> list[tuple[int, _Query]]:
    found = list(rows(file, _Query))
    once_each((f"{file}:{number}", one.id) for number, one in found)
    return found


def _judgements(file: Path) -> list[_Judgement]:
    numbered = lines(file)
    number, header = next(numbered, (1, "\t\t"))
    if _grade(_fields(f"{file}:{number}", header)[2]) is not None:
        raise DatasetInvalid(
            f"{file}:{number}: the header is missing: query-id, corpus-id, score, tabs between."
        )
    found: list[_Judgement] = []
    grades: dict[tuple[str, str], int] = {}
    for number, line in numbered:
        where = f"{file}:{number}"
        query, document, score = _fields(where, line)
        grade = _grade(score)
        if grade is None or not query or not document:
            raise DatasetInvalid(f"{where}: two ids and a whole number are wanted.")
        if grades.setdefault((query, document), grade) != grade:
            raise DatasetInvalid(f"{where}: the same pair has another grade in an earlier line.")
        found.append(_Judgement(number, query, document, grade))
    if not found:
        raise DatasetInvalid(f"{file}: holds no judgements.")
    return found


def _fields(where: str, line: str) -> tuple[str, str, str]:
    try:
        # Line by line: a stray quotation mark would swallow the lines after it.
        fields = next(csv.reader([line], delimiter="\t"))
    except csv.Error as error:
        raise DatasetInvalid(f"{where}: can't be read ({error}).") from None
    if len(fields) != 3:
        raise DatasetInvalid(
            f"{where}: {len(fields)} columns; there are three: query-id, corpus-id, score, tabs "
            "between."
        )
    query, document, score = (one.strip() for one in fields)
    return query, document, score


def _grade(score: str) -> int | None:
    return int(score) if _GRADE.fullmatch(score) else None


# -- the corpus ---------------------------------------------------------------


def _corpus(file: Path, left_out: frozenset[str]) -> Iterator[Found]:
    for number, one in rows(file, _Document):
        if id_as_indexed(one.id) not in left_out:
            origin = f"{file}:{number}"
            yield Found(
                origin=origin, key=origin, text=one.body, id=one.id, url=one.url, title=one.title
            )


def _checked_corpus(file: Path, judgements: list[_Judgement], qrels: Path) -> dict[str, str]:
    """Article id → id of the first article with the same content, where that is another one and
    the content is relevant to a query.

    Raises `DatasetInvalid` for an id that stands twice and a relevant document that is missing.
    """
    wanted = {id_as_indexed(one.document): one for one in judgements if one.grade > 0}
    places: dict[str, int] = {}
    ids, contents = array("Q"), array("Q")  # digests: of millions, nothing else would fit
    for place, (_, one) in enumerate(rows(file, _Document)):
        id = id_as_indexed(one.id)
        if id in wanted:
            places[id] = place
        ids.append(_digest(id))
        contents.append(_digest(_content(one)))
    if not ids:
        raise DatasetInvalid(f"{file}: holds no documents.")
    _refuse_doubles(file, np.frombuffer(ids, dtype=np.uint64))
    for id, one in wanted.items():
        if id not in places:
            raise DatasetInvalid(
                f"{qrels}:{one.line}: {file} holds no document {one.document[:100]!r}."
            )
    return _stand_ins(file, np.frombuffer(contents, dtype=np.uint64), list(places.values()))


def _refuse_doubles(file: Path, digests: np.ndarray) -> None:
    values, counts = np.unique(digests, return_counts=True)
    doubled = set(values[counts > 1].tolist())
    if doubled:
        once_each(
            (f"{file}:{number}", one.id)
            for number, one in rows(file, _Document)
            if _digest(id_as_indexed(one.id)) in doubled
        )


def _stand_ins(file: Path, digests: np.ndarray, places: list[int]) -> dict[str, str]:
    alike = np.flatnonzero(np.isin(digests, digests[places])) if places else np.empty(0, int)
    if len(alike) == len(np.unique(digests[alike])):
        return {}
    kept = set(alike.tolist())
    first: dict[str, str] = {}
    found: dict[str, str] = {}
    for place, (_, one) in enumerate(rows(file, _Document)):
        if place in kept:
            id = id_as_indexed(one.id)
            stands_first = first.setdefault(_content(one), id)
            if stands_first != id:
                found[id] = stands_first
    return found


def _content(one: _Document) -> str:
    """What two documents share that indexing would take for one, but for details of cleaning."""
    parts = (" ".join(part.split()) for part in (one.title or "", one.body))
    return "\x1f".join([*parts, one.url or ""])


def _digest(text: str) -> int:
    return int.from_bytes(blake2b(text.encode(), digest_size=8).digest())
