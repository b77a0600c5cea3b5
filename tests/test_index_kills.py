"""Promises 1 and 2: the indexing process is killed at random moments; nothing acknowledged is lost.

DATELINE_KILLS sets the number of kills (20 unless told otherwise; the full form is
`make soak`, 200).
"""

from __future__ import annotations

import os
import random
import subprocess
import sys
import time
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from index.config import IndexConfig
from index.inspect import inspect
from index.store import Store
from qa.answer import Answerer
from qa.records import Question
from tests.fakes import FakeModel
from tests.stored import DIMENSION, MODEL, entry, vector_of

KILLS = int(os.environ.get("DATELINE_KILLS", "20"))


def killed_after(folder: Path, seed: int, seconds: float) -> list[str]:
    """What the process acknowledged before it was killed, `seconds` after its opening."""
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.indexing_process", str(folder), str(seed)],
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    try:
        assert process.stdout.readline() == "opened\n"
        time.sleep(seconds)
    finally:
        process.kill()
        rest = process.stdout.read()
        process.wait()
    return rest.splitlines()


def follow(state: dict[int, str | None], acknowledged: list[str]) -> None:
    """Bring the expected state up to date: article number → fingerprint, None: withdrawn."""
    for line in acknowledged:
        word, *rest = line.split()
        if word == "put":
            state.update((int(n), f) for n, f in (one.split(":") for one in rest))
        else:
            state[int(rest[0])] = None


def check(store: Store, state: dict[int, str | None]) -> None:
    """The catalogue holds at least what was acknowledged, and both indexes hold the catalogue."""
    live = dict(store.catalogue.fingerprints())
    gone = []
    for number, acknowledged in state.items():
        found = live.get(f"a{number:05d}")
        if acknowledged is None:
            continue  # withdrawn, or put again by the write that was cut off
        if found is None:
            gone.append(f"a{number:05d}")
            continue
        assert int(found.partition("v")[2]) >= int(acknowledged.partition("v")[2])
    # One may be missing: the kill fell between a withdrawal and the line that says so.
    assert len(gone) <= 1, f"lost {gone}"
    assert all(store.catalogue.was_withdrawn(article_id) for article_id in gone)
    everything = [pair for batch in store.catalogue.walk() for pair in batch]
    ids = {one.id for one, _ in everything}
    assert set(store.vectors.ids()) == ids
    assert set(store.lexical.ids()) == ids
    for passage, vector in everything:
        made = entry(int(passage.article_id[1:]), int(passage.id.split("_")[2]))
        assert passage in made.passages
        assert np.array_equal(vector, vector_of(passage.text))
        assert store.search_dense(vector, 1)[0].passage_id == passage.id
        assert store.search_lexical(passage.text.split()[0], 1)[0].passage_id == passage.id


def leave_unsealed(store: Store) -> None:
    """Close the files as the end of a process does: without a seal."""
    store.close()
    (store.config.data / "seal.json").unlink()


class SeededEmbedder:
    """The vectors of `tests.stored`, for asking."""

    def embed_query(self, text: str) -> np.ndarray:
        return vector_of(text)

    def embed_passages(self, texts: list[str]) -> np.ndarray:
        return np.stack([vector_of(text) for text in texts])


def ask(store: Store) -> None:
    """A question in a live passage's own words finds its article, if there is one yet."""
    if store.catalogue.is_empty():
        return  # killed before it had added anything, as on a slow machine
    article_id = store.catalogue.fingerprints()[0][0]
    passage, _ = store.catalogue.passages_of(article_id)[0]
    question = Question(passage.text, as_of=date(2024, 6, 1))
    answer = Answerer.over(store, SeededEmbedder(), model=FakeModel()).ask(question)
    assert article_id in {one.article_id for one in answer.passages}


@pytest.mark.timeout(60 + 20 * KILLS)
def test_kills_lose_nothing_acknowledged_and_never_wedge_the_folder(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    chance = random.Random(20210224)
    state: dict[int, str | None] = {}
    acknowledged = 0
    for seed in range(KILLS):
        lines = killed_after(folder, seed, chance.uniform(0, 0.8))
        acknowledged += len(lines)
        follow(state, lines)
        store = Store.open(IndexConfig(data=folder), MODEL, DIMENSION, "a test")
        check(store, state)
        ask(store)
        live = store.catalogue.fingerprints()
        # Every second time the next process finds a folder that was not closed either.
        if seed % 2:
            store.close()
            assert inspect(IndexConfig(data=folder)) == []
        else:
            leave_unsealed(store)
        state = {int(article_id[1:]): print_ for article_id, print_ in live}
    assert acknowledged > KILLS  # the kills fell among writes, not before the first
