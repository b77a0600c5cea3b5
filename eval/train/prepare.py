"""All that the reader learns from, made once from the public data and kept as JSON lines.

Of the news, only questions of the training weeks and only articles that no test's question was
written from (`eval.train.usable`) are read. CLAPNQ is left alone: abstention is measured on it.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import asdict
from pathlib import Path

import numpy as np

from eval.datasets.realtimeqa import questions
from eval.train import qamr, quiz, squad_shifts
from eval.train.cloze import clozes, group_of
from eval.train.examples import Group, Text
from eval.train.heldout import training
from eval.train.unanswerable import swapped
from eval.train.usable import usable_articles
from index.errors import ArticleNotFound
from index.records import Hit
from index.store import Store
from qa.retrieve import Retriever

CLOZES = 12_000
_SEEN = 14  #: passages in which a cloze's answer is looked for
_READ = 50  #: passages that a quiz question is given to choose from


class Sources:
    """The groups by their source's name. `work` keeps them; `store` holds all the news."""

    def __init__(
        self,
        bench: Path,
        work: Path,
        store: Store,
        retriever: Retriever,
        tell: Callable[[str], None],
    ) -> None:
        self._bench, self._work = bench, work
        self._store, self._retriever, self._tell = store, retriever, tell

    def groups(self, name: str) -> list[Group]:
        """Those of a source: "people", "sentences", "clozes", "quizzes" or "near"."""
        path = self._work / f"{name}.jsonl"
        if not path.exists():
            self._tell(f"preparing {name}")
            made = getattr(self, f"_{name}")()
            _write(path, made)
        found = list(_read(path))
        self._tell(f"{name}: {len(found)} questions")
        return found

    def _people(self) -> list[Group]:
        """What people asked of Wikipedia, Reddit and Amazon, with two passages that mislead."""
        return squad_shifts.groups(training(self._bench), negatives=2)

    def _sentences(self) -> list[Group]:
        return qamr.groups(self._bench / "readers")

    def _quizzes(self) -> list[Group]:
        folder = self._bench / "realtimeqa-2022-2023"
        made = []
        for asked in questions(folder, *quiz.TRAINING):
            hits = self._retriever.retrieve(asked.text, _READ, asked.asked_on)
            group = quiz.group_of(asked, hits, right=2, wrong=4)
            if group is not None:
                made.append(group)
        return made

    def _clozes(self) -> list[Group]:
        usable = usable_articles(self._bench)
        random = np.random.default_rng(5)
        ids = sorted(usable)
        made: list[Group] = []
        for place in random.permutation(len(ids)):
            try:
                article = self._store.catalogue.article(ids[place]).article
            except ArticleNotFound:
                continue  # it could not be read, or is a copy of another
            for cloze in clozes(article, random, most=3):
                group = group_of(cloze, article, self._lexical, 2, usable.__contains__)
                if group is not None:
                    made.append(group)
            if len(made) >= CLOZES:
                break
        return made

    def _near(self) -> list[Group]:
        """Questions with a name or number swapped."""
        random = np.random.default_rng(7)
        made = []
        for name, share in (("quizzes", 1.0), ("clozes", 0.35), ("people", 0.2)):
            for group in self.groups(name):
                if random.random() < share and (other := swapped(group, random)):
                    made.append(other)
        return made

    def _lexical(self, query: str, _: object) -> list[Hit]:
        """By words alone: a cloze shares them with what misleads most."""
        found = self._store.search_lexical(query, _SEEN, None)
        passages = {one.id: one for one in self._store.passages([f.passage_id for f in found])}
        return [Hit(passages[f.passage_id], f.score) for f in found if f.passage_id in passages]


def _write(path: Path, groups: list[Group]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_suffix(".part")
    with part.open("w", encoding="utf-8") as file:
        for group in groups:
            file.write(json.dumps(asdict(group)) + "\n")
    part.replace(path)


def _read(path: Path) -> Iterator[Group]:
    with path.open(encoding="utf-8") as file:
        for line in file:
            row = json.loads(line)
            texts = (
                Text(one["title"], one["text"], tuple((a, b) for a, b in one["spans"]))
                for one in row["texts"]
            )
            yield Group(row["question"], tuple(texts))
