"""The command line as a person and a script use it: real processes, real folders."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
import urllib.request
from contextlib import suppress
from pathlib import Path

import pytest

from tests.conftest import ARTICLES


def dateline(*arguments: object, stdin: str = "", **environment: str):
    return subprocess.run(
        [sys.executable, "-m", "qa.cli", *map(str, arguments)],
        input=stdin,
        capture_output=True,
        text=True,
        timeout=60,
        env={**os.environ, "COLUMNS": "100", **environment},
    )


def test_the_sample_question_is_answered_with_its_proof(sample: Path) -> None:
    done = dateline("ask", "who claimed the Erbil attack?", "--data", sample)
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[0] == "Saraya Awlia al-Dam"
    assert "[1]" in done.stdout


def test_json_is_the_answer_of_the_service(sample: Path) -> None:
    done = dateline("ask", "who claimed the Erbil attack?", "--data", sample, "--json",
                    "--as-of", "2021-02-24")  # fmt: skip
    answer = json.loads(done.stdout)
    assert answer["status"] == "answered"
    assert answer["as_of"] == "2021-02-24"
    assert answer["short_answer"]["text"] == "Saraya Awlia al-Dam"
    assert answer["citations"][0]["verification"] == "verbatim"
    for citation in answer["citations"]:
        shown = answer["text"][citation["answer_start"] : citation["answer_end"]]
        assert shown == citation["quote"]


def test_an_unanswered_question_exits_with_4_and_shows_the_nearest(sample: Path) -> None:
    done = dateline("ask", "what is the capital of Peru?", "--data", sample)
    assert done.returncode == 4
    assert "do not say" in done.stdout
    assert "Nearest passages" in done.stdout


def test_an_empty_folder_abstains_and_says_why(tmp_path: Path) -> None:
    done = dateline("ask", "who claimed it?", "--data", tmp_path / "new", "--json")
    assert done.returncode == 4
    assert json.loads(done.stdout)["abstain_reason"] == "EMPTY_INDEX"


def test_indexing_reports_counts_and_exits_with_1_when_something_was_rejected(
    tmp_path: Path,
) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    (folder / "good.txt").write_text("Ferry halted\n\nThe ferry was halted on Monday.\n")
    (folder / "bad.json").write_text('{"title": "no text"')
    data = tmp_path / "data"
    done = dateline("index", folder, "--data", data, "--json")
    assert done.returncode == 1, done.stderr
    report = json.loads(done.stdout)
    assert (report["added"], report["rejected"]) == (1, 1)
    assert report["rejections"][0]["origin"].endswith("bad.json")
    (folder / "bad.json").unlink()
    done = dateline("index", folder, "--data", data)
    assert done.returncode == 0
    assert "1 unchanged" in done.stdout


def test_an_article_comes_in_through_standard_input(tmp_path: Path) -> None:
    text = "Ferry halted\n\nThe ferry to Oldport was halted on Monday by a storm.\n"
    done = dateline("index", "-", "--data", tmp_path, stdin=text)
    assert "1 added" in done.stdout, done.stderr
    assert "Oldport" in dateline("search", "ferry", "--data", tmp_path).stdout


def test_articles_are_listed_shown_and_withdrawn(sample: Path) -> None:
    listed = json.loads(dateline("articles", "list", "--data", sample, "--json").stdout)
    assert listed["total"] == len(listed["items"]) == 18
    claim = next(one for one in listed["items"] if one["title"].startswith("Little-known"))
    shown = dateline("articles", "show", claim["id"], "--data", sample).stdout
    assert shown.startswith("Little-known militia")
    assert dateline("articles", "delete", claim["id"], "--data", sample).returncode == 0
    gone = dateline("articles", "show", claim["id"], "--data", sample)
    assert gone.returncode == 3
    assert "no article with this id" in gone.stderr
    again = dateline("index", ARTICLES, "--data", sample)
    assert "17 unchanged" in again.stdout
    assert "1 withdrawn" in again.stdout


def test_the_doctor_finds_what_is_wrong(sample: Path) -> None:
    assert dateline("doctor", "--data", sample).returncode == 0
    next(sample.glob("lexical/*.idx")).write_bytes(b"")
    done = dateline("doctor", "--data", sample)
    assert done.returncode == 1
    assert "lexical" in done.stdout
    assert dateline("ask", "who claimed the Erbil attack?", "--data", sample).returncode == 0
    assert dateline("doctor", "--data", sample).returncode == 0


@pytest.mark.parametrize(
    ("arguments", "environment", "code", "said"),
    [
        (["ask", "x", "--as-of", "yesterday"], {}, 2, "YYYY-MM-DD"),
        (["ask", "x", "--from", "2021-03-01", "--to", "2021-02-01"], {}, 2, "after"),
        (["ask", "why " * 2000], {}, 3, "4000 or fewer"),
        (["index", "nowhere.txt"], {}, 1, "nowhere.txt"),
        (["ask", "x"], {"DATELINE_PORT": "many"}, 3, "DATELINE_PORT"),
        (["ask", "x"], {"DATELINE_CONFIG": "nowhere.toml"}, 3, "not there"),
        (["ask", "x"], {"DATELINE_CHROMA_URL": "nonsense"}, 3, "http://host"),
        (["ask", "x"], {"DATELINE_CHROMA_URL": "http://127.0.0.1:9"}, 3, "127.0.0.1:9"),
        (["nothing"], {}, 2, "nothing"),
    ],
)
def test_every_error_is_one_clear_line(
    arguments: list[str], environment: dict[str, str], code: int, said: str, tmp_path: Path
) -> None:
    data = {"DATELINE_DATA": str(tmp_path / "data")}
    done = dateline(*arguments, **data, **environment)
    assert done.returncode == code, done.stderr
    assert said in done.stderr + done.stdout
    assert "Traceback" not in done.stderr


def test_the_configuration_file_is_read_and_the_environment_wins(tmp_path: Path) -> None:
    file = tmp_path / "some.toml"
    file.write_text(f'data = "{tmp_path / "from_file"}"\n')
    dateline("ask", "x", DATELINE_CONFIG=str(file))
    assert (tmp_path / "from_file").is_dir()
    dateline("ask", "x", DATELINE_CONFIG=str(file), DATELINE_DATA=str(tmp_path / "from_env"))
    assert (tmp_path / "from_env").is_dir()


def test_asking_imports_no_llama_index_and_reads_nothing_at_import() -> None:
    code = (
        "import sys, qa.cli, qa.answer, qa.opening, qa.settings, index.store, index.embed;"
        "heavy = {'llama_index', 'torch', 'fastapi', 'trafilatura', 'nltk'} & set(sys.modules);"
        "assert not heavy, heavy"
    )
    environment = {**os.environ, "DATELINE_PORT": "not a number"}
    subprocess.run([sys.executable, "-c", code], check=True, env=environment)


_OFFLINE = """
import os, sys

def refuse(event, arguments):
    if event in ("socket.connect", "socket.getaddrinfo", "socket.sendto"):
        # Not an exception: a library could catch it.
        os.write(2, f"a network call: {event} {arguments}\\n".encode())
        os._exit(9)

sys.addaudithook(refuse)
"""
_COMMAND = "from qa.cli import app; app(sys.argv[1:], standalone_mode=False)"
_CONNECT = """
import socket
try:
    socket.create_connection(("127.0.0.1", 9), timeout=5)
except Exception:
    pass
"""


def offline(program: str, *arguments: str):
    return subprocess.run(
        [sys.executable, "-c", _OFFLINE + program, *arguments],
        capture_output=True,
        text=True,
        timeout=60,
    )


def test_indexing_and_asking_make_no_network_call(tmp_path: Path) -> None:
    caught = offline(_CONNECT)
    assert caught.returncode == 9
    assert "a network call" in caught.stderr
    for arguments in (["index", str(ARTICLES)], ["ask", "who claimed the Erbil attack?"]):
        done = offline(_COMMAND, *arguments, "--data", str(tmp_path / "data"))
        assert done.returncode == 0, done.stderr
        assert done.stdout


def test_a_terminal_shows_progress_with_rate_and_time_left(tmp_path: Path) -> None:
    master, terminal = os.openpty()
    shown = b""

    def read() -> None:  # while it runs: a terminal that nobody reads is full after 4 KiB
        nonlocal shown
        with suppress(OSError):  # nobody holds the other end any more
            while block := os.read(master, 65536):
                shown += block

    reader = threading.Thread(target=read)
    process = subprocess.Popen(
        [sys.executable, "-m", "qa.cli", "index", str(ARTICLES), "--data", str(tmp_path / "d")],
        stderr=terminal,
        stdout=subprocess.DEVNULL,
        env={**os.environ, "COLUMNS": "120", "TERM": "xterm"},
    )
    os.close(terminal)
    reader.start()
    try:
        assert process.wait(120) == 0
    finally:
        process.kill()
        process.wait()
        reader.join(30)
        os.close(master)
    for word in (b"/s", b"time left", b"indexing"):
        assert word in shown


def test_listing_says_what_there_is_more(sample: Path, tmp_path: Path) -> None:
    empty = dateline("articles", "list", "--data", tmp_path / "new")
    assert "no articles yet" in empty.stdout
    every = json.loads(dateline("articles", "list", "--data", sample, "--json").stdout)
    assert every["next_cursor"] is None
    ids = [one["id"] for one in every["items"]]
    first = dateline("articles", "list", "--data", sample, "--limit", 17)
    assert f"17 of 18 articles; --after {ids[16]} " in first.stdout
    rest = dateline("articles", "list", "--data", sample, "--after", ids[16])
    assert [line.split()[0] for line in rest.stdout.splitlines()] == [ids[17]]
    past = dateline("articles", "list", "--data", sample, "--after", ids[17])
    assert past.stdout == "(none of the 18 articles has an id after this one)\n"
    page = dateline("articles", "list", "--data", sample, "--json", "--limit", 2)
    assert json.loads(page.stdout)["next_cursor"] == ids[1]


ODD = os.fsdecode(b"x \xff")


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["ask", f"who claimed it? {ODD}", "--json"], 4, "who claimed it? x \ufffd"),
        (["ask", f"who claimed it? {ODD}"], 4, ""),
        (["ask", "who?", "--source", ODD, "--json"], 4, "x \ufffd"),
        (["search", ODD, "--source", ODD], 0, "No passages"),
        (["ask", "who?", "--as-of", ODD], 2, "YYYY-MM-DD"),
        (["articles", "show", ODD], 3, "no article with this id"),
        (["articles", "delete", ODD], 3, "no article with this id"),
        (["articles", "list", "--after", ODD], 0, "no articles"),
        (["ask", "who?", "--data", ODD], 2, "UTF-8"),
        (["serve", "--host", ODD], 3, "Cannot listen"),
        (["index", f"{ODD}.txt"], 1, "x \ufffd.txt"),
        ([ODD], 2, "No such command"),
        (["[/x]"], 2, "[/x]"),
    ],
)
def test_arguments_that_are_no_text_are_cleaned_or_refused(
    arguments: list[str], code: int, said: str, tmp_path: Path
) -> None:
    done = dateline(*arguments, DATELINE_DATA=str(tmp_path / "data"))
    assert done.returncode == code, done.stderr
    assert said in done.stdout + done.stderr
    assert "Traceback" not in done.stderr


def test_a_path_that_is_no_text_is_indexed(tmp_path: Path) -> None:
    folder = tmp_path / f"[red]{ODD}"
    folder.mkdir()
    (folder / f"{ODD}.txt").write_text("Ferry halted\n\nThe ferry was halted on Monday.\n")
    (folder / f"{ODD}.json").write_text("{")
    done = dateline("index", folder, "--data", tmp_path / "data")
    assert done.returncode == 1, done.stderr
    assert "1 added" in done.stdout
    assert "[red]x \ufffd" in done.stderr
    assert dateline("index", folder, "--data", tmp_path / "data").stdout.startswith("0 added")


def test_many_rejections_are_counted_and_the_first_listed(tmp_path: Path) -> None:
    rows = ['{"text": "The ferry was halted on Monday."}'] + ["1"] * 1500
    (tmp_path / "a.jsonl").write_text("\n".join(rows))
    done = dateline("index", tmp_path / "a.jsonl", "--data", tmp_path / "data", "--json")
    report = json.loads(done.stdout)
    assert (report["rejected"], report["rejections_listed"]) == (1500, 1000)
    done = dateline("index", tmp_path / "a.jsonl", "--data", tmp_path / "data")
    assert "1,450 more; --json lists the first 1,000" in done.stderr


@pytest.mark.parametrize(
    "arguments", [["ask", "who claimed it?"], ["search", "Erbil"], ["articles", "list"]]
)
def test_what_takes_long_is_told(arguments: list[str], sample: Path) -> None:
    next(sample.glob("lexical/*.idx")).write_bytes(b"")
    done = dateline(*arguments, "--data", sample)
    assert "lexical index built again" in done.stderr
    assert dateline(*arguments, "--data", sample).stderr == ""


def test_the_service_tells_where_it_listens_and_a_second_one_leaves(sample: Path) -> None:
    next(sample.glob("lexical/*.idx")).write_bytes(b"")
    command = [sys.executable, "-m", "qa.cli", "serve", "--port", "0", "--data", str(sample)]
    first = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
    try:
        address = first.stderr.readline().split()[-1]
        assert address.startswith("http://127.0.0.1:")
        told = first.stderr.readline()
        while "ready:" not in told.splitlines()[-1]:
            told += first.stderr.readline()
        assert "lexical index built again" in told
        assert "ready: 18 articles, 20 passages. Open; put right at opening: 1." in told
        with urllib.request.urlopen(f"{address}/health/ready", timeout=5) as response:
            shown = json.load(response)
        assert shown["articles"] == 18
        assert str(sample) not in json.dumps(shown)  # paths are for the log
        second = subprocess.run(command, capture_output=True, text=True, timeout=30)
        assert second.returncode == 3
        assert second.stderr.splitlines()[-1].startswith(f"dateline: The data folder {sample} is")
        assert len(second.stderr.splitlines()) == 2  # where it listened, and why it ended
    finally:
        first.terminate()
        first.communicate(timeout=30)


def test_an_empty_path_and_a_closed_standard_input_are_told(tmp_path: Path) -> None:
    done = dateline("index", "", "--data", tmp_path / "data")
    assert done.returncode == 2
    assert "path is empty" in done.stderr
    command = [sys.executable, "-m", "qa.cli", "index", "-", "--data", str(tmp_path / "data")]
    closed = subprocess.run(
        ["sh", "-c", 'exec "$@" <&-', "sh", *command], capture_output=True, text=True, timeout=60
    )
    assert closed.returncode == 1
    assert "Traceback" not in closed.stderr
    assert "no standard input" in closed.stderr
