"""`dateline chat` as a person and a program use it: prompts, pseudo-terminals and pipes."""

from __future__ import annotations

import io
import json
import os
import select
import stat
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from prompt_toolkit.application import create_app_session
from prompt_toolkit.completion import CompleteEvent
from prompt_toolkit.document import Document
from prompt_toolkit.history import InMemoryHistory
from prompt_toolkit.input import PipeInput, create_pipe_input
from prompt_toolkit.output import DummyOutput
from rich.console import Console

from index.embed import Embedder
from index.graph import DIMENSION
from index.store import Store
from qa.chat import Chat
from qa.chat_terminal import HISTORY, Commands, converse, open_history
from qa.records_articles import NewArticle
from qa.settings import Settings
from tests.fakes import FakeDesk

SECONDS = 120  #: that a process may take on a machine that is busy
QUESTION = "who claimed the Erbil attack?"
DAY = ("--as-of", "2021-02-26")


def dateline(*arguments: object, stdin: bytes = b"", **environment: str):
    return subprocess.run(
        [sys.executable, "-m", "qa.cli", "chat", *map(str, arguments)],
        input=stdin,
        capture_output=True,
        timeout=SECONDS,
        env={**os.environ, **environment},
    )


# -- a prompt


@contextmanager
def prompting() -> Iterator[tuple[PipeInput, Chat]]:
    desk = FakeDesk()
    desk.add_article(NewArticle(id="a", title="Ferry", text="The ferry resumed on Monday."))
    console = Console(file=io.StringIO(), width=80, highlight=False)
    with (
        create_pipe_input() as keys,
        create_app_session(input=keys, output=DummyOutput()),
    ):
        yield keys, Chat(desk, console)


def test_what_is_typed_is_asked_and_ctrl_d_leaves() -> None:
    with prompting() as (keys, chat):
        keys.send_text("when did the ferry resume?\n/sources\n\x04")
        converse(chat, InMemoryHistory())
    shown = chat.console.file.getvalue()
    assert "Ask about the articles" in shown
    assert "The ferry resumed on Monday. [1]" in shown
    assert "“The ferry resumed on Monday.”" in shown


def test_ctrl_c_throws_the_line_away_and_quit_leaves() -> None:
    with prompting() as (keys, chat):
        keys.send_text("this is nons\x03/quit\nnever read\n")
        converse(chat, InMemoryHistory())
    assert not chat.desk.asked
    assert "Ctrl-D or /quit leaves" in chat.console.file.getvalue()


def test_a_paste_of_several_lines_is_one_question() -> None:
    with prompting() as (keys, chat):
        keys.send_text("\x1b[200~when did\nthe ferry\nresume?\x1b[201~\n\x04")
        converse(chat, InMemoryHistory())
    (asked,) = chat.desk.asked
    assert asked.text == "when did\nthe ferry\nresume?"


def test_earlier_lines_come_back() -> None:
    history = InMemoryHistory()
    with prompting() as (keys, chat):
        keys.send_text("the ferry\n/help\n/quit\n")
        converse(chat, history)
    assert "/feedback good|bad" in chat.console.file.getvalue()
    assert [*history.get_strings()] == ["the ferry", "/help", "/quit"]


@pytest.mark.parametrize(
    ("typed", "offered"),
    [("/so", ["/sources", "/source"]), ("/HE", ["/help"]), ("so", []), ("/open 1", []), ("", [])],
)
def test_the_names_of_commands_are_completed(typed: str, offered: list[str]) -> None:
    found = Commands().get_completions(Document(typed), CompleteEvent())
    assert [one.text for one in found] == offered


@pytest.mark.parametrize("typed", ["x" * 100_000, "\x00?", "\u202eferry\x07?", " ", "é" * 5000])
def test_odd_input_ends_in_a_question_or_in_nothing(typed: str) -> None:
    with prompting() as (keys, chat):
        text = f"\x1b[200~{typed}\x1b[201~\n\x04"
        # From beside: a pipe takes 64 KiB until somebody reads.
        sender = threading.Thread(target=keys.send_text, args=(text,), daemon=True)
        sender.start()
        converse(chat, InMemoryHistory())
        sender.join(SECONDS)
    assert len(chat.desk.asked) <= 1
    assert "\x07" not in chat.console.file.getvalue()


# -- what is remembered


def test_the_history_is_its_owners_alone_and_comes_back(tmp_path: Path) -> None:
    said: list[str] = []
    history = open_history(tmp_path, True, said.append)
    history.store_string("what about \ud800 Balad?\nreally?")
    file = tmp_path / HISTORY
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    file.chmod(0o644)
    again = open_history(tmp_path, True, said.append)
    assert list(again.load_history_strings()) == ["what about \ufffd Balad?\nreally?"]
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert not said


def test_nothing_is_remembered_where_no_answers_are_kept(tmp_path: Path) -> None:
    open_history(tmp_path, False, print).store_string("secret?")
    assert not list(tmp_path.iterdir())


def test_a_long_history_loses_its_older_half(tmp_path: Path) -> None:
    history = open_history(tmp_path, True, print)
    for number in range(2500):
        history.store_string(f"{number} " + "x" * 500)
    before = (tmp_path / HISTORY).stat().st_size
    kept = list(open_history(tmp_path, True, print).load_history_strings())
    assert (tmp_path / HISTORY).stat().st_size <= before / 2
    assert kept[0].startswith("2499 ")
    assert all(one.endswith("x" * 500) for one in kept)


def test_a_history_that_cannot_be_used_is_said_and_kept_in_memory(tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.write_text("mine")
    (tmp_path / HISTORY).symlink_to(elsewhere)
    said: list[str] = []
    history = open_history(tmp_path, True, said.append)
    assert isinstance(history, InMemoryHistory)
    assert "not remembered" in said[0]
    history.store_string("x")
    assert elsewhere.read_text() == "mine"


# -- pipes


def test_lines_are_questions_that_follow_on_each_other(sample: Path) -> None:
    lines = f"{QUESTION}\n\nwhen did it happen?\n/sources\n/open 1\n/list\n/nothing\n"
    done = dateline("--data", sample, *DAY, stdin=lines.encode())
    assert done.returncode == 0, done.stderr
    shown = done.stdout.decode()
    assert shown.startswith("Saraya Awlia al-Dam\n")
    assert "Understood as: " in shown
    assert "15 February" in shown
    assert "https://" in shown and "»" in shown
    assert "conv_" in shown
    assert "There is no /nothing" in shown
    assert "\x1b" not in shown
    assert "prompt_toolkit" not in done.stderr.decode()
    assert not (sample / HISTORY).exists()


def test_bad_lines_do_not_end_it(sample: Path) -> None:
    lines = b"\xff\xfe\x00?\n" + b"who " * 25_000 + b"\n/as-of never\n" + QUESTION.encode()
    done = dateline("--data", sample, *DAY, stdin=lines)
    assert done.returncode == 0, done.stderr
    shown = done.stdout.decode()
    assert "4000 or fewer" in shown
    assert "YYYY-MM-DD" in shown
    assert "Saraya Awlia al-Dam" in shown


def test_json_gives_programs_an_answer_a_line_and_a_conversation_to_go_on_with(
    sample: Path,
) -> None:
    lines = f"{QUESTION}\n{'why ' * 2000}\nwhen did it happen?\n".encode()
    done = dateline("--data", sample, "--json", *DAY, stdin=lines)
    assert done.returncode == 0, done.stderr
    first, second, third = (json.loads(line) for line in done.stdout.splitlines())
    assert first["short_answer"]["text"] == "Saraya Awlia al-Dam"
    assert second["error_code"] == "QUESTION_TOO_LONG"
    assert third["conversation_id"] == first["conversation_id"]
    assert third["standalone_question"] != third["question"]
    again = dateline(
        "--data", sample, "--json", *DAY, "--conversation", first["conversation_id"],
        stdin=b"how many people were killed?\n",
    )  # fmt: skip
    (fourth,) = (json.loads(line) for line in again.stdout.splitlines())
    assert fourth["conversation_id"] == first["conversation_id"]
    assert "killed" in fourth["standalone_question"]


def test_filters_are_asked_with(sample: Path) -> None:
    done = dateline(
        "--data", sample, "--json", *DAY, "--source", "Gulf Courier", "--to", "2021-02-24",
        stdin=QUESTION.encode(),
    )  # fmt: skip
    answer = json.loads(done.stdout)
    assert answer["applied_filters"]["sources"] == ["Gulf Courier"]
    assert answer["applied_filters"]["published_to"] == "2021-02-24"
    assert {one["source"] for one in answer["citations"]} == {"Gulf Courier"}


def test_without_kept_answers_the_conversation_still_goes_on(sample: Path) -> None:
    lines = f"{QUESTION}\nwhen did it happen?\n".encode()
    done = dateline("--data", sample, "--json", *DAY, stdin=lines, DATELINE_KEPT_ANSWERS="0")
    first, second = (json.loads(line) for line in done.stdout.splitlines())
    assert first["conversation_id"] is None
    assert second["standalone_question"] != second["question"]


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (("--conversation", "conv_" + "0" * 32), 3, "conversation"),
        (("--conversation", "\x1b[2J"), 3, "conversation"),
        (("--as-of", "soon"), 2, "YYYY-MM-DD"),
        (("--from", "2021-03-01", "--to", "2021-02-01"), 2, "after"),
    ],
)
def test_what_it_cannot_begin_with_is_one_clear_line(
    arguments: tuple[str, ...], code: int, said: str, sample: Path
) -> None:
    done = dateline("--data", sample, *arguments, stdin=QUESTION.encode())
    assert done.returncode == code
    error = done.stderr.decode()
    assert said in error and "Traceback" not in error and "\x1b" not in error
    assert not done.stdout


def test_a_folder_that_another_process_owns_is_refused(sample: Path) -> None:
    settings = Settings(data=sample)
    embedder = Embedder.open(sample)
    store = Store.open(settings.index, embedder.identity, DIMENSION, "another")
    try:
        done = dateline("--data", sample, stdin=QUESTION.encode())
    finally:
        store.close()
    assert done.returncode == 3
    assert b"Traceback" not in done.stderr
    assert b"another" in done.stderr


def test_an_empty_folder_and_no_input_are_fine(tmp_path: Path) -> None:
    assert dateline("--data", tmp_path / "a").returncode == 0
    done = dateline("--data", tmp_path / "b", stdin=b"who?\n")
    assert done.returncode == 0
    assert b"the index is empty" in done.stdout


# -- a terminal


class Terminal:
    """`dateline chat` in a pseudo-terminal."""

    def __init__(self, *arguments: object) -> None:
        self._ours, theirs = os.openpty()
        self.process = subprocess.Popen(
            [sys.executable, "-m", "qa.cli", "chat", *map(str, arguments)],
            stdin=theirs,
            stdout=theirs,
            stderr=theirs,
            start_new_session=True,
            env={**os.environ, "TERM": "xterm-256color", "COLUMNS": "100", "LINES": "40"},
        )
        os.close(theirs)
        self._shown = b""
        self._lock = threading.Lock()
        self._thread = threading.Thread(target=self._read)
        self._thread.start()

    @property
    def shown(self) -> str:
        with self._lock:
            return self._shown.decode("utf-8", "replace")

    def send(self, keys: str) -> None:
        os.write(self._ours, keys.encode())

    def wait_for(self, text: str, count: int = 1) -> None:
        end = time.monotonic() + SECONDS
        while self.shown.count(text) < count:
            assert time.monotonic() < end and self._thread.is_alive(), self.shown
            time.sleep(0.05)

    def close(self) -> None:
        self.process.kill()
        self.process.wait()
        self._thread.join(SECONDS)
        os.close(self._ours)

    def _read(self) -> None:
        while True:
            ready, _, _ = select.select([self._ours], [], [], 0.2)
            if not ready:
                if self.process.poll() is not None:
                    return
                continue
            try:
                block = os.read(self._ours, 65536)
            except OSError:  # nobody holds the other end any more
                return
            if b"\x1b[6n" in block:  # where the cursor is, which a real terminal tells
                os.write(self._ours, b"\x1b[1;1R")
            with self._lock:
                self._shown += block


def test_a_person_chats_on_a_terminal(sample: Path) -> None:
    terminal = Terminal("--data", sample, *DAY)
    try:
        terminal.wait_for("Ask about the articles")
        terminal.send(f"{QUESTION}\r")
        terminal.wait_for("independent source")
        assert "\x1b[1mSaraya Awlia al-Dam" in terminal.shown
        terminal.send("when did it happen?\r")
        terminal.wait_for("Understood as: ")
        terminal.wait_for("independent source", 2)
        terminal.send("/open 1\r")
        terminal.wait_for("\x1b[1;7m")
        terminal.send("\x03")
        terminal.wait_for("Ctrl-D or /quit leaves")
        terminal.send("\x04")
        assert terminal.process.wait(SECONDS) == 0
    finally:
        terminal.close()
    assert QUESTION in (sample / HISTORY).read_text()
    assert stat.S_IMODE((sample / HISTORY).stat().st_mode) == 0o600
