"""Conversations are kept with their turns, each its owner's alone, within bounds."""

from __future__ import annotations

import logging
import re
import sqlite3
import subprocess
import sys
import threading
from contextlib import closing
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path

import pytest

from qa.conversations import PAST_TURNS, ConversationLimits, Conversations
from qa.errors import (
    AnswerNotFound,
    BadRequest,
    ConversationFull,
    ConversationNotFound,
    ConversationsNotKept,
    JournalUnreadable,
    TooManyConversations,
)
from qa.journal import Journal, kept_answer, kept_answers
from qa.journal_schema import DAMAGED, NAME
from qa.records import Answer, Citation
from qa.records_feedback import Feedback
from tests.test_qa_journal import answer

MINE, YOURS = "1" * 32, "2" * 32
UNKNOWN = "conv_" + "0" * 32
_numbers = count()


class Clock:
    """Stands still until it is moved."""

    def __init__(self) -> None:
        self.moment = datetime(2024, 5, 1, 12, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.moment

    def forward(self, **span: float) -> None:
        self.moment += timedelta(**span)


class Kept:
    """Conversations of a folder, and asking in them without anything that answers."""

    def __init__(self, folder: Path, most: int = 1000, **limits: int) -> None:
        self.clock = Clock()
        self.folder = folder
        self.journal = Journal(folder, most, rest_seconds=0)
        self.talks = Conversations(self.journal, ConversationLimits(**limits), self.clock)

    def ask(self, question: str = "why?", id: str | None = None, owner: str = MINE) -> Answer:
        ongoing = self.talks.resume(id, owner) if id else self.talks.begin(owner)
        return self.talks.keep(ongoing, answer(next(_numbers), question, ongoing.id))

    def new(self, question: str = "why?", owner: str = MINE) -> str:
        id = self.ask(question, owner=owner).conversation_id
        assert id is not None
        return id

    def read(self, id: str, owner: str = MINE):
        return self.talks.read(id, owner, lambda article: True)

    def questions(self, id: str, owner: str = MINE) -> list[str]:
        return [turn.answer.question for turn in self.read(id, owner).turns]

    def listed(self, owner: str = MINE) -> list[str]:
        return [one.id for one in self.talks.page(owner, None, 1000).items]

    def rows(self, where: str = "1") -> int:
        with closing(sqlite3.connect(self.folder / NAME)) as connection:
            query = f"SELECT count(*) FROM answers WHERE {where}"
            return connection.execute(query).fetchone()[0]


@pytest.fixture
def kept(tmp_path: Path):
    kept = Kept(tmp_path)
    yield kept
    kept.journal.close()


def gone(kept: Kept, id: str, owner: str = MINE) -> str:
    """The one thing that every way to reach a conversation says of this one."""
    told = set()
    for reach in (
        lambda: kept.talks.resume(id, owner),
        lambda: kept.read(id, owner),
        lambda: kept.talks.answers(id, owner),
        lambda: kept.talks.delete(id, owner),
    ):
        with pytest.raises(ConversationNotFound) as raised:
            reach()
        told.add((type(raised.value), str(raised.value)))
    ((kind, words),) = told
    assert kind is ConversationNotFound
    return words


# -- turns ---------------------------------------------------------------------


def test_the_turns_of_a_conversation_are_kept_in_order(kept: Kept) -> None:
    first = kept.ask("who said it?")
    id = first.conversation_id
    assert id is not None and re.fullmatch(r"conv_[0-9a-f]{32}", id)
    kept.clock.forward(minutes=3)
    second = kept.ask("when?", id)
    assert second.conversation_id == id
    found = kept.read(id)
    assert (found.id, found.updated - found.started) == (id, timedelta(minutes=3))
    assert [turn.answer for turn in found.turns] == [first, second]
    assert [turn.asked for turn in found.turns] == [found.started, found.updated]
    assert [turn.answer.model_dump_json() for turn in found.turns] == [
        first.model_dump_json(),
        second.model_dump_json(),
    ]
    assert kept.talks.answers(id, MINE) == [first, second]
    # They are answers like all others: for another process, and for feedback.
    assert [one.answer for one in kept_answers(kept.folder)] == [second, first]


def test_ids_cant_be_guessed_from_one_another(kept: Kept) -> None:
    assert len({kept.talks.begin(MINE).id for _ in range(50)}) == 50


def test_a_follow_up_is_given_the_last_turns_oldest_first(kept: Kept) -> None:
    begun = kept.talks.begin(MINE)
    assert (begun.past, begun.is_new) == ((), True)
    id = kept.new("question 0?")
    for number in range(1, PAST_TURNS + 5):
        kept.ask(f"question {number}?", id)
    past = kept.talks.resume(id, MINE).past
    assert [turn.question for turn in past] == [f"question {n}?" for n in range(5, PAST_TURNS + 5)]
    assert past[0].standalone == "question 5?"
    last = kept.talks.answers(id, MINE, 2)
    assert [one.question for one in last] == [turn.question for turn in past[-2:]]


def test_one_begun_and_not_answered_leaves_nothing(kept: Kept) -> None:
    begun = kept.talks.begin(MINE)
    assert begun.id is not None
    assert kept.listed() == []
    gone(kept, begun.id)


def test_feedback_is_part_of_the_turn(kept: Kept) -> None:
    id = kept.new()
    second = kept.ask("when?", id)
    kept.journal.judge(Feedback(second.id, False, "wrong day", owner=MINE))
    assert [turn.is_positive for turn in kept.read(id).turns] == [None, False]


def test_withdrawn_articles_are_named_once(kept: Kept) -> None:
    cited = tuple(
        Citation(
            number=number, article_id=article, passage_id="p", title="t", url=None, source=None,
            published=None, quote="q", start=0, end=1, answer_start=0, answer_end=1,
            verification="verbatim", support=1.0,
        )
        for number, article in enumerate(["a", "b", "a", "c"], 1)
    )  # fmt: skip
    begun = kept.talks.begin(MINE)
    made = answer(next(_numbers), conversation=begun.id).model_copy(update={"citations": cited})
    kept.talks.keep(begun, made)
    asked = []

    def is_held(article: str) -> bool:
        asked.append(article)
        return article == "b"

    (turn,) = kept.talks.read(begun.id, MINE, is_held).turns
    assert turn.withdrawn == ("a", "c")
    assert asked == ["a", "b", "c"]


def test_a_turn_that_cant_be_read_is_left_out(kept: Kept, caplog) -> None:
    id = kept.new("first?")
    kept.ask("second?", id)
    with closing(sqlite3.connect(kept.folder / NAME)) as connection:
        connection.execute("UPDATE answers SET answer = '{' WHERE number = 1")
        connection.commit()
    assert kept.questions(id) == ["second?"]
    assert [one.question for one in kept.talks.resume(id, MINE).past] == ["second?"]
    assert "can't be read" in caplog.text


# -- whose they are ------------------------------------------------------------


def test_somebody_elses_conversation_is_like_an_unknown_one(kept: Kept) -> None:
    mine, yours = kept.new(), kept.new(owner=YOURS)
    for owner in (YOURS, "", MINE.upper() + "x"):
        assert gone(kept, mine, owner) == gone(kept, UNKNOWN)
    assert (kept.listed(MINE), kept.listed(YOURS), kept.listed("")) == ([mine], [yours], [])
    assert len(kept.questions(mine)) == 1


@pytest.mark.parametrize(
    "id",
    ["", "conv_", "conv_1", UNKNOWN.upper(), UNKNOWN + "\n", "\ud800", "\x00", "%", "x" * 100_000],
)
def test_what_is_no_id_names_nothing(kept: Kept, id: str) -> None:
    kept.new()
    gone(kept, id)
    assert len(kept.listed()) == 1


# -- the list ------------------------------------------------------------------


def test_the_list_tells_of_each_the_one_asked_last_first(kept: Kept) -> None:
    first = kept.new("the first question?")
    kept.clock.forward(hours=1)
    second = kept.new("another?")
    kept.clock.forward(hours=1)
    kept.ask("and then?", first)
    items = kept.talks.page(MINE, None, 10).items
    assert [(one.id, one.title, one.turns) for one in items] == [
        (first, "the first question?", 2),
        (second, "another?", 1),
    ]
    assert items[0].updated - items[0].started == timedelta(hours=2)


@pytest.mark.parametrize("step", [0, 1])
def test_pages_hold_every_conversation_once(kept: Kept, step: int) -> None:
    made = []
    for number in range(7):
        made.append(kept.new(f"question {number}?"))
        kept.new(owner=YOURS)
        kept.clock.forward(milliseconds=step)  # 0: all at the same moment
    seen, cursor, pages = [], None, 0
    while True:
        page = kept.talks.page(MINE, cursor, 3)
        seen += [one.id for one in page.items]
        pages, cursor = pages + 1, page.next_cursor
        if cursor is None:
            break
        kept.talks.delete(seen[-1], MINE)  # the place in the list stays
    assert (sorted(seen), pages) == (sorted(made), 3)
    assert step == 0 or seen == made[::-1]
    assert kept.talks.page(MINE, None, 3).next_cursor is not None


@pytest.mark.parametrize("cursor", ["", "1", "x-" + "0" * 32, "1" * 20 + "-" + "0" * 32, "\ud800"])
def test_a_cursor_that_was_never_given_is_refused(kept: Kept, cursor: str) -> None:
    with pytest.raises(BadRequest, match="next_cursor"):
        kept.talks.page(MINE, cursor, 3)


# -- deleting ------------------------------------------------------------------


def test_another_owners_answer_cannot_be_judged(kept: Kept) -> None:
    answer = kept.ask()
    assert answer.conversation_id is not None
    for owner in (YOURS, ""):
        with pytest.raises(AnswerNotFound):
            kept.journal.judge(Feedback(answer.id, False, "not mine", owner))
    assert [turn.is_positive for turn in kept.read(answer.conversation_id).turns] == [None]


def test_what_is_deleted_is_gone_with_its_feedback(kept: Kept) -> None:
    first = kept.ask()
    id, other = first.conversation_id, kept.new()
    assert id is not None
    kept.ask("when?", id)
    kept.journal.judge(Feedback(first.id, True, owner=MINE))
    kept.talks.delete(id, MINE)
    assert gone(kept, id) == gone(kept, UNKNOWN)
    assert kept.listed() == [other]
    assert kept_answer(kept.folder, first.id) is None
    assert kept.rows() == 1
    with pytest.raises(AnswerNotFound):
        kept.journal.judge(Feedback(first.id, True, owner=MINE))


def test_one_deleted_while_its_question_is_answered_stays_deleted(kept: Kept) -> None:
    id = kept.new()
    ongoing = kept.talks.resume(id, MINE)
    kept.talks.delete(id, MINE)
    given = kept.talks.keep(ongoing, answer(next(_numbers), conversation=id))
    assert given.conversation_id is None
    gone(kept, id)
    assert kept.rows() == 0


# -- limits --------------------------------------------------------------------


def test_a_conversation_has_an_end(tmp_path: Path) -> None:
    kept = Kept(tmp_path, turns=3)
    id = kept.new()
    kept.ask("2?", id)
    ongoing = kept.talks.resume(id, MINE)
    kept.ask("3?", id)
    with pytest.raises(ConversationFull, match="3 turns.*new one"):
        kept.ask("4?", id)
    # One that came before it was full is kept all the same.
    assert kept.talks.keep(ongoing, answer(next(_numbers), "5?", id)).conversation_id == id
    assert kept.questions(id) == ["why?", "2?", "3?", "5?"]
    kept.new()
    kept.journal.close()


def test_an_owner_may_have_so_many_and_another_as_many(tmp_path: Path) -> None:
    kept = Kept(tmp_path, conversations=2)
    first, second = kept.new(), kept.new()
    with pytest.raises(TooManyConversations, match="Delete some, or wait"):
        kept.new()
    kept.new(owner=YOURS)
    kept.ask("still?", first)
    kept.talks.delete(second, MINE)
    third = kept.new()
    assert set(kept.listed()) == {first, third}
    kept.journal.close()


def test_single_questions_make_room_after_an_hour(tmp_path: Path) -> None:
    kept = Kept(tmp_path, conversations=3)
    talk = kept.new()
    kept.ask("and?", talk)
    old = kept.ask()
    kept.journal.judge(Feedback(old.id, False, owner=MINE))
    kept.clock.forward(minutes=30)
    young = kept.new()
    other = kept.new(owner=YOURS)
    kept.clock.forward(minutes=29)
    with pytest.raises(TooManyConversations):
        kept.new()
    kept.clock.forward(minutes=2)
    new = kept.new()
    assert set(kept.listed()) == {talk, young, new}
    assert kept.listed(YOURS) == [other]
    with pytest.raises(TooManyConversations):  # `young` is asked too lately, `talk` has two turns
        kept.new()
    # What somebody thought of it stays.
    judged = kept_answer(tmp_path, old.id)
    assert judged is not None and judged.feedback == Feedback(old.id, False)
    gone(kept, old.conversation_id)
    kept.journal.close()


def test_those_that_expired_make_room(tmp_path: Path) -> None:
    kept = Kept(tmp_path, conversations=2, days=1)
    for _ in range(2):
        kept.ask("and?", kept.new())
    kept.clock.forward(hours=25)  # nobody asked since, so nobody looked for old ones
    new = kept.new()
    assert kept.listed() == [new] and kept.rows() == 1
    kept.journal.close()


def test_fewer_conversations_than_there_are(tmp_path: Path) -> None:
    kept = Kept(tmp_path)
    for _ in range(5):
        kept.new()
    kept.journal.close()
    fewer = Kept(tmp_path, conversations=2)
    with pytest.raises(TooManyConversations):
        fewer.new()
    fewer.clock.forward(hours=2)
    new = fewer.new()
    assert len(fewer.listed()) == 2 and fewer.listed()[0] == new
    fewer.journal.close()


# -- how long, and how much in all ---------------------------------------------


def test_one_expires_so_long_after_its_last_turn(tmp_path: Path) -> None:
    kept = Kept(tmp_path, days=10)
    first, second = kept.new(), kept.new()
    kept.clock.forward(days=9)
    kept.ask("still there?", second)
    kept.clock.forward(days=1, milliseconds=1)
    assert kept.listed() == [second]
    gone(kept, first)
    assert kept.rows() == 3  # nobody asked since
    kept.new()
    assert kept.rows() == 3  # the answer of `first` went, this one came
    kept.clock.forward(days=11)
    assert kept.listed() == []
    kept.journal.close()


def test_old_ones_are_not_looked_for_at_each_question(tmp_path: Path) -> None:
    kept = Kept(tmp_path, days=1)
    kept.new()
    kept.clock.forward(hours=23, minutes=55)
    stays = kept.new()  # looks for old ones, the next time in an hour
    kept.clock.forward(minutes=30)
    kept.ask("and?", stays)
    assert kept.rows() == 3
    kept.clock.forward(minutes=30)
    kept.ask("and?", stays)
    assert kept.rows() == 3
    kept.journal.close()


def test_old_ones_go_when_the_file_is_opened_and_feedback_stays(tmp_path: Path, caplog) -> None:
    kept = Kept(tmp_path)  # its clock stands years before the one of the next
    first = kept.ask()
    kept.ask("when?", first.conversation_id)
    kept.journal.judge(Feedback(first.id, True, owner=MINE))
    kept.journal.close()
    journal = Journal(tmp_path, 100)
    with caplog.at_level(logging.INFO):
        Conversations(journal, ConversationLimits(days=30))
    assert "1 conversations are 30 days old" in caplog.text
    assert [one.answer for one in kept_answers(tmp_path)] == [first]
    assert kept.rows("conversation_id IS NULL") == 1
    journal.close()


def test_with_no_days_they_are_kept_for_ever(tmp_path: Path) -> None:
    kept = Kept(tmp_path, days=0)
    id = kept.new()
    kept.clock.forward(days=36_500)
    kept.new()
    assert len(kept.questions(id)) == 1
    kept.journal.close()


def test_those_asked_least_recently_go_as_a_whole(tmp_path: Path) -> None:
    kept = Kept(tmp_path, most=5)
    first, second, third = (kept.new() for _ in range(3))
    for question in ("2?", "3?"):
        kept.clock.forward(minutes=1)
        kept.ask(question, first)  # the oldest, and asked last
    assert kept.rows() == 5
    kept.ask("4?", first)
    assert kept.questions(first) == ["why?", "2?", "3?", "4?"]
    assert kept.listed() == [first, third]
    gone(kept, second)
    kept.clock.forward(minutes=1)
    kept.ask("5?", first)
    with pytest.raises(ConversationFull, match="5 turns"):  # no more answers than that are kept
        kept.ask("6?", first)
    kept.clock.forward(minutes=1)
    new = kept.new()
    assert kept.listed() == [new]
    assert kept.rows() == 1
    kept.journal.close()


def test_the_one_that_is_asked_is_never_the_one_that_goes(tmp_path: Path) -> None:
    kept = Kept(tmp_path, most=2)
    id = kept.new()
    # Both came in before it was full.
    at_once = [kept.talks.resume(id, MINE) for _ in range(2)]
    for ongoing in at_once:
        kept.talks.keep(ongoing, answer(next(_numbers), "and?", id))
    assert kept.questions(id) == ["why?", "and?", "and?"]
    kept.journal.close()


def test_a_clock_that_is_set_back_costs_nothing(kept: Kept) -> None:
    first, second = kept.new(), kept.new()
    before = kept.read(first).updated
    kept.clock.forward(days=-100)
    kept.ask("and?", first)
    assert kept.read(first).updated == before
    assert kept.questions(first) == ["why?", "and?"]
    third = kept.new()
    assert kept.listed()[-1] == third and set(kept.listed()) == {first, second, third}


def test_answers_outside_conversations_cost_no_turn(tmp_path: Path) -> None:
    kept = Kept(tmp_path, most=4)
    id = kept.new()
    kept.ask("2?", id)
    for number in range(10):
        kept.journal.keep(answer(1_000_000 + number))
    assert kept.questions(id) == ["why?", "2?"]
    assert kept.rows("conversation_id IS NULL") == 4
    kept.journal.close()
    fewer = Kept(tmp_path, most=1, days=0)
    assert fewer.rows() == 1 and fewer.listed() == []
    fewer.journal.close()


def test_the_file_stays_bounded(tmp_path: Path) -> None:
    kept = Kept(tmp_path, most=250)
    ids = [kept.new() for _ in range(20)]
    for number in range(600):
        kept.clock.forward(seconds=1)
        if ids[number % 20] in kept.listed():
            kept.ask("and?", ids[number % 20])
        else:
            ids[number % 20] = kept.new()
        # Counted now and then alone: a hundredth more may be there.
        assert kept.rows() <= 252
    assert kept.rows() > 200
    kept.journal.close()


def test_nothing_is_kept_where_no_answers_are(tmp_path: Path) -> None:
    kept = Kept(tmp_path, most=0)
    begun = kept.talks.begin(MINE)
    assert (begun.id, begun.past) == (None, ())
    assert kept.ask().conversation_id is None
    assert kept.talks.page(MINE, None, 10).items == ()
    for reach in (kept.read, lambda id: kept.ask("?", id), lambda id: kept.talks.delete(id, MINE)):
        with pytest.raises(ConversationsNotKept):
            reach(UNKNOWN)
    assert list(tmp_path.iterdir()) == []
    kept.journal.close()


# -- the file ------------------------------------------------------------------

FORMAT_1 = """
CREATE TABLE answers (
    number INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, asked TEXT NOT NULL, conversation_id TEXT,
    answer TEXT NOT NULL, is_positive INTEGER, reason TEXT, judged TEXT
);
CREATE INDEX answers_of_conversation ON answers (conversation_id, number);
PRAGMA user_version = 1;
"""


def make_format_1(folder: Path, given: list[Answer]) -> None:
    with closing(sqlite3.connect(folder / NAME)) as connection:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.executescript(FORMAT_1)
        connection.executemany(
            "INSERT INTO answers (id, asked, conversation_id, answer, is_positive) "
            "VALUES (?, '2024-01-01T00:00:00.000+00:00', ?, ?, 1)",
            [(one.id, one.conversation_id, one.model_dump_json()) for one in given],
        )
        connection.commit()


def test_a_file_of_the_first_format_is_taken_over(tmp_path: Path) -> None:
    given = [answer(-1, "who?", UNKNOWN), answer(-2, "when?", "c1"), answer(-3, "why?")]
    make_format_1(tmp_path, given)
    assert [one.answer for one in kept_answers(tmp_path)] == given[::-1]  # before
    kept = Kept(tmp_path)
    assert [one.answer for one in kept_answers(tmp_path)] == given[::-1]  # and after
    # Somebody made these ids up: they name no conversation, for anybody.
    for owner in (MINE, ""):
        gone(kept, UNKNOWN, owner)
        gone(kept, "c1", owner)
        assert kept.listed(owner) == []
    assert kept.rows("conversation_id IS NULL") == 3
    id = kept.new()
    assert kept.questions(id) == ["why?"]
    kept.journal.judge(Feedback("ans_-1", False))
    kept.journal.close()
    again = Kept(tmp_path)
    assert again.listed() == [id]
    assert len(list(kept_answers(tmp_path))) == 4
    again.journal.close()


def test_a_file_of_a_later_format_is_left_alone_and_costs_no_answer(tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / NAME)) as connection:
        connection.execute("PRAGMA user_version = 3")
    before = (tmp_path / NAME).read_bytes()
    kept = Kept(tmp_path)
    assert kept.ask().conversation_id is None
    with pytest.raises(JournalUnreadable, match="later release"):
        kept.ask("and?", UNKNOWN)
    kept.journal.close()
    assert (tmp_path / NAME).read_bytes() == before


def test_a_damaged_file_costs_no_answer(kept: Kept, caplog) -> None:
    id = kept.new()
    ongoing = kept.talks.resume(id, MINE)
    kept.journal.close()
    for side in ("", "-wal", "-shm"):
        (kept.folder / (NAME + side)).unlink(missing_ok=True)
    (kept.folder / NAME).write_bytes(b"no database at all" * 100)
    given = kept.talks.keep(ongoing, answer(next(_numbers), conversation=id))
    assert given.conversation_id is None
    assert (kept.folder / DAMAGED).exists() and "is damaged" in caplog.text
    gone(kept, id)
    assert kept.listed() == []
    assert kept.listed() == [] != [kept.new()]


def test_a_file_that_cant_be_written_costs_no_answer(tmp_path: Path, caplog) -> None:
    (tmp_path / NAME).mkdir()
    kept = Kept(tmp_path)
    caplog.clear()
    for _ in range(5):
        assert kept.ask().conversation_id is None
    assert len(caplog.messages) == 1 and "can't be kept" in caplog.text
    for reach in (kept.read, lambda id: kept.ask("?", id), lambda id: kept.talks.delete(id, MINE)):
        with pytest.raises(JournalUnreadable):
            reach(UNKNOWN)
    with pytest.raises(JournalUnreadable):
        kept.listed()
    (tmp_path / NAME).rmdir()
    assert kept.ask().conversation_id is not None
    kept.journal.close()


def test_a_question_with_what_is_no_text_begins_no_conversation(kept: Kept) -> None:
    begun = kept.talks.begin(MINE)
    odd = answer(next(_numbers), conversation=begun.id).model_copy(update={"question": "\ud800"})
    assert kept.talks.keep(begun, odd).conversation_id is None
    assert kept.listed() == [] and kept.rows() == 0


def test_while_another_process_holds_the_file_conversations_can_be_read(tmp_path: Path) -> None:
    kept = Kept(tmp_path)
    id = kept.new()
    with closing(sqlite3.connect(tmp_path / NAME, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        given = kept.ask("when?", id)
        assert given.conversation_id == id  # the conversation goes on, without this turn
        assert kept.ask().conversation_id is None
        assert kept.questions(id) == ["why?"]
        other.execute("ROLLBACK")
    kept.ask("where?", id)
    assert kept.questions(id) == ["why?", "where?"]
    kept.journal.close()


FULL = """
import resource, signal, sys
from pathlib import Path
from tests.test_qa_conversations import Kept
kept = Kept(Path(sys.argv[1]))
id = kept.new()
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
hard = resource.getrlimit(resource.RLIMIT_FSIZE)[1]
# Less than what SQLite needs to open the file anew, if it let go of it.
resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, hard))
for number in range(50):
    assert kept.ask("w" * 3000, id).conversation_id == id
    assert kept.ask("w" * 3000).conversation_id is None
assert kept.questions(id) == ["why?"] and kept.listed() == [id]
resource.setrlimit(resource.RLIMIT_FSIZE, (hard, hard))
kept.ask("room again?", id)
assert kept.questions(id) == ["why?", "room again?"]
kept.journal.close()
"""


def test_a_full_disk_costs_no_answer_and_no_conversation(tmp_path: Path) -> None:
    # A limit on the size of files stands in for it: writing fails, reading does not.
    done = subprocess.run(
        [sys.executable, "-c", FULL, str(tmp_path)], capture_output=True, text=True, timeout=120
    )
    assert done.returncode == 0, done.stderr


# -- many at once --------------------------------------------------------------


def together(*work) -> None:
    """Do all of it at once, each in a thread; what one raises is raised."""
    failures: list[BaseException] = []

    def guarded(one) -> None:
        try:
            one()
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=guarded, args=(one,)) for one in work]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
        assert not thread.is_alive()
    if failures:
        raise failures[0]


def test_all_that_is_asked_at_once_is_kept(kept: Kept) -> None:
    shared = kept.new("the first?")
    own: dict[int, str] = {}

    def person(number: int) -> None:
        owner = f"{number:032x}"
        own[number] = kept.new(f"{number}: begin?", owner)
        for turn in range(5):
            kept.ask(f"{number}: {turn}?", own[number], owner)
            kept.ask(f"{number}: {turn}?", shared)
            kept.talks.page(owner, None, 10)

    together(*(lambda number=number: person(number) for number in range(8)))
    asked = kept.questions(shared)
    assert asked[0] == "the first?"
    assert sorted(asked[1:]) == sorted(f"{n}: {turn}?" for n in range(8) for turn in range(5))
    for number, id in own.items():
        expected = [f"{number}: begin?", *(f"{number}: {turn}?" for turn in range(5))]
        assert kept.questions(id, f"{number:032x}") == expected


def test_asking_and_deleting_at_once_leaves_no_orphan(kept: Kept) -> None:
    ids = [kept.new() for _ in range(10)]

    def ask() -> None:
        for id in ids:
            try:
                kept.ask("and?", id)
            except ConversationNotFound:
                continue

    def delete() -> None:
        for id in ids:
            kept.talks.delete(id, MINE)

    together(ask, ask, delete, ask)
    assert kept.listed() == []
    assert kept.rows() == 0


def test_two_questions_at_once_are_both_kept(kept: Kept) -> None:
    id = kept.new()
    one, other = kept.talks.resume(id, MINE), kept.talks.resume(id, MINE)
    for ongoing, question in ((other, "2?"), (one, "3?")):
        kept.talks.keep(ongoing, answer(next(_numbers), question, id))
    assert kept.questions(id) == ["why?", "2?", "3?"]
