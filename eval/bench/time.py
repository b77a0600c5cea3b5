"""What nearness in time gives to retrieval, for questions with and without a time.

    python -m eval.bench.time --bench DIR --data FOLDER [--out FILE]

FOLDER is an index of all articles of `realtimeqa-2022-2023` (FOLDER/ours-1 of `eval.bench.growth`);
it is made when new, which takes half an hour. The rest takes some minutes. R@1/5/10 and MRR@10 of
ours, of ours without nearness, with the plain factor 1 + 0.3·exp(-days/30) and with ours by the day
of asking alone; then what ours gains over each, with a 95% interval that draws whole weeks of
questions. The weights are tuned on the questions of the first period; the second checks them.

Quizzes ask about the week before. So that a time long past is asked about too, the questions that
say "this week" are asked once more half a year later, with the month's name instead, and a year
later with the year. For undated articles, a random half of all articles, and a tenth, lose their
dates in memory: where they are neither lost nor favoured, their share of the first passages stays
what it is without nearness.
"""

from __future__ import annotations

import argparse
import json
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np

from eval.bench.corpus import OURS, articles_of, build, is_built, open_store
from eval.bench.machine import machine
from eval.datasets.realtimeqa import AskedQuestion, questions
from eval.metrics.intervals import interval
from eval.metrics.ranking import answer_found_at, answer_recall, first_rank, reciprocal_rank
from index.embed import Embedder
from index.records import Filters, Passage, Scored
from qa.asked_time import asked_time
from qa.days import MONTHS
from qa.retrieve import QueryEmbedder, RetrievalConfig, Retriever, Searchable

DATASET = "realtimeqa-2022-2023"
PERIODS = {
    "tuned on": (date(2022, 9, 1), date(2023, 6, 30)),
    "checked on": (date(2023, 7, 1), date(2023, 9, 30)),
}
OURS_ROW = "ours"
#: How a question is asked later → days later.
LATER = {"month": 182, "year": 365}
#: Shares of the articles that lose their dates.
UNDATED = {"half": 0.5, "a tenth": 0.1}
_DEPTH = 10
_CONFIG = RetrievalConfig()
SYSTEMS = {
    "no nearness": replace(_CONFIG, nearness_weight=0.0),
    "plain factor": replace(_CONFIG, nearness_weight=0.3, named_times=False, undated_as=0),
    "ours, by the day of asking alone": replace(_CONFIG, named_times=False),
    OURS_ROW: _CONFIG,
}
_THIS_WEEK = re.compile(r"\b(?:earlier )?this week\b", re.I)


class LatestSearch:
    """A store and an embedder that keep their latest answers: all systems fuse the same lists."""

    def __init__(self, store: Searchable, embedder: QueryEmbedder) -> None:
        self._store, self._embedder = store, embedder
        self._kept: dict[str, tuple[object, Any]] = {}

    def _latest(self, name: str, asked: object, find: Callable[[], Any]) -> Any:
        if name not in self._kept or self._kept[name][0] != asked:
            self._kept[name] = (asked, find())
        return self._kept[name][1]

    def embed_query(self, text: str) -> np.ndarray:
        return self._latest("query", text, lambda: self._embedder.embed_query(text))

    def search_dense(self, vector: np.ndarray, k: int, filters: Filters | None) -> list[Scored]:
        asked = (vector.tobytes(), k, filters)
        return self._latest("dense", asked, lambda: self._store.search_dense(vector, k, filters))

    def search_lexical(self, text: str, k: int, filters: Filters | None) -> list[Scored]:
        asked = (text, k, filters)
        return self._latest("lexical", asked, lambda: self._store.search_lexical(text, k, filters))

    def passages(self, ids: Sequence[str]) -> list[Passage]:
        return self._latest("passages", tuple(ids), lambda: self._store.passages(ids))

    def vectors_of(self, ids: Sequence[str]) -> dict[str, np.ndarray]:
        return self._latest("vectors", tuple(ids), lambda: self._store.vectors_of(ids))


class Undated:
    """Another search, with the dates of a share of the articles left out."""

    def __init__(self, latest: LatestSearch, share: float) -> None:
        self._latest, self._share = latest, share
        self.embed_query = latest.embed_query
        self.search_dense, self.search_lexical = latest.search_dense, latest.search_lexical
        self.vectors_of = latest.vectors_of

    def passages(self, ids: Sequence[str]) -> list[Passage]:
        return [
            replace(one, published=None) if is_stripped(one.article_id, self._share) else one
            for one in self._latest.passages(ids)
        ]


def is_stripped(article_id: str, share: float) -> bool:
    """Whether an article is of the share that loses its date: the same on every machine."""
    return int.from_bytes(sha256(article_id.encode()).digest()[:4]) < share * 2**32


def asked_later(question: AskedQuestion, by: str) -> AskedQuestion | None:
    """A question about "this week", asked later with the name of the month or the year instead.

    `by` is a key of `LATER`. None where it does not say "this week", and where that week is not
    all in the month.
    """
    day = question.asked_on
    if day.day < 8 or not _THIS_WEEK.search(question.text):
        return None
    when = f"in {day.year}" if by == "year" else f"in {MONTHS[day.month - 1]} {day.year}"
    text = _THIS_WEEK.sub(when, question.text)
    return replace(question, text=text, asked_on=day + timedelta(days=LATER[by]))


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a system found for a question."""

    rank: int | None  #: of the first passage that holds an answer
    undated: tuple[bool, ...]  #: of each passage, best first, whether it has no date


def outcomes(
    searches: Sequence[LatestSearch | Undated], asked: Sequence[AskedQuestion]
) -> list[dict[str, list[Outcome]]]:
    """For each of the searches: system → its outcome for each question.

    All are asked a question before the next one, so that the store is searched for it once.
    """
    found: list[dict[str, list[Outcome]]] = []
    retrievers = []
    for search in searches:
        found.append({name: [] for name in SYSTEMS})
        retrievers.append({n: Retriever(search, search, of) for n, of in SYSTEMS.items()})
    for one in asked:
        for into, of in zip(found, retrievers, strict=True):
            for name, retriever in of.items():
                hits = retriever.retrieve(one.text, _DEPTH, one.asked_on)
                rank = first_rank([hit.passage.text for hit in hits], one.answers)
                undated = tuple(hit.passage.published is None for hit in hits)
                into[name].append(Outcome(rank, undated))
    return found


def compared(
    found: dict[str, list[Outcome]],
    asked: Sequence[AskedQuestion],
    of: Sequence[bool] | None = None,
) -> dict[str, Any]:
    """Each system's measures, and what ours gains over it: [difference, low, high] of 95%.

    Args:
        found: system → (n,) outcomes.
        asked: (n,) the questions.
        of: (n,) which of them count; None: all.
    """
    chosen = [place for place in range(len(asked)) if of is None or of[place]]
    weeks = [_week(asked[place]) for place in chosen]
    ranks = {name: [those[place].rank for place in chosen] for name, those in found.items()}
    gains = {
        name: {
            measure: _gain(list(map(one, those)), list(map(one, ranks[OURS_ROW])), weeks)
            for measure, (_, one) in _MEASURES.items()
        }
        for name, those in ranks.items()
        if name != OURS_ROW and weeks
    }
    systems = {
        name: {measure: round(all_of(those), 4) for measure, (all_of, _) in _MEASURES.items()}
        for name, those in ranks.items()
    }
    return {"questions": len(weeks), "systems": systems, "ours gains over": gains}


def _recall(k: int) -> tuple[Callable, Callable]:
    return lambda ranks: answer_recall(ranks, k), lambda rank: answer_found_at(rank, k)


#: Measure → of many ranks, and of one.
_MEASURES: dict[str, tuple[Callable, Callable]] = {
    **{f"R@{k}": _recall(k) for k in (1, 5, 10)},
    "MRR@10": (reciprocal_rank, lambda rank: reciprocal_rank([rank])),
}


def _gain(first: list[float], second: list[float], weeks: Sequence[str]) -> list[float]:
    measure = interval([b - a for a, b in zip(first, second, strict=True)], weeks)
    return [round(figure, 4) for figure in (measure.value, measure.low, measure.high)]


def by_kind(
    found: dict[str, list[Outcome]], asked: Sequence[AskedQuestion]
) -> dict[str, dict[str, Any]]:
    """`compared` for the questions that name a time, for those that do not, and for all."""
    names = [asked_time(one.text, one.asked_on) is not None for one in asked]
    return {
        "name a time": compared(found, asked, names),
        "name none": compared(found, asked, [not one for one in names]),
        "all": compared(found, asked),
    }


def _week(question: AskedQuestion) -> str:
    year, week, _ = question.asked_on.isocalendar()
    return f"{year}-{week}"


def undated_share(
    found: dict[str, list[Outcome]], asked: Sequence[AskedQuestion]
) -> dict[str, Any]:
    """System → the share of undated articles among its first passages.

    Beside it stands the difference from the share without nearness, with its 95% interval: how
    many were lost (below 0) or favoured (above).
    """
    weeks = [_week(one) for one in asked]
    shares = {
        name: {k: [float(np.mean(one.undated[:k] or [0])) for one in those] for k in (1, 5, _DEPTH)}
        for name, those in found.items()
    }
    return {
        name: {
            f"first {k}": {
                "share": round(float(np.mean(share)), 4),
                "lost or favoured": _gain(shares["no nearness"][k], share, weeks),
            }
            for k, share in by_k.items()
        }
        for name, by_k in shares.items()
    }


def measured(latest: LatestSearch, asked: list[AskedQuestion]) -> dict[str, Any]:
    """All figures of a period's questions."""
    undated = [Undated(latest, share) for share in UNDATED.values()]
    whole, *stripped = outcomes([latest, *undated], asked)
    result: dict[str, Any] = by_kind(whole, asked)
    for by, days in LATER.items():
        later = [one for one in (asked_later(one, by) for one in asked) if one]
        (found,) = outcomes([latest], later)
        result[f"asked {days} days later, naming the {by}"] = compared(found, later)
    for share, found in zip(UNDATED, stripped, strict=True):
        result[f"{share} of the articles undated"] = undated_share(found, asked)
    return result


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--bench", type=Path, required=True)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--out", type=Path)
    arguments = parser.parse_args()
    if not is_built(OURS, arguments.data):
        build(OURS, articles_of(arguments.bench, DATASET), arguments.data)
    asked = {name: questions(arguments.bench / DATASET, *days) for name, days in PERIODS.items()}
    embedder = Embedder.open(arguments.data)
    store = open_store(arguments.data, embedder)
    result: dict[str, Any] = {"machine": machine(), "dataset": DATASET}
    try:
        latest = LatestSearch(store, embedder)
        for name, (first, last) in PERIODS.items():
            result[name] = {"first": str(first), "last": str(last)} | measured(latest, asked[name])
    finally:
        store.close()
    print(json.dumps(result, indent=1))
    if arguments.out:
        arguments.out.write_text(json.dumps(result, indent=1) + "\n")


if __name__ == "__main__":
    main()
