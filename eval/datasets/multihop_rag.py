"""Reads MultiHop-RAG as released (Tang and Yang, 2024, arXiv:2401.15391): `corpus.json`, a list of
news articles, and `MultiHopRAG.json`, a list of queries with the facts that answer them.

Articles are known by their URL. Each entry of a query's evidence list is a fact of its own, where
it stands verbatim in the cleaned article (the others are no evidence; their articles are relevant
all the same). A `null_query` is unanswerable. The release gives queries no ids: "query-12" is the
twelfth. A query's tag is its type, as the release calls it.

Refused: an article without an http(s) URL, two articles with one URL, evidence from an article
that the corpus lacks, evidence for a `null_query`.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field

from eval.datasets.files import (
    Form,
    Several,
    Text,
    checked,
    document,
    file_in,
    fingerprint_of,
    items,
    verbatim,
)
from eval.errors import DatasetInvalid
from eval.records import Case, Dataset, Evidence
from index.clean import clean
from index.fingerprint import article_id
from index.load_json import read_row
from index.records import Article, Found, Rejected
from index.url import read_url

_NULL = "null_query"


class _Article(Form):
    url: Text
    body: str
    title: str | None = None
    author: str | None = None
    source: str | None = None
    published_at: str | None = None


class _Fact(Form):
    url: Text
    fact: str


class _Query(Form):
    query: Text
    answer: Text
    question_type: Literal["inference_query", "comparison_query", "temporal_query", "null_query"]
    evidence_list: Annotated[Several[_Fact], Field(default_factory=list)]


def read(path: Path) -> Dataset:
    """The dataset in the folder `path`. Raises `DatasetInvalid` for what is said above."""
    corpus, queries = file_in(path, "corpus.json"), file_in(path, "MultiHopRAG.json")
    texts = _texts(corpus)
    cases = tuple(
        _case(checked(_Query, item, where), f"query-{number}", texts, where)
        for number, (where, item) in enumerate(items(document(queries), f"{queries}: "), start=1)
    )
    if not cases:
        raise DatasetInvalid(f"{queries}: holds no queries.")
    return Dataset(
        name="multihop-rag",
        cases=cases,
        corpus=partial(_corpus, corpus),
        fingerprint=fingerprint_of([corpus, queries]),
    )


def _corpus(file: Path) -> Iterator[Found | Rejected]:
    for where, item in items(document(file), f"{file}: "):
        checked(_Article, item, where)
        # As indexing reads the same object from a file of articles: entities, authors, dates.
        yield read_row(item, where, where)


def _texts(file: Path) -> dict[str, str]:
    """Id → cleaned text of each article; empty where indexing rejects it."""
    texts: dict[str, str] = {}
    places: dict[str, str] = {}
    for where, item in items(document(file), f"{file}: "):
        url = checked(_Article, item, where).url
        if read_url(url) is None:
            raise DatasetInvalid(f"{where}: url: is no whole http or https address.")
        id = _id_of(url)
        if id in places:
            raise DatasetInvalid(f"{where}: url: the same address stands already at {places[id]}.")
        places[id] = where
        found = read_row(item, where, where)
        article = clean(found) if isinstance(found, Found) else found
        texts[id] = article.text if isinstance(article, Article) else ""
    if not texts:
        raise DatasetInvalid(f"{file}: holds no articles.")
    return texts


def _id_of(url: str) -> str:
    return article_id(Found(origin="", key="", text="", url=url))


def _case(query: _Query, id: str, texts: dict[str, str], where: str) -> Case:
    is_answerable = query.question_type != _NULL
    if query.evidence_list and not is_answerable:
        raise DatasetInvalid(f"{where}: has evidence, and is a {_NULL}.")
    facts: dict[Evidence, None] = {}
    relevant: dict[str, int] = {}
    for number, one in enumerate(query.evidence_list):
        article = _id_of(one.url)
        if article not in texts:
            raise DatasetInvalid(
                f"{where}: evidence_list[{number}].url: the corpus holds no article of it."
            )
        relevant[article] = 1
        quote = verbatim(one.fact, texts[article])
        if quote:
            facts[Evidence(article, quote)] = None
    return Case(
        id=id,
        question=query.query,
        answers=(query.answer,) if is_answerable else (),
        is_answerable=is_answerable,
        evidence=tuple((one,) for one in facts),
        relevant=relevant,
        tags=(query.question_type,),
    )
