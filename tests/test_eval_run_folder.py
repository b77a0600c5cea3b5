"""A run's folder: taken up again, or refused, and never mixed."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from eval.errors import RunIncomplete, RunRefused
from eval.records import Outcome, Verdict
from eval.run_folder import finished, missing_of, opened
from tests.eval_fakes import answered

IDS = ["one", "two", "three"]


def manifest(**changes) -> dict:
    return {"dataset": "fake", "dataset_fingerprint": "f", "cases": 3, "system": "s",
            "settings": {"engine": "e"}, "code": "c", "in_full": False, "judge": None,
            "cases_fingerprint": "g", **changes}  # fmt: skip


def outcome(case_id: str, **changes) -> Outcome:
    return Outcome(**{"case_id": case_id, "prediction": answered(), "milliseconds": 3, **changes})


def test_what_was_added_is_there_after_opening_again(tmp_path: Path) -> None:
    folder = tmp_path / "new" / "run"
    with opened(folder, manifest(), IDS) as run:
        assert run.outcomes == {}
        run.add(outcome("one"))
        run.add(outcome("two", prediction=None, error="Slow: too slow"))
    with opened(folder, manifest(), IDS) as run:
        assert run.outcomes == {
            "one": outcome("one"),
            "two": outcome("two", prediction=None, error="Slow: too slow"),
        }
        assert missing_of(IDS, run.outcomes) == ["two", "three"]


def test_the_last_outcome_of_a_case_counts(tmp_path: Path) -> None:
    with opened(tmp_path / "run", manifest(), IDS) as run:
        run.add(outcome("one", prediction=None, error="down"))
        run.add(outcome("one"))
    with opened(tmp_path / "run", manifest(), IDS) as run:
        assert run.outcomes["one"].error is None


@pytest.mark.parametrize("torn", [b'{"case_id": "tw', b"\xff\xfe", b'{"case_id": "two"}'])
def test_a_torn_last_line_is_dropped_and_its_case_asked_again(tmp_path: Path, torn: bytes) -> None:
    with opened(tmp_path / "run", manifest(), IDS) as run:
        run.add(outcome("one"))
    file = tmp_path / "run" / "outcomes.jsonl"
    file.write_bytes(file.read_bytes() + torn)
    with opened(tmp_path / "run", manifest(), IDS) as run:
        assert missing_of(IDS, run.outcomes) == ["two", "three"]
        run.add(outcome("two"))
        run.add(outcome("three"))
        run.finish("now")
    assert set(finished(tmp_path / "run")[1]) == set(IDS)


@pytest.mark.parametrize(
    "changes",
    [
        {"dataset_fingerprint": "other"},
        {"system": "other"},
        {"settings": {"engine": "other"}},
        {"code": "other"},
        {"in_full": True},
        {"judge": "m"},
        {"jobs": 4},
        {"machine": {"cores": 64}},
        {"cases_fingerprint": "other"},
    ],
    ids=lambda changes: next(iter(changes)),
)
def test_another_run_is_refused_and_nothing_written(tmp_path: Path, changes: dict) -> None:
    with opened(tmp_path / "run", manifest(), IDS) as run:
        run.add(outcome("one"))
    before = {p.name: p.read_bytes() for p in (tmp_path / "run").iterdir()}
    with (
        pytest.raises(RunRefused, match=next(iter(changes))),
        opened(tmp_path / "run", manifest(**changes), IDS),
    ):
        pass
    assert {p.name: p.read_bytes() for p in (tmp_path / "run").iterdir()} == before


def test_a_folder_with_other_things_is_refused(tmp_path: Path) -> None:
    (tmp_path / "thesis.doc").write_text("my only copy")
    with pytest.raises(RunRefused, match="thesis.doc"), opened(tmp_path, manifest(), IDS):
        pass
    assert sorted(one.name for one in tmp_path.iterdir()) in (
        ["thesis.doc"],
        [".lock", "thesis.doc"],
    )


def test_a_file_in_the_way_is_refused(tmp_path: Path) -> None:
    (tmp_path / "run").write_text("")
    with pytest.raises(RunRefused, match="run"), opened(tmp_path / "run", manifest(), IDS):
        pass


@pytest.mark.parametrize("content", ["", "[]", "{", '{"cases": "three"}', "\x00"])
def test_a_broken_manifest_is_refused(tmp_path: Path, content: str) -> None:
    (tmp_path / "run.json").write_text(content)
    with pytest.raises(RunRefused, match="run.json"), opened(tmp_path, manifest(), IDS):
        pass


def test_a_broken_line_in_the_middle_is_refused_with_its_number(tmp_path: Path) -> None:
    with opened(tmp_path, manifest(), IDS) as run:
        run.add(outcome("one"))
    file = tmp_path / "outcomes.jsonl"
    file.write_bytes(file.read_bytes() + b"{broken}\n")
    with pytest.raises(RunRefused, match="outcomes.jsonl:2"), opened(tmp_path, manifest(), IDS):
        pass


def test_a_case_of_another_dataset_is_refused(tmp_path: Path) -> None:
    with opened(tmp_path, manifest(), IDS) as run:
        run.add(outcome("stranger"))
    with pytest.raises(RunRefused, match="stranger"), opened(tmp_path, manifest(), IDS):
        pass


def test_two_writers_are_one_too_many(tmp_path: Path) -> None:
    with (
        opened(tmp_path, manifest(), IDS),
        pytest.raises(RunRefused, match="another process"),
        opened(tmp_path, manifest(), IDS),
    ):
        pass
    with opened(tmp_path, manifest(), IDS):
        pass  # and it is free again


def test_only_a_finished_run_is_read(tmp_path: Path) -> None:
    with pytest.raises(RunRefused, match="not a run folder"):
        finished(tmp_path)
    with opened(tmp_path, manifest(), IDS) as run:
        run.add(outcome("one"))
    with pytest.raises(RunIncomplete, match="1 of 3"):
        finished(tmp_path)
    with opened(tmp_path, manifest(), IDS) as run:
        run.add(outcome("two"))
        run.add(outcome("three"))
        run.finish("now")
    read, outcomes = finished(tmp_path)
    assert read["finished"] == "now" and list(outcomes) == IDS
    assert json.loads((tmp_path / "run.json").read_text()) == read


def test_a_run_that_is_gone_on_with_is_not_finished_until_it_is(tmp_path: Path) -> None:
    with opened(tmp_path, manifest(), IDS) as run:
        for case_id in IDS:
            run.add(outcome(case_id))
        run.finish("now")
    with opened(tmp_path, manifest(), IDS) as run:
        run.begin()
    with pytest.raises(RunIncomplete):
        finished(tmp_path)


def test_what_is_no_outcome_is_refused(tmp_path: Path) -> None:
    with opened(tmp_path, manifest(), IDS):
        pass
    (tmp_path / "outcomes.jsonl").write_text('{"case_id": "one"}\n')
    with pytest.raises(RunRefused, match="outcomes.jsonl:1"), opened(tmp_path, manifest(), IDS):
        pass
    (tmp_path / "outcomes.jsonl").unlink()
    (tmp_path / "outcomes.jsonl").mkdir()
    with pytest.raises(RunRefused, match="outcomes.jsonl"), opened(tmp_path, manifest(), IDS):
        pass


def test_a_case_whose_judge_failed_is_asked_again() -> None:
    silent = outcome("one", verdict=Verdict(error="the model is down"))
    assert missing_of(IDS, {"one": silent, "two": outcome("two")}) == ["one", "three"]


FULL = """
import resource, signal, sys
from pathlib import Path
from eval.errors import RunRefused
from eval.run_folder import opened
from tests.test_eval_run_folder import manifest, outcome
ids = [f"case-{number}" for number in range(1000)]
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, resource.RLIM_INFINITY))
try:
    with opened(Path(sys.argv[1]), manifest(), ids) as run:
        for case_id in ids:
            run.add(outcome(case_id))
except RunRefused as error:
    print(error)
"""


def test_a_full_disk_is_told_and_what_is_kept_is_gone_on_from(tmp_path: Path) -> None:
    # A limit on the size of files stands in for it: writing fails, reading does not.
    done = subprocess.run(
        [sys.executable, "-c", FULL, str(tmp_path)], capture_output=True, text=True, timeout=120
    )
    assert done.returncode == 0, done.stderr
    assert "make room" in done.stdout and "Traceback" not in done.stderr
    ids = [f"case-{number}" for number in range(1000)]
    with opened(tmp_path, manifest(), ids) as run:
        kept = len(run.outcomes)
        assert 10 < kept < 1000
        assert missing_of(ids, run.outcomes) == ids[kept:]
        run.add(outcome(ids[kept]))
    with opened(tmp_path, manifest(), ids) as run:
        assert len(run.outcomes) == kept + 1
