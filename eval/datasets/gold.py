"""Reads a gold set: our cases over our sample articles, or a team's own over theirs.

A gold set is a JSON lines file, or a folder of them, one case a line (`eval.gold_schema`). Every
quote is looked for in its article as indexing cleans it, so that a gold set can't rot unseen.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from functools import partial
from pathlib import Path

from pydantic import ValidationError

from eval.datasets.files import fingerprint_of
from eval.errors import DatasetInvalid, GoldInvalid
from eval.gold_schema import GoldCase
from eval.records import Dataset
from index.clean import clean
from index.config import IndexConfig
from index.load import load
from index.records import Article, Found, Rejected

ROOT = Path(__file__).resolve().parents[2]
OURS = ROOT / "eval" / "gold"
OUR_ARTICLES = ROOT / "articles"


def read(path: Path | None = None, articles: Path | None = None) -> Dataset:
    """The gold set at `path` (ours when None) over the articles at `articles`.

    Without `articles` they are the folder of that name in `path`'s folder or beside it. Raises
    `GoldInvalid` with every mistake, each with file and line, and `DatasetInvalid` where
    there are no cases or no articles at all.
    """
    path = (path or OURS).resolve()
    articles = articles or _articles_of(path)
    files = sorted(path.glob("*.jsonl")) if path.is_dir() else [path]
    if not files:
        raise DatasetInvalid(f"{path}: holds no *.jsonl file of cases.")
    corpus = partial(load, [articles], IndexConfig())
    problems: list[str] = []
    read_lines = [one for file in files for one in _cases_of(file, problems)]
    texts = {one.id: one for one in cleaned(corpus())}
    if not texts:
        raise DatasetInvalid(f"{articles}: holds no articles.")
    problems += _mistakes(read_lines, texts)
    if problems:
        raise GoldInvalid(problems)
    if not read_lines:
        raise DatasetInvalid(f"{path}: holds no cases.")
    cases = [case.to_case() for _, case in read_lines]
    # Turns in their order, each conversation where its first turn stands.
    first: dict[str, int] = {}
    for place, case in enumerate(cases):
        first.setdefault(case.unit, place)
    cases.sort(key=lambda case: (first[case.unit], case.turn))
    return Dataset(
        name="gold",
        cases=tuple(cases),
        corpus=corpus,
        fingerprint=fingerprint_of([*files, *_files_below(articles)]),
        corpus_fingerprint=fingerprint_of(_files_below(articles)),
    )


def cleaned(found: Iterable[Found | Rejected]) -> Iterator[Article]:
    """The articles that indexing would take."""
    for one in found:
        article = clean(one) if isinstance(one, Found) else one
        if isinstance(article, Article):
            yield article


def _files_below(path: Path) -> list[Path]:
    return sorted(one for one in path.rglob("*") if one.is_file()) if path.is_dir() else [path]


def _articles_of(path: Path) -> Path:
    if path == OURS or path.parent == OURS:
        return OUR_ARTICLES
    folder = path if path.is_dir() else path.parent
    for candidate in (folder / "articles", folder.parent / "articles"):
        if candidate.exists():
            return candidate
    raise DatasetInvalid(
        f"{path}: name the articles that these cases are asked over with --articles PATH, "
        f"or put them in {folder / 'articles'}."
    )


def _cases_of(file: Path, problems: list[str]) -> Iterator[tuple[str, GoldCase]]:
    """(file:line, case) of each line that is a case; the others go to `problems`."""
    try:
        lines = file.read_bytes().splitlines()
    except OSError as error:
        raise DatasetInvalid(f"{file}: can't be read ({error.strerror}).") from error
    for number, line in enumerate(lines, start=1):
        where = f"{file}:{number}"
        if not line.strip():
            continue
        try:
            row = json.loads(line.decode("utf-8-sig"))
        except UnicodeDecodeError:
            problems.append(f"{where}: is not UTF-8")
            continue
        except (ValueError, RecursionError) as error:
            problems.append(f"{where}: is not JSON ({error})")
            continue
        try:
            yield where, GoldCase.model_validate(row)
        except ValidationError as error:
            problems += [f"{where}: {_told(one)}" for one in error.errors()]


def _told(error: object) -> str:
    assert isinstance(error, dict)
    place = ".".join(str(part) for part in error["loc"])
    message = str(error["msg"]).removeprefix("Value error, ")
    return f"{place}: {message}" if place else message


def _mistakes(lines: list[tuple[str, GoldCase]], articles: dict[str, Article]) -> list[str]:
    """What is wrong between the cases, and between them and the articles."""
    found: list[str] = []
    where_is: dict[str, str] = {}
    turns: dict[str, dict[int, str]] = {}
    for where, case in lines:
        if case.id in where_is:
            found.append(f"{where}: the id {case.id!r} stands already at {where_is[case.id]}")
        where_is.setdefault(case.id, where)
        if case.conversation is not None and case.turn is not None:
            of = turns.setdefault(case.conversation, {})
            if case.turn in of:
                found.append(
                    f"{where}: turn {case.turn} of {case.conversation!r} stands already at "
                    f"{of[case.turn]}"
                )
            of.setdefault(case.turn, where)
        for evidence in (one for fact in case.evidence for one in fact):
            article = articles.get(evidence.article)
            if article is None:
                found.append(f"{where}: there is no article {evidence.article!r}")
            elif evidence.quote not in article.text:
                found.append(f"{where}: {evidence.article} does not hold {evidence.quote!r}")
    for conversation, of in turns.items():
        if sorted(of) != list(range(1, len(of) + 1)) or len(of) < 2:
            found.append(
                f"{next(iter(of.values()))}: conversation {conversation!r} has the turns "
                f"{sorted(of)}; they go from 1 on without a gap, two at least"
            )
    return found
