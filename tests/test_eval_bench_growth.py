"""Four sizes of one collection, each a part of the next."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest

from eval.bench.corpus import OURS, PLAIN, bytes_on_disk, is_built, open_store
from eval.bench.growth import DATASET, PARTS, part_of, step
from eval.systems.llama_index import plain_counts
from tests.fakes import FakeEmbedder

IDS = [f"article-{number}" for number in range(17)]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Benchmark data of 17 articles, of which the last says the same as the first."""
    rows = [
        {"id": one, "title": one, "text": f"Something happened in {place}. It was told at once."}
        for one, place in zip(IDS, [*(f"Town{n}" for n in range(16)), "Town0"], strict=True)
    ]
    rows[16]["title"] = rows[0]["title"]
    path = tmp_path / "bench" / DATASET / "articles.jsonl.gz"
    path.parent.mkdir(parents=True)
    path.write_bytes(gzip.compress("".join(json.dumps(one) + "\n" for one in rows).encode()))
    return tmp_path / "bench"


def test_every_size_is_a_part_of_the_next() -> None:
    sizes = [part_of(IDS, part) for part in PARTS]
    assert [len(one) for one in sizes] == [2, 4, 8, 17]
    assert sizes[0] < sizes[1] < sizes[2] < sizes[3] == set(IDS)


def test_the_parts_are_the_same_in_any_order() -> None:
    assert part_of(reversed(IDS), 4) == part_of(IDS + IDS, 4)
    # Pinned: another choice would make committed figures those of other articles.
    assert part_of(IDS, 8) == {"article-8", "article-9"}


@pytest.mark.parametrize("system", [OURS, PLAIN])
def test_steps_add_up_and_keep_a_closed_copy_each(
    folder: Path, tmp_path: Path, system: str
) -> None:
    data = tmp_path / "sizes"
    data.mkdir()
    (data / f"{system}-8.unfinished").mkdir()  # of a build that was killed
    counts = [step(folder, data, system, part, FakeEmbedder())["articles"] for part in PARTS]
    assert counts == [2, 4, 8, 16]
    for part, count in zip(PARTS, counts, strict=True):
        kept = data / f"{system}-{part}"
        figures = json.loads((data / f"{system}-{part}.json").read_text())
        assert figures["articles"] == count and figures["passages"] == count
        assert figures["bytes_on_disk"] == bytes_on_disk(system, kept) > 0
        assert is_built(system, kept)
    assert not list(data.glob("*.unfinished"))
    if system == OURS:
        store = open_store(data / "ours-4", FakeEmbedder())
        assert store.catalogue.counts() == (4, 4)
        store.close()
    else:
        found = plain_counts(data / "llama-index-4")
        assert found is not None and found.articles == 4
