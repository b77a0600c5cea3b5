"""The journal keeps answers and feedback, within bounds, and never costs anybody an answer."""

from __future__ import annotations

import logging
import os
import signal
import sqlite3
import stat
import subprocess
import sys
import threading
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from qa.errors import AnswerNotFound, AnswersNotKept, FeedbackNotKept, JournalUnreadable
from qa.journal import Journal, kept_answer, kept_answers
from qa.journal_schema import DAMAGED, NAME
from qa.records import Answer, Question
from qa.records_feedback import Feedback
from tests.fakes import FakeDesk
from tests.serving import wait_until


def answer(number: int, text: str = "who said it?", conversation: str | None = None) -> Answer:
    given = FakeDesk().ask(Question(text, history=()))
    return given.model_copy(update={"id": f"ans_{number}", "conversation_id": conversation})


def ids(folder: Path, **options) -> list[str]:
    return [one.answer.id for one in kept_answers(folder, **options)]


def rows(folder: Path) -> int:
    with closing(sqlite3.connect(folder / NAME)) as connection:
        return connection.execute("SELECT count(*) FROM answers").fetchone()[0]


def test_an_answer_is_kept_whole(tmp_path: Path) -> None:
    before = datetime.now(UTC).replace(microsecond=0)
    given = answer(1, "who said “it”? \N{SNOWMAN}", conversation="conv_1")
    journal = Journal(tmp_path, 10)
    journal.keep(given)
    # While the journal is open: a reader needs no lock and sees each answer at once.
    (kept,) = kept_answers(tmp_path)
    assert kept.answer == given
    assert before <= kept.asked <= datetime.now(UTC)
    assert kept.feedback is kept.judged is None
    with closing(sqlite3.connect(tmp_path / NAME)) as connection:
        found = connection.execute("SELECT conversation_id FROM answers").fetchall()
    assert found == [(None,)]  # the asker's own: no conversation that is kept here
    journal.close()
    journal.close()
    assert kept_answer(tmp_path, "ans_1") == kept
    assert kept_answer(tmp_path, "ans_2") is None


def test_only_the_latest_are_kept(tmp_path: Path) -> None:
    journal = Journal(tmp_path, 3)
    for number in range(8):
        journal.keep(answer(number))
        assert rows(tmp_path) == min(number + 1, 3)
    assert ids(tmp_path) == ["ans_7", "ans_6", "ans_5"]
    assert ids(tmp_path, most=2) == ["ans_7", "ans_6"]
    journal.close()
    Journal(tmp_path, 2).close()
    assert ids(tmp_path) == ["ans_7", "ans_6"]
    journal = Journal(tmp_path, 5)
    journal.keep(answer(8))
    assert ids(tmp_path) == ["ans_8", "ans_7", "ans_6"]
    journal.close()


def test_none_are_kept_and_the_former_ones_go(tmp_path: Path) -> None:
    journal = Journal(tmp_path, 3)
    journal.keep(answer(1))
    journal.close()
    (tmp_path / "catalogue.sqlite").touch()
    journal = Journal(tmp_path, 0)
    journal.keep(answer(2))
    with pytest.raises(AnswersNotKept):
        journal.judge(Feedback("ans_1", True))
    journal.close()
    assert [one.name for one in tmp_path.iterdir()] == ["catalogue.sqlite"]


def test_feedback_is_kept_and_replaced(tmp_path: Path) -> None:
    journal = Journal(tmp_path, 10)
    for number in range(4):
        journal.keep(answer(number))
    first = journal.judge(Feedback("ans_1", False, "wrong day"))
    assert (first.answer_id, first.is_positive, first.has_replaced) == ("ans_1", False, False)
    journal.judge(Feedback("ans_2", True))
    assert ids(tmp_path) == ["ans_1", "ans_3", "ans_2", "ans_0"]
    assert ids(tmp_path, only_judged=True) == ["ans_1", "ans_2"]
    kept = kept_answer(tmp_path, "ans_1")
    assert kept is not None and kept.feedback == Feedback("ans_1", False, "wrong day")
    assert kept.judged == first.given
    again = journal.judge(Feedback("ans_1", True))
    assert again.has_replaced
    kept = kept_answer(tmp_path, "ans_1")
    assert kept is not None and kept.feedback == Feedback("ans_1", True, None)
    with pytest.raises(AnswerNotFound):
        journal.judge(Feedback("ans_9", True))
    journal.close()


def test_nobody_else_may_read_the_questions(tmp_path: Path) -> None:
    former = os.umask(0)
    try:
        journal = Journal(tmp_path, 10)
        journal.keep(answer(1))
        files = sorted(tmp_path.iterdir())
        assert [one.name for one in files] == [NAME, f"{NAME}-shm", f"{NAME}-wal"]
        assert {stat.S_IMODE(one.stat().st_mode) for one in files} == {0o600}
        journal.close()
        (tmp_path / NAME).chmod(0o644)
        Journal(tmp_path, 10).close()
    finally:
        os.umask(former)
    assert stat.S_IMODE((tmp_path / NAME).stat().st_mode) == 0o600


def test_many_threads_keep_and_judge_at_once(tmp_path: Path) -> None:
    journal = Journal(tmp_path, 80)
    threads = 8

    def work(thread: int) -> None:
        for number in range(thread * 10, thread * 10 + 10):
            journal.keep(answer(number))
            journal.judge(Feedback(f"ans_{number}", number % 2 == 0))

    workers = [threading.Thread(target=work, args=(one,)) for one in range(threads)]
    for worker in workers:
        worker.start()
    while any(worker.is_alive() for worker in workers):
        assert len(ids(tmp_path)) <= 80
    journal.close()
    kept = list(kept_answers(tmp_path))
    assert len(kept) == 80
    for one in kept:
        number = int(one.answer.id.removeprefix("ans_"))
        assert one.feedback == Feedback(one.answer.id, number % 2 == 0)


def damage(path: Path, kind: str) -> None:
    if kind == "not a database":
        path.write_bytes(b"This is no database, and never was. " * 300)
    elif kind == "torn":
        with path.open("r+b") as file:
            file.seek(4096)
            file.write(b"\xa5" * (path.stat().st_size - 4096))
    elif kind == "other tables":
        path.unlink()
        with closing(sqlite3.connect(path)) as connection:
            connection.execute("CREATE TABLE answers (id TEXT)")
            connection.commit()


@pytest.mark.parametrize("kind", ["not a database", "torn", "other tables"])
def test_a_damaged_journal_is_set_aside(tmp_path: Path, kind: str, caplog) -> None:
    path = tmp_path / NAME
    journal = Journal(tmp_path, 100)
    for number in range(60):
        journal.keep(answer(number, "w" * 300))
    journal.close()
    damage(path, kind)
    harmed = path.read_bytes()
    with caplog.at_level(logging.INFO):
        journal = Journal(tmp_path, 100)
        journal.keep(answer(60))
        journal.keep(answer(61))
    assert ids(tmp_path)[:2] == ["ans_61", "ans_60"]
    told = [one for one in caplog.messages if "is damaged" in one]
    assert len(told) == 1 and DAMAGED in told[0] and NAME in told[0]
    # But for SQLite's header, which says by now that a log goes with it.
    assert (tmp_path / DAMAGED).read_bytes()[100:] == harmed[100:]
    assert ids(tmp_path) == ["ans_61", "ans_60"]
    journal.close()


def test_damage_while_the_journal_is_open_costs_no_answer(tmp_path: Path, caplog) -> None:
    journal = Journal(tmp_path, 100)
    for number in range(60):
        journal.keep(answer(number))
    journal.close()
    journal = Journal(tmp_path, 100)
    damage(tmp_path / NAME, "torn")
    for number in range(100, 110):
        journal.keep(answer(number))
    assert set(ids(tmp_path)) >= {"ans_109", "ans_108"}
    journal.close()


def test_a_journal_of_a_later_release_is_left_alone(tmp_path: Path, caplog) -> None:
    with closing(sqlite3.connect(tmp_path / NAME)) as connection:
        connection.execute("PRAGMA user_version = 3")
    before = (tmp_path / NAME).read_bytes()
    journal = Journal(tmp_path, 10)
    journal.keep(answer(1))
    with pytest.raises(FeedbackNotKept, match="later release"):
        journal.judge(Feedback("ans_1", True))
    journal.close()
    assert (tmp_path / NAME).read_bytes() == before
    assert "a later release of Dateline wrote it" in caplog.text


def test_what_cant_be_written_is_told_now_and_then_and_ends(tmp_path: Path, caplog) -> None:
    blocked = tmp_path / NAME
    blocked.mkdir()
    with caplog.at_level(logging.INFO):
        journal = Journal(tmp_path, 10, quiet_seconds=3600)
        caplog.clear()
        for number in range(20):
            journal.keep(answer(number, "a private question?"))
        assert len(caplog.messages) == 1
        with pytest.raises(FeedbackNotKept):
            journal.judge(Feedback("ans_1", True))
        blocked.rmdir()
        caplog.clear()
        journal.keep(answer(20))
        journal.keep(answer(21))
    assert caplog.messages == ["answers are kept again; 20 were not"]
    assert "private" not in caplog.text
    assert ids(tmp_path) == ["ans_21", "ans_20"]
    journal.close()


def test_what_is_no_text_is_not_kept_and_not_told(tmp_path: Path, caplog) -> None:
    journal = Journal(tmp_path, 10)
    journal.keep(answer(1).model_copy(update={"question": "secret \ud800"}))
    journal.keep(answer(2))
    assert ids(tmp_path) == ["ans_2"]
    assert len(caplog.messages) == 1 and "secret" not in caplog.text
    with pytest.raises(FeedbackNotKept):
        journal.judge(Feedback("ans_2", True, "\ud800"))
    journal.close()


def test_a_journal_that_was_deleted_is_begun_anew(tmp_path: Path) -> None:
    journal = Journal(tmp_path, 10)
    journal.keep(answer(1))
    (tmp_path / NAME).unlink()
    journal.keep(answer(2))
    assert ids(tmp_path) == ["ans_2"]
    journal.close()


def test_judged_answers_are_kept_ten_times_as_long(tmp_path: Path) -> None:
    journal = Journal(tmp_path, 2)
    journal.keep(answer(0))
    journal.judge(Feedback("ans_0", False, "wrong"))
    for number in range(1, 20):
        journal.keep(answer(number))
    assert ids(tmp_path) == ["ans_0", "ans_19", "ans_18"]
    journal.keep(answer(20))
    assert ids(tmp_path) == ["ans_20", "ans_19"]
    journal.close()


def test_while_another_process_holds_the_file_answers_do_not_wait_in_line(tmp_path: Path) -> None:
    journal = Journal(tmp_path, 10, rest_seconds=3600)
    with closing(sqlite3.connect(tmp_path / NAME, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        journal.keep(answer(1))
        other.execute("ROLLBACK")
    journal.keep(answer(2))  # not tried, so not there
    assert ids(tmp_path) == []
    journal.close()


def test_another_process_that_holds_the_file_costs_no_answer(tmp_path: Path, caplog) -> None:
    journal = Journal(tmp_path, 10, rest_seconds=0)
    with closing(sqlite3.connect(tmp_path / NAME, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        journal.keep(answer(1))
        other.execute("ROLLBACK")
    assert "locked" in caplog.text
    journal.keep(answer(2))
    assert ids(tmp_path) == ["ans_2"]
    journal.close()


def test_a_reader_in_the_middle_does_not_hold_up_the_writer(tmp_path: Path) -> None:
    journal = Journal(tmp_path, 10)
    for number in range(5):
        journal.keep(answer(number))
    reading = kept_answers(tmp_path)
    assert next(reading).answer.id == "ans_4"
    for number in range(5, 20):
        journal.keep(answer(number))
    # It goes on in the state that it began with.
    assert [one.answer.id for one in reading] == ["ans_3", "ans_2", "ans_1", "ans_0"]
    assert ids(tmp_path, most=1) == ["ans_19"]
    journal.close()


def test_rows_that_cant_be_read_are_left_out_and_told(tmp_path: Path, caplog) -> None:
    journal = Journal(tmp_path, 10)
    for number in range(4):
        journal.keep(answer(number))
    journal.close()
    with closing(sqlite3.connect(tmp_path / NAME)) as connection:
        connection.execute("UPDATE answers SET answer = '{\"id\": 1' WHERE id = 'ans_1'")
        connection.execute("UPDATE answers SET asked = 'then' WHERE id = 'ans_2'")
        connection.commit()
    assert ids(tmp_path) == ["ans_3", "ans_0"]
    assert len(caplog.messages) == 2


@pytest.mark.parametrize("content", [None, b"no database at all" * 100, b""])
def test_a_journal_that_cant_be_read_is_a_clear_error(tmp_path: Path, content) -> None:
    if content is not None:
        (tmp_path / NAME).write_bytes(content)
    with pytest.raises(JournalUnreadable) as raised:
        ids(tmp_path)
    assert str(tmp_path) in str(raised.value)
    assert ("--data" in str(raised.value)) == (content is None)


KEEPING = """
import sys
from pathlib import Path
from qa.journal import Journal
from tests.test_qa_journal import answer
journal = Journal(Path(sys.argv[1]), 1000)
number = 0
while True:
    journal.keep(answer(number))
    print(number, flush=True)
    number += 1
"""


def test_a_killed_process_loses_no_answer(tmp_path: Path) -> None:
    process = subprocess.Popen(
        [sys.executable, "-c", KEEPING, str(tmp_path)], stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    told = [process.stdout.readline() for _ in range(25)]
    process.send_signal(signal.SIGKILL)
    rest = process.stdout.read()  # not communicate, which misses what is read ahead already
    process.wait(60)
    acknowledged = len(told) + rest.count("\n")
    kept = ids(tmp_path)
    assert kept[-1] == "ans_0"
    assert len(kept) in (acknowledged, acknowledged + 1)
    journal = Journal(tmp_path, 1000)
    journal.keep(answer(5000))
    assert ids(tmp_path)[0] == "ans_5000"
    journal.close()


FULL = """
import logging, resource, signal, sys
from pathlib import Path
from qa.journal import Journal
from tests.test_qa_journal import answer, ids
logging.basicConfig(level=logging.INFO, stream=sys.stdout, format="%(message)s")
folder = Path(sys.argv[1])
journal = Journal(folder, 1000)
journal.keep(answer(0))
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
hard = resource.getrlimit(resource.RLIMIT_FSIZE)[1]
resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, hard))
for number in range(1, 200):
    journal.keep(answer(number, "w" * 3000))
assert "ans_0" in ids(folder) and len(ids(folder)) < 200
resource.setrlimit(resource.RLIMIT_FSIZE, (hard, hard))
journal.keep(answer(500))
assert ids(folder)[0] == "ans_500"
journal.close()
"""


def test_a_full_disk_costs_no_answer(tmp_path: Path) -> None:
    # A limit on the size of files stands in for it: writing fails, reading does not.
    done = subprocess.run(
        [sys.executable, "-c", FULL, str(tmp_path)], capture_output=True, text=True, timeout=120
    )
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    assert sum("can't be kept" in one for one in lines) >= 1
    assert lines[-1].startswith("answers are kept again; ")
    assert len(lines) < 20
    wait_until(lambda: "ans_500" in ids(tmp_path))
