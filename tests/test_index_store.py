"""The data folder: what is put in comes out, in every index, after closing and opening."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path

import pytest

from index.config import IndexConfig
from index.errors import (
    ArticleNotFound,
    FolderFull,
    FolderInUse,
    FormatTooNew,
    ModelMismatch,
    VectorStoreError,
)
from index.inspect import inspect
from index.records import Filters
from index.store import Store
from index.vectors import VectorIndex
from tests.stored import DIMENSION, MODEL, entry, vector_of


def opened(folder: Path, **changes: object) -> Store:
    return Store.open(IndexConfig(data=folder, **changes), MODEL, DIMENSION, "a test")


def ids_everywhere(store: Store) -> tuple[set[str], set[str], set[str]]:
    catalogue = {one.id for batch in store.catalogue.walk() for one, _ in batch}
    return catalogue, set(store.vectors.ids()), set(store.lexical.ids())


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "data"


def test_an_article_is_found_by_both_indexes_and_read_from_the_catalogue(folder: Path) -> None:
    with_articles = [entry(number) for number in range(20)]
    store = opened(folder)
    store.put(with_articles)
    wanted = with_articles[7].passages[1]
    dense = store.search_dense(vector_of(wanted.text), 5)
    assert dense[0].passage_id == wanted.id
    assert dense[0].score == pytest.approx(1, abs=1e-4)
    assert store.search_lexical("Unique7x1v1", 5)[0].passage_id == wanted.id
    assert store.catalogue.passages([wanted.id]) == [wanted]
    assert store.catalogue.article("a00007").article == with_articles[7].article
    store.close()


def test_closing_and_opening_changes_nothing_and_needs_no_mending(folder: Path) -> None:
    store = opened(folder)
    store.put([entry(number) for number in range(30)])
    before, version = ids_everywhere(store), store.version
    store.close()
    again = opened(folder)
    assert again.mended == []
    assert ids_everywhere(again) == before
    assert again.version == version
    again.close()


def test_a_changed_article_replaces_its_passages_everywhere(folder: Path) -> None:
    store = opened(folder)
    store.put([entry(1), entry(2)])
    store.put([entry(1, version=2, passages=2)])
    expected = {one.id for one in (*entry(1, version=2, passages=2).passages, *entry(2).passages)}
    assert ids_everywhere(store) == (expected, expected, expected)
    assert store.catalogue.article("a00001").version == 2
    store.close()


def test_a_withdrawn_article_is_gone_from_every_search_and_remembered(folder: Path) -> None:
    store = opened(folder)
    store.put([entry(1), entry(2)])
    store.withdraw("a00001")
    assert all(ids == {one.id for one in entry(2).passages} for ids in ids_everywhere(store))
    assert store.search_lexical("Unique1x0v1", 5) == []
    assert store.catalogue.was_withdrawn("a00001")
    with pytest.raises(ArticleNotFound):
        store.withdraw("a00001")
    store.close()


@pytest.mark.parametrize(
    ("filters", "kept"),
    [
        (Filters(sources=("OUTLET 3",)), lambda one: one.source == "Outlet 3"),
        (
            Filters(published_from=date(2024, 1, 10), published_to=date(2024, 1, 12)),
            lambda one: (
                one.published is None or date(2024, 1, 10) <= one.published <= date(2024, 1, 12)
            ),
        ),
        (
            Filters(published_to=date(2024, 1, 12), keep_undated=False),
            lambda one: one.published is not None and one.published <= date(2024, 1, 12),
        ),
    ],
)
def test_filters_keep_the_same_passages_in_both_indexes(folder: Path, filters, kept) -> None:
    store = opened(folder)
    store.put([entry(number) for number in range(40)])
    every = [one for number in range(40) for one in entry(number).passages]
    expected = {one.id for one in every if kept(one)}
    assert 0 < len(expected) < len(every)
    dense = {one.passage_id for one in store.search_dense(vector_of("anything"), 200, filters)}
    lexical = {one.passage_id for one in store.search_lexical("report", 200, filters)}
    assert dense == expected
    assert lexical == expected
    store.close()


def test_another_model_or_recipe_is_refused_with_the_way_out(folder: Path) -> None:
    opened(folder).close()
    with pytest.raises(ModelMismatch, match="new folder"):
        Store.open(IndexConfig(data=folder), "another-model", DIMENSION, "a test")
    with pytest.raises(ModelMismatch):
        opened(folder, passage_tokens=99)
    opened(folder).close()


def test_a_later_format_is_refused_before_anything_is_written(folder: Path) -> None:
    store = opened(folder)
    with store.catalogue.transaction() as connection:
        connection.execute("UPDATE meta SET value = '99' WHERE key = 'format'")
    store.close()
    before = {path: path.read_bytes() for path in folder.rglob("*.sqlite*")}
    with pytest.raises(FormatTooNew, match="later release"):
        opened(folder)
    assert {path: path.read_bytes() for path in folder.rglob("*.sqlite*")} == before


def test_no_room_is_refused_before_the_indexes_are_touched(folder: Path) -> None:
    store = opened(folder)
    store.put([entry(1)])
    store.close()
    store = opened(folder, reserve_bytes=2**60)  # more than any disk has
    with pytest.raises(FolderFull, match="Free some space"):
        store.put([entry(2)])
    assert store.search_lexical("Unique1x0v1", 5)
    store.withdraw("a00001")  # what must go can go all the same
    assert not store.search_lexical("Unique1x0v1", 5)
    store.close()
    assert inspect(IndexConfig(data=folder)) == []


class FailsAfterWriting:
    """A vector index that takes the rows and then fails, as one on a full disk may."""

    def __init__(self, real: VectorIndex) -> None:
        self._real = real

    def upsert(self, passages, vectors) -> None:
        self._real.upsert(passages, vectors)
        raise VectorStoreError("no room")

    def __getattr__(self, name: str):
        return getattr(self._real, name)


def test_a_failed_write_takes_nothing_and_the_next_opening_is_clean(folder: Path) -> None:
    store = opened(folder)
    store.put([entry(1)])
    store.vectors = FailsAfterWriting(store.vectors)
    with pytest.raises(VectorStoreError):
        store.put([entry(2), entry(1, version=2)])
    assert store.catalogue.counts() == (1, 3)
    assert store.catalogue.article("a00001").version == 1
    store.close()
    again = opened(folder)
    assert again.mended == ["vector index: 6 left over"]
    assert all(ids == {one.id for one in entry(1).passages} for ids in ids_everywhere(again))
    again.close()


def test_threads_that_come_and_go_leave_no_open_files(folder: Path) -> None:
    store = opened(folder)
    store.put([entry(1)])

    def read() -> None:
        store.catalogue.passages([one.id for one in entry(1).passages])

    def open_files() -> int:
        return len(list(Path("/dev/fd").iterdir()))

    read()
    before = open_files()
    for _ in range(40):
        threads = [threading.Thread(target=read) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert open_files() <= before + 16
    store.close()


def test_reading_does_not_wait_for_a_write(folder: Path) -> None:
    store = opened(folder)
    store.put([entry(1)])
    with store.catalogue.transaction(), ThreadPoolExecutor(1) as pool:
        reading = pool.submit(store.catalogue.counts)
        assert reading.result(timeout=5) == (1, 3)
    store.close()


_HOLD = """
import sys, time
from pathlib import Path
from index.lock import FolderLock
FolderLock.acquire(Path(sys.argv[1]), "the holder")
print("held", flush=True)
time.sleep(60)
"""


def test_a_second_process_is_told_who_holds_the_folder_and_gets_it_when_the_holder_dies(
    folder: Path,
) -> None:
    for _ in range(5):
        holder = subprocess.Popen(
            [sys.executable, "-c", _HOLD, str(folder)], stdout=subprocess.PIPE, text=True
        )
        try:
            assert holder.stdout is not None and holder.stdout.readline() == "held\n"
            began = time.monotonic()
            with pytest.raises(FolderInUse, match=f"the holder.*process {holder.pid}"):
                opened(folder)
            assert time.monotonic() - began < 10  # at once, not after waiting for the holder
        finally:
            holder.kill()
            holder.wait()
        opened(folder).close()
