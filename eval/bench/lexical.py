"""Which lexical index: build rate, latency, size, cost of a change and R@10, side by side.

    python -m eval.bench.lexical --bench DIR --passages 300000 --out FILE

DIR is the benchmark's folder. Quality is measured over its distinct passages with the
development questions (asked 2022-09-01 to 2023-09-30); after that passages repeat under
other ids up to the number asked for, and speed is measured. A system that is not
installed is left out, and the result says so.
"""

from __future__ import annotations

import argparse
import gzip
import json
import multiprocessing
import os
import platform
import re
import resource
import sqlite3
import string
import tempfile
import time
import unicodedata
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from datetime import date
from importlib import metadata
from pathlib import Path
from typing import Any, Protocol

from index.records import Passage

CHARACTERS = 900  #: of a passage at most
BATCH = 2000  #: passages added together
CHANGE = 30  #: passages of one change: about one article's old ones out, new ones in
CHANGES = 20
TIMED = 400  #: questions whose latency is taken
FIRST_ASKED, LAST_ASKED = "2022-09-01", "2023-09-30"
TITLE_BOOSTS = (0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.7, 1.0)


class System(Protocol):
    """What every measured index does; `k` best ids, best first."""

    def add(self, passages: Sequence[Passage]) -> None: ...
    def delete(self, passage_ids: Sequence[str]) -> None: ...
    def commit(self) -> None: ...
    def search(self, query: str, k: int) -> list[str]: ...


class Tantivy:
    """Our own index, as the store uses it."""

    package = "tantivy"
    changes = True

    def __init__(self, folder: Path) -> None:
        from index.lexical import LexicalIndex

        self._index = LexicalIndex.open(folder)
        self.add, self.delete = self._index.add, self._index.delete
        self.commit = self._index.commit

    def search(self, query: str, k: int) -> list[str]:
        return [hit.passage_id for hit in self._index.search(query, k)]


class Fts5:
    """SQLite FTS5: porter stems, OR of the words, the title with the same weight as ours."""

    package = None
    changes = True

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True)
        self._base = sqlite3.connect(folder / "fts5.sqlite")
        self._base.execute("PRAGMA journal_mode = WAL")
        self._base.execute("CREATE TABLE known (id TEXT PRIMARY KEY, row INTEGER)")
        self._base.execute(
            "CREATE VIRTUAL TABLE passages USING fts5(id UNINDEXED, title, text, "
            "tokenize = 'porter unicode61 remove_diacritics 2')"
        )

    def add(self, passages: Sequence[Passage]) -> None:
        self.delete([passage.id for passage in passages])
        for one in passages:
            row = self._base.execute(
                "INSERT INTO passages (id, title, text) VALUES (?, ?, ?)",
                (one.id, one.title, one.text),
            ).lastrowid
            self._base.execute("INSERT INTO known VALUES (?, ?)", (one.id, row))

    def delete(self, passage_ids: Sequence[str]) -> None:
        for one in passage_ids:
            self._base.execute(
                "DELETE FROM passages WHERE rowid = (SELECT row FROM known WHERE id = ?)", (one,)
            )
            self._base.execute("DELETE FROM known WHERE id = ?", (one,))

    def commit(self) -> None:
        self._base.commit()

    def search(self, query: str, k: int) -> list[str]:
        words = " OR ".join(f'"{word}"' for word in _words(query))
        ranked = self._base.execute(
            "SELECT id FROM passages WHERE passages MATCH ? "
            "ORDER BY bm25(passages, 0, 0.3, 1.0) LIMIT ?",
            (words, k),
        )
        return [row[0] for row in ranked]


class Bm25s:
    """bm25s: a sparse matrix of scores in memory. A change is a new matrix."""

    package = "bm25s"
    changes = False

    def __init__(self, folder: Path) -> None:
        import bm25s
        import Stemmer

        self._library = bm25s
        self._stem = Stemmer.Stemmer("english")
        self._folder = folder
        self._passages: list[Passage] = []

    def _tokens(self, texts: list[str]) -> Any:
        folded = [
            "".join(c for c in unicodedata.normalize("NFKD", one) if not unicodedata.combining(c))
            for one in texts
        ]
        return self._library.tokenize(
            folded, stopwords="en", stemmer=self._stem, show_progress=False
        )

    def add(self, passages: Sequence[Passage]) -> None:
        self._passages.extend(passages)

    def delete(self, passage_ids: Sequence[str]) -> None:
        raise NotImplementedError

    def commit(self) -> None:
        self._matrix = self._library.BM25(k1=1.2, b=0.75)
        texts = [f"{one.title}\n{one.text}" for one in self._passages]
        self._matrix.index(self._tokens(texts), show_progress=False)
        self._matrix.save(str(self._folder))

    def search(self, query: str, k: int) -> list[str]:
        rows, _ = self._matrix.retrieve(self._tokens([query]), k=k, show_progress=False)
        return [self._passages[row].id for row in rows[0]]


SYSTEMS: dict[str, Any] = {"tantivy": Tantivy, "sqlite-fts5": Fts5, "bm25s": Bm25s}

_STOP_WORDS = frozenset(
    (
        "a an and are as at be but by for if in into is it no not of on or such that the their "
        "then there these they this to was will with "
    ).split()
)


def _words(query: str) -> list[str]:
    """The distinct words of `query` without stop words, if any remain."""
    words = list(dict.fromkeys(re.findall(r"\w+", query.lower())))
    return [word for word in words if word not in _STOP_WORDS] or words


def _pieces(text: str) -> Iterator[str]:
    """`text` cut to CHARACTERS on the borders of paragraphs and sentences where it can be."""
    current = ""
    for sentence in re.split(r"\n+|(?<=[.!?])\s+", text):
        for at in range(0, len(sentence), CHARACTERS):
            piece = sentence[at : at + CHARACTERS]
            if current and len(current) + 1 + len(piece) > CHARACTERS:
                yield current
                current = piece
            else:
                current = f"{current} {piece}" if current else piece
    if current.strip():
        yield current


def _distinct_passages(folder: Path) -> list[Passage]:
    found = []
    with gzip.open(folder / "articles.jsonl.gz", "rt", encoding="utf-8") as lines:
        for article in map(json.loads, lines):
            published = article["published"]
            for number, text in enumerate(_pieces(article["text"])):
                found.append(
                    Passage(
                        id=f"{article['id']}-{number}",
                        article_id=article["id"],
                        start=0,
                        end=len(text),
                        text=text,
                        title=article["title"] or "",
                        source=article["source"],
                        published=date.fromisoformat(published[:10]) if published else None,
                    )
                )
    return found


def _plain(text: str) -> str:
    """For comparing answers: lower case, no punctuation, no a/an/the, spaces around."""
    words = "".join(c for c in text.lower() if c not in string.punctuation).split()
    return f" {' '.join(word for word in words if word not in ('a', 'an', 'the'))} "


def _quality(system: System, questions: list[dict], passages: list[Passage]) -> dict[str, float]:
    plain = {one.id: _plain(one.text) for one in passages}
    ranks = []
    for question in questions:
        answers = [one for one in map(_plain, question["answers"]) if one.strip()]
        found = system.search(question["question"], 10)
        hits = [n for n, one in enumerate(found, 1) if any(a in plain[one] for a in answers)]
        ranks.append(hits[0] if hits else 0)
    total = len(ranks)
    return {
        "r@1": round(sum(rank == 1 for rank in ranks) / total, 4),
        "r@10": round(sum(rank > 0 for rank in ranks) / total, 4),
        "mrr@10": round(sum(1 / rank for rank in ranks if rank) / total, 4),
    }


def _spread(seconds: list[float]) -> dict[str, float]:
    ordered = sorted(seconds)
    return {
        "p50_ms": round(ordered[len(ordered) // 2] * 1000, 2),
        "p95_ms": round(ordered[int(len(ordered) * 0.95)] * 1000, 2),
        "max_ms": round(ordered[-1] * 1000, 2),
    }


def _latency(system: System, questions: list[dict]) -> dict[str, Any]:
    """On the clock, and in processor time, which tells more where the machine is shared."""
    texts = [one["question"] for one in questions[:TIMED]]
    for text in texts[:20]:
        system.search(text, 100)
    clock, processor = [], []
    for text in texts:
        started, spent = time.perf_counter(), time.process_time()
        system.search(text, 100)
        clock.append(time.perf_counter() - started)
        processor.append(time.process_time() - spent)
    return {**_spread(clock), "processor": _spread(processor)}


def _changes(system: System, passages: list[Passage]) -> dict[str, Any]:
    """Seconds from handing over a change to a search that sees it, and that sees no old one."""
    taken = []
    for number in range(CHANGES):
        old = passages[number * CHANGE : (number + 1) * CHANGE]
        marker = f"zyxmarker{number}q"
        new = [replace(one, id=f"{one.id}-v2", text=f"{one.text} {marker}") for one in old]
        started = time.perf_counter()
        system.delete([one.id for one in old])
        system.add(new)
        system.commit()
        found = system.search(marker, 100)
        taken.append(time.perf_counter() - started)
        assert set(found) == {one.id for one in new}, "a committed change is not visible"
    return {"passages_out_and_in": CHANGE, **_spread(taken)}


def _title_boosts(system: Any, questions: list[dict], passages: list[Passage]) -> dict[str, Any]:
    import index.lexical

    kept = index.lexical.TITLE_BOOST
    figures = {}
    for boost in TITLE_BOOSTS:
        index.lexical.TITLE_BOOST = boost
        figures[str(boost)] = _quality(system, questions, passages)
    index.lexical.TITLE_BOOST = kept
    return figures


def measure(name: str, bench: Path, wanted: int) -> dict[str, Any]:
    """All figures of one system. Run in a process of its own: it tells what memory was added."""
    kind = SYSTEMS[name]
    try:
        version = metadata.version(kind.package) if kind.package else sqlite3.sqlite_version
    except metadata.PackageNotFoundError:
        return {"left_out": f"the package {kind.package} is not installed"}
    data = bench / "realtimeqa-2022-2023"
    lines = (data / "questions.jsonl").read_text(encoding="utf-8").splitlines()
    questions = [
        one for one in map(json.loads, lines) if FIRST_ASKED <= one["asked_on"] <= LAST_ASKED
    ]
    distinct = _distinct_passages(data)[:wanted]
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with tempfile.TemporaryDirectory(prefix="bench-lexical-") as scratch:
        folder = Path(scratch) / name
        system = kind(folder)
        building = 0.0

        def build(copy: int) -> float:
            passages = distinct[: max(0, wanted - copy * len(distinct))]
            if copy:
                passages = [replace(one, id=f"{one.id}#{copy}") for one in passages]
            started = time.perf_counter()
            for at in range(0, len(passages), BATCH):
                system.add(passages[at : at + BATCH])
            system.commit()
            return time.perf_counter() - started

        building += build(0)
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        quality = _quality(system, questions, distinct)
        boosts = _title_boosts(system, questions, distinct) if name == "tantivy" else None
        for copy in range(1, -(-wanted // len(distinct))):
            building += build(copy)
        latency = _latency(system, questions)
        size = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
        change: dict[str, Any] = {"none": "a change means building anew"}
        if kind.changes:
            change = _changes(system, distinct)
    figures = {
        "version": version,
        "passages": wanted,
        "distinct_passages": len(distinct),
        "development_questions": len(questions),
        "build_passages_per_s": round(wanted / building),
        "search_top_100": latency,
        "bytes_on_disk_per_passage": round(size / wanted),
        "change_until_visible": change,
        "memory_added_by_distinct_mb": round((peak - before) / 1024),
        **quality,
    }
    if boosts:
        figures["title_boosts"] = boosts
    return figures


def main() -> None:
    """Measure every installed system, one after the other, and write the figures."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--bench", type=Path, required=True, help="the benchmark's folder")
    parser.add_argument("--passages", type=int, default=300_000)
    parser.add_argument("--out", type=Path, required=True)
    given = parser.parse_args()
    results = {}
    for name in SYSTEMS:
        fresh = multiprocessing.get_context("spawn")
        with ProcessPoolExecutor(max_workers=1, mp_context=fresh) as pool:
            results[name] = pool.submit(measure, name, given.bench, given.passages).result()
        print(name, json.dumps(results[name]), flush=True)
    machine = {
        "cpus": os.cpu_count(),
        "architecture": platform.machine(),
        "load_at_end": round(os.getloadavg()[0], 2),
    }
    report = {"python": platform.python_version(), "machine": machine, "systems": results}
    given.out.write_text(json.dumps(report, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
