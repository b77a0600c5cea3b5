"""Promise 7: indexing the same files again changes nothing; what changed is replaced."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from pathlib import Path

import pytest

from index.config import IndexConfig
from index.ingest import Ingest
from index.inspect import inspect
from index.load import load
from index.records import Found
from index.report import IndexReport, Outcome
from index.store import Store
from tests.fakes import FakeEmbedder
from tests.test_index_chunk import WordTokenizer


def row(number: int, body: str = "") -> dict:
    text = f"The council of Town{number} met on the ferry question." + " It was long." * 60 + body
    return {"id": f"row{number}", "title": f"Meeting {number}", "text": text, "source": "Gazette"}


def written(path: Path, rows: list[dict]) -> Path:
    path.write_text("".join(json.dumps(one) + "\n" for one in rows))
    return path


class Desk:
    """A store with everything that indexing needs."""

    def __init__(self, folder: Path) -> None:
        self.config = IndexConfig(data=folder, batch_articles=10)
        self.embedder = FakeEmbedder()
        self.store = Store.open(self.config, "fake", self.embedder.dimension, "a test")
        self.ingest = Ingest(self.store, self.embedder, WordTokenizer(), self.config)

    def index(self, *paths: Path, **options) -> IndexReport:
        return self.ingest.run(load(paths, self.config), **options)

    def state(self) -> dict[str, object]:
        pairs = [pair for batch in self.store.catalogue.walk() for pair in batch]
        ids = sorted(one.id for one, _ in pairs)
        assert len(set(ids)) == len(ids)
        assert sorted(self.store.vectors.ids()) == ids
        assert sorted(self.store.lexical.ids()) == ids
        return {
            "articles": dict(self.store.catalogue.fingerprints()),
            "passages": {one.id: (one, vector.tobytes()) for one, vector in pairs},
        }


@pytest.fixture
def desk(tmp_path: Path):
    desk = Desk(tmp_path / "data")
    yield desk
    desk.store.close()


def counts(report: IndexReport) -> dict[str, int]:
    return {outcome.value: count for outcome, count in report.counts.items() if count}


def test_a_second_run_changes_nothing(desk: Desk, tmp_path: Path) -> None:
    file = written(tmp_path / "rows.jsonl", [row(number) for number in range(35)])
    assert counts(desk.index(file)) == {"added": 35}
    before, version = desk.state(), desk.store.version
    calls = desk.embedder.embedded
    assert counts(desk.index(file)) == {"unchanged": 35}
    assert desk.state() == before
    assert desk.store.version == version
    assert desk.embedder.embedded == calls


def test_changed_articles_are_replaced_and_keep_the_vectors_of_unchanged_passages(
    desk: Desk, tmp_path: Path
) -> None:
    rows = [row(number) for number in range(30)]
    rows[4] = row(4, " The debate went on." * 200)
    desk.index(written(tmp_path / "rows.jsonl", rows))
    old = set(desk.state()["passages"])
    calls = desk.embedder.embedded
    rows[4] = row(4, " The debate went on." * 200 + " Nobody came.")
    assert counts(desk.index(written(tmp_path / "rows.jsonl", rows))) == {
        "unchanged": 29,
        "updated": 1,
    }
    changed = desk.store.catalogue.passages_of("row4")
    assert "Nobody came." in " ".join(one.text for one, _ in changed)
    assert desk.embedder.embedded - calls < len(changed)
    assert desk.store.catalogue.article("row4").version == 2
    assert not old & {one.id for one, _ in changed}


def test_the_order_of_changes_does_not_matter_to_the_end_state(tmp_path: Path) -> None:
    first, second = Desk(tmp_path / "one"), Desk(tmp_path / "two")
    old, new = [row(n) for n in range(20)], [row(n) for n in range(20)]
    new[3], new[7] = row(3, " A storm came."), row(7, " A storm went.")
    first.index(written(tmp_path / "old.jsonl", old))
    first.index(written(tmp_path / "new.jsonl", new))
    second.index(written(tmp_path / "new.jsonl", new))
    assert first.state() == second.state()
    assert first.store.version == second.store.version
    first.store.close()
    second.store.close()


def test_a_withdrawn_article_stays_away_until_asked_back(desk: Desk, tmp_path: Path) -> None:
    file = written(tmp_path / "rows.jsonl", [row(number) for number in range(5)])
    desk.index(file)
    desk.store.withdraw("row2")
    assert counts(desk.index(file)) == {"unchanged": 4, "withdrawn": 1}
    assert "row2" not in desk.state()["articles"]
    assert counts(desk.index(file, bring_back=True)) == {"unchanged": 4, "added": 1}


def test_the_same_article_from_elsewhere_is_a_duplicate_and_a_syndicated_copy_is_not(
    desk: Desk, tmp_path: Path
) -> None:
    again = {**row(1), "id": "elsewhere"}
    syndicated = {**row(1), "id": "copy", "source": "Courier"}
    file = written(tmp_path / "rows.jsonl", [row(1), again, syndicated, row(1)])
    assert counts(desk.index(file)) == {"added": 2, "duplicate": 2}
    assert counts(desk.index(file)) == {"unchanged": 2, "duplicate": 2}


def test_a_withdrawn_article_does_not_come_back_through_its_duplicate(
    desk: Desk, tmp_path: Path
) -> None:
    file = written(tmp_path / "rows.jsonl", [row(1), {**row(1), "id": "other"}, row(2)])
    desk.index(file)
    desk.store.withdraw("row1")
    assert counts(desk.index(file)) == {"withdrawn": 2, "unchanged": 1}
    assert set(desk.state()["articles"]) == {"row2"}


def test_files_of_one_name_in_two_folders_are_two_articles_however_they_are_named(
    desk: Desk, tmp_path: Path
) -> None:
    folders = [tmp_path / name for name in ("monday", "tuesday")]
    for folder in folders:
        folder.mkdir()
        (folder / "news.txt").write_text(f"The ferry ran late on {folder.name}.")
    assert counts(desk.index(folders[0])) == {"added": 1}
    assert counts(desk.index(folders[1])) == {"added": 1}
    before = desk.state()
    assert counts(desk.index(*folders)) == {"unchanged": 2}
    assert counts(desk.index(folders[1] / "news.txt")) == {"unchanged": 1}
    assert desk.state() == before


def test_two_contents_under_one_id_do_not_change_back_and_forth(desk: Desk, tmp_path: Path) -> None:
    file = written(tmp_path / "rows.jsonl", [row(1), row(1, " Another text.")])
    for _ in range(2):
        report = desk.index(file)
        assert [one.origin for one in report.rejected] == [f"{file}:2"]
        assert "same id" in report.rejected[0].reason
    assert desk.store.catalogue.article("row1").version == 1


def test_bad_rows_are_reported_and_the_rest_is_taken(desk: Desk, tmp_path: Path) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    lines = [json.dumps(row(1)), "{broken", json.dumps({"id": "x", "text": ""}), json.dumps(row(2))]
    (folder / "rows.jsonl").write_text("\n".join(lines))
    (folder / "empty.txt").touch()
    report = desk.index(folder)
    assert counts(report)["added"] == 2
    assert {Path(one.origin).name for one in report.rejected} == {
        "rows.jsonl:2",
        "rows.jsonl:3",
        "empty.txt",
    }


def test_one_article_handed_in_says_what_became_of_it(desk: Desk) -> None:
    found = Found(origin="a request", key="request", text=row(1)["text"], id="n1", title="News")
    assert desk.ingest.take(found).outcome is Outcome.ADDED
    again = desk.ingest.take(found)
    assert (again.outcome, again.version, again.passages) == (Outcome.UNCHANGED, 1, 2)
    changed = Found(origin="a request", key="request", text="Quite another text.", id="n1")
    taken = desk.ingest.take(changed)
    assert (taken.outcome, taken.version, taken.passages) == (Outcome.UPDATED, 2, 1)
    assert "no text" in desk.ingest.take(Found("a request", "request", "  ")).reason


_INDEX = """
import sys
from pathlib import Path
from tests.test_index_ingest import Desk
desk = Desk(Path(sys.argv[1]))
desk.ingest.run(
    __import__("index.load").load.load([sys.argv[2]], desk.config),
    lambda report: print(sum(report.counts.values()), flush=True),
)
"""


def test_a_run_that_was_killed_midway_is_completed_by_running_it_again(tmp_path: Path) -> None:
    file = written(tmp_path / "rows.jsonl", [row(number) for number in range(400)])
    process = subprocess.Popen(
        [sys.executable, "-c", _INDEX, str(tmp_path / "killed"), str(file)],
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    while (line := process.stdout.readline()) and int(line) < 60:
        time.sleep(0.001)
    process.kill()
    process.wait()
    killed, whole = Desk(tmp_path / "killed"), Desk(tmp_path / "whole")
    assert 60 <= killed.store.catalogue.counts()[0] < 400
    killed.index(file)
    whole.index(file)
    assert killed.state() == whole.state()
    killed.store.close()
    whole.store.close()
    assert inspect(IndexConfig(data=tmp_path / "killed")) == []
