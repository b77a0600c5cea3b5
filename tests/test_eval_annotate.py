"""A person makes gold cases of answers: the dialogue, what it writes, and what it never harms."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from click.testing import Result
from typer.testing import CliRunner

from eval.annotate import Stopped, annotate, annotate_kept
from eval.ask_service import ServiceFailed, ask_service
from eval.cli import app
from eval.datasets.gold import read
from eval.errors import DatasetInvalid, EvalError, GoldInvalid
from eval.gold_file import GoldFile, GoldNotWritten, line_of
from eval.gold_schema import GoldCase
from qa.errors import JournalUnreadable
from qa.journal import Journal
from qa.records import (
    AbstainReason,
    Answer,
    AppliedFilters,
    Citation,
    FoundPassage,
    ShortAnswer,
    Status,
)
from qa.records_feedback import Feedback, KeptAnswer
from qa.service import create_app
from tests.fakes import FakeDesk
from tests.serving import served, wait_until

FIRST = "Ada Lovelace wrote the first program in the world."
NEVER = "It was never run."
DAY = "She published it in September 1843, with many notes."
#: The second is a copy of the first report, the third is another.
ARTICLES = {
    "ada": f"{FIRST} {NEVER}",
    "copy": f"A century ago and more: {FIRST}",
    "notes": f"{DAY} The printer was late. {NEVER}",
}
QUESTION = "Who wrote the first program?"


class Script:
    """Implements `eval.annotate.Person`: says its lines, then ends; keeps what it was told."""

    def __init__(self, *lines: str | BaseException) -> None:
        self._lines = list(lines)
        self.told: list[str] = []

    def tell(self, text: str = "") -> None:
        self.told.append(text)

    def ask(self, prompt: str) -> str:
        self.told.append(prompt)
        if not self._lines:
            raise EOFError
        line = self._lines.pop(0)
        if isinstance(line, BaseException):
            raise line
        return line

    @property
    def text(self) -> str:
        return "\n".join(self.told)

    @property
    def is_through(self) -> bool:
        return not self._lines


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The folder of a gold set over ARTICLES, with no case in it yet."""
    (tmp_path / "gold" / "articles").mkdir(parents=True)
    for id, text in ARTICLES.items():
        article = {"id": id, "title": f"About {id}", "text": text, "published": "2021-02-23"}
        (tmp_path / "gold" / "articles" / f"{id}.json").write_text(json.dumps(article))
    return tmp_path / "gold"


def passage(article: str, text: str | None = None, start: int = 0) -> FoundPassage:
    text = ARTICLES[article] if text is None else text
    return FoundPassage(
        passage_id=f"p_{article}_{start}", article_id=article, title=f"About {article}", url=None,
        source="Gazette", published=date(2021, 2, 23), text=text, start=start,
        end=start + len(text), score=0.5, parts={},
    )  # fmt: skip


def answered(id: str = "ans_1", question: str = QUESTION, **changes) -> Answer:
    """An answer with the passages of "ada" and "notes", citing the first sentence."""
    citation = Citation(
        number=1, article_id="ada", passage_id="p_ada_0", title="About ada", url=None,
        source="Gazette", published=None, quote=FIRST, start=0, end=len(FIRST), answer_start=0,
        answer_end=len(FIRST), verification="verbatim", support=0.9,
    )  # fmt: skip
    fields = {
        "id": id, "conversation_id": None, "question": question, "standalone_question": question,
        "as_of": date(2021, 2, 24), "status": Status.ANSWERED, "abstain_reason": None,
        "text": f"{FIRST} [1]", "citations": (citation,), "conflicts": (),
        "short_answer": ShortAnswer(
            text="Ada Lovelace", citation=1, start=0, end=12, confidence=0.9
        ),
        "independent_sources": 1, "passages": (passage("ada"), passage("notes")),
        "applied_filters": AppliedFilters(), "engine": "fake", "index_version": "1",
        "timings_ms": {}, "usage": None,
    }  # fmt: skip
    return Answer(**fields | changes)


def abstained(**changes) -> Answer:
    return answered(
        status=Status.ABSTAINED, abstain_reason=AbstainReason.LOW_SUPPORT, short_answer=None,
        citations=(), text="The articles do not say.", **changes,
    )  # fmt: skip


def kept(answer: Answer, feedback: Feedback | None = None) -> KeptAnswer:
    return KeptAnswer(answer, datetime(2021, 2, 24, tzinfo=UTC), feedback)


def gold_of(folder: Path) -> GoldFile:
    return GoldFile(folder / "cases.jsonl")


#: y: answerable; y: the short answer is right; no more; sentence 1 proves it; no more facts;
#: tags, day, id as suggested; no note; y: add it.
PLAIN = ("y", "y", "", "1", "", "", "", "", "", "y")


def rows(folder: Path) -> list[dict]:
    return [json.loads(line) for line in (folder / "cases.jsonl").read_text().splitlines()]


# -- one case -----------------------------------------------------------------


def test_a_case_is_added_as_it_will_be_read(folder: Path) -> None:
    person = Script(*PLAIN)
    case = annotate(kept(answered(), Feedback("ans_1", False, "say when")), gold_of(folder), person)
    assert person.is_through
    assert rows(folder) == [
        {
            "id": "wrote-first-program",
            "question": QUESTION,
            "answers": ["Ada Lovelace"],
            # The copy that the answer did not show proves it as well.
            "evidence": [[{"article": "ada", "quote": FIRST}, {"article": "copy", "quote": FIRST}]],
            "tags": ["who"],
            "as_of": "2021-02-24",
        }
    ]
    [read_back] = read(folder / "cases.jsonl").cases
    assert case is not None and read_back == case.to_case()
    assert QUESTION in person.text and f"{FIRST} [1]" in person.text
    assert "thumb down: “say when”" in person.text
    assert f">  1  {FIRST}" in person.told and f"   2  {NEVER}" in person.told
    assert f"   3  {DAY}" in person.told


def test_facts_alternatives_and_pasted_words(folder: Path) -> None:
    person = Script(
        "y", "n",
        " Ada Lovelace ", "Ada Lovelace", "Lovelace", "",
        "2 5",  # two sentences of the same words, in two articles
        "+ The printer was late",  # pasted, from inside a sentence
        "“September 1843”",  # pasted with quotation marks around it
        "",
        "when, paraphrase paraphrase", "2021-02-25", "ada-notes", "two facts", "yes",
    )  # fmt: skip
    annotate(kept(answered()), gold_of(folder), person)
    [row] = rows(folder)
    assert row["answers"] == ["Ada Lovelace", "Lovelace"]
    assert row["evidence"] == [
        [
            {"article": "ada", "quote": NEVER},
            {"article": "notes", "quote": NEVER},
            {"article": "notes", "quote": "The printer was late"},
        ],
        [{"article": "notes", "quote": "September 1843"}],
    ]
    assert (row["tags"], row["as_of"]) == (["when", "paraphrase"], "2021-02-25")
    assert (row["id"], row["note"]) == ("ada-notes", "two facts")
    assert read(folder / "cases.jsonl").cases[0].id == "ada-notes"


def test_what_was_not_found_is_pasted_from_its_article(folder: Path) -> None:
    person = Script(
        "y", "Ada Lovelace", "",
        "Ada Lovelace",  # too few words to be sure which are meant
        FIRST, "", "who", "", "", "", "yes",
    )  # fmt: skip
    annotate(kept(abstained(passages=(passage("notes"),))), gold_of(folder), person)
    [row] = rows(folder)
    assert row["evidence"] == [[{"article": id, "quote": FIRST} for id in ("ada", "copy")]]
    assert "do not stand like that" in person.text


def test_facts_from_different_articles_suggest_the_tag(folder: Path) -> None:
    person = Script("y", "y", "", "1", "3", "", "", "none", "", "", "y")
    annotate(kept(answered()), gold_of(folder), person)
    [row] = rows(folder)
    assert row["tags"] == ["who", "several_articles"]
    assert "as_of" not in row


def test_what_the_articles_do_not_say_is_a_case_too(folder: Path) -> None:
    person = Script("n", "how_many near_miss", "", "", "", "y")
    annotate(kept(abstained(question="how many programs?")), gold_of(folder), person)
    [row] = rows(folder)
    assert row["tags"] == ["how_many", "near_miss", "unanswerable"]
    assert "answers" not in row and "evidence" not in row
    assert not read(folder / "cases.jsonl").cases[0].is_answerable


def test_a_follow_up_becomes_the_question_in_full(folder: Path) -> None:
    answer = answered(question="and who wrote it?", standalone_question=QUESTION)
    person = Script(*PLAIN)
    annotate(kept(answer), gold_of(folder), person)
    assert rows(folder)[0]["question"] == QUESTION
    assert "and who wrote it?" in person.text


def test_what_cant_be_used_is_asked_again(folder: Path) -> None:
    (folder / "other.jsonl").write_text('{"id": "taken", "question": "?"}\n')
    person = Script(
        "maybe", "", "y", "y", "",
        "", "9", "1 77", "Ada Lovelace wrote the last program.", "the\ud800", "1", "",
        "whom", "attribution", "unanswerable", "near_miss", "follow_up", "who attribution",
        "yesterday", "2021-2-3", "2021-02-30", "2021-02-03",
        "Über", "-a", "a" * 81, "taken", "free",
        "x" * 4001, "a note", "perhaps", "y",
    )  # fmt: skip
    annotate(kept(answered()), gold_of(folder), person)
    assert person.is_through
    [row] = rows(folder)
    assert (row["id"], row["tags"], row["as_of"]) == ("free", ["who", "attribution"], "2021-02-03")
    assert row["note"] == "a note"
    assert len(row["evidence"]) == 1
    for told in ("no sentence 9; they go from 1 to 5", "no tag whom", "id is taken", "y or n"):
        assert told in person.text


@pytest.mark.parametrize(
    ("question", "suggested"),
    [
        (QUESTION, "wrote-first-program-2"),
        ("Wer schrieb das Übliche?", "wer-schrieb-das-ubliche"),
        ("кто?", "case"),
        ("why?", "why"),
        ("w" * 300, "w" * 60),
    ],
)
def test_ids_are_suggested_from_the_question_and_new(folder: Path, question, suggested) -> None:
    (folder / "other.jsonl").write_text('{"id": "wrote-first-program", "question": "?"}\n')
    annotate(kept(answered(question=question)), gold_of(folder), Script(*PLAIN))
    assert rows(folder)[0]["id"] == suggested


def test_nothing_is_added_without_a_yes(folder: Path) -> None:
    assert annotate(kept(answered()), gold_of(folder), Script(*PLAIN[:-1], "n")) is None
    assert not (folder / "cases.jsonl").exists()


@pytest.mark.parametrize("end", [EOFError(), KeyboardInterrupt()])
def test_an_end_at_any_point_leaves_the_file_as_it_was(folder: Path, end) -> None:
    file = folder / "cases.jsonl"
    file.write_text('{"id": "there"}')
    for length in range(len(PLAIN)):
        with pytest.raises(Stopped if isinstance(end, EOFError) else KeyboardInterrupt):
            annotate(kept(answered()), gold_of(folder), Script(*PLAIN[:length], end))
        assert file.read_text() == '{"id": "there"}'
    files = {one.name for one in folder.iterdir()}
    assert files == {"articles", "cases.jsonl"}


# -- evidence is what the gold set's articles hold ----------------------------


def test_what_the_gold_sets_articles_do_not_hold_proves_nothing(folder: Path) -> None:
    changed = passage("ada", f"{FIRST} It was run twice.")
    unknown = passage("elsewhere", f"{FIRST} Somebody else said so.")
    refused = ("It was run twice.", "Somebody else said so.", "2")
    person = Script("y", "y", "", *refused, "1", "", "", "", "", "", "y")
    annotate(kept(answered(passages=(unknown, changed), citations=())), gold_of(folder), person)
    assert f"   -  {FIRST}" in person.told and "   -  It was run twice." in person.told
    assert f"   1  {FIRST}" in person.told
    assert "There is no sentence 2; they go from 1 to 1." in person.told
    [fact] = rows(folder)[0]["evidence"]
    assert [one["article"] for one in fact] == ["ada", "copy"]


def test_an_answer_over_other_articles_has_no_evidence(folder: Path) -> None:
    answer = answered(passages=(passage("elsewhere", FIRST),), citations=())
    with pytest.raises(EvalError, match="--articles"):
        annotate(kept(answer), gold_of(folder), Script("y"))
    # That the articles do not answer can be said all the same.
    annotate(kept(answer), gold_of(folder), Script("n", "", "", "", "", "y"))
    assert len(rows(folder)) == 1


def test_quotes_from_outside_the_passages_are_shown_and_overlaps_once(folder: Path) -> None:
    overlap = passage("ada", NEVER, start=len(FIRST) + 1)
    person = Script(*PLAIN)
    annotate(kept(answered(passages=(overlap, passage("ada")))), gold_of(folder), person)
    assert [one for one in person.told if one.endswith(NEVER)] == [f"   1  {NEVER}"]
    person = Script("y", "y", "", "4", "", "", "", "other", "", "y")
    annotate(kept(answered(passages=(passage("notes"),))), gold_of(folder), person)
    assert f">  4  {FIRST}" in person.told
    assert rows(folder)[1]["evidence"][0][0] == {"article": "ada", "quote": FIRST}


def test_a_gold_file_needs_articles(tmp_path: Path, folder: Path) -> None:
    alone = tmp_path / "alone"
    alone.mkdir()
    file = GoldFile(alone / "mine.jsonl")
    with pytest.raises(DatasetInvalid, match="--articles") as raised:
        annotate(kept(answered()), file, Script(*PLAIN))
    assert str(alone / "mine.jsonl") in str(raised.value) and ".trial" not in str(raised.value)
    annotate(kept(answered()), GoldFile(alone / "mine.jsonl", folder / "articles"), Script(*PLAIN))
    assert len((alone / "mine.jsonl").read_text().splitlines()) == 1


# -- the file -----------------------------------------------------------------


def a_case(id: str, question: str = "who?") -> GoldCase:
    return GoldCase(id=id, question=question, tags=("who", "unanswerable"))


@pytest.mark.parametrize(
    "before",
    [
        b"",
        b"\n",
        b'{"id": "a"}',
        b'{"id": "a"}\n',
        b'{"id": "a"}\r\n',
        b'\xff{"torn": ',
        b"[" * 99,
    ],
)
def test_what_is_in_the_file_is_never_touched(folder: Path, before: bytes) -> None:
    file = folder / "cases.jsonl"
    file.write_bytes(before)
    inode = file.stat().st_ino
    for id in ("one", "two"):
        gold_of(folder).add(a_case(id))
    after = file.read_bytes()
    assert after.startswith(before) and file.stat().st_ino == inode
    ours = [line_of(a_case(id)).encode() for id in ("one", "two")]
    assert after.splitlines()[-2:] == ours and after.endswith(b"\n")


def test_a_case_with_mistakes_is_not_added(folder: Path) -> None:
    gold = gold_of(folder)
    gold.add(a_case("one"))
    (folder / "other.jsonl").write_text(line_of(a_case("two")))
    before = gold.path.read_bytes()
    wrong = GoldCase(
        id="wrong", question="who?", answers=("x",), tags=("who",),
        evidence=(({"article": "ada", "quote": "Nobody wrote that."},),),
    )  # fmt: skip
    for case, told in [(a_case("one"), "taken"), (a_case("two"), "taken"), (wrong, "Nobody")]:
        with pytest.raises(GoldInvalid, match=told) as raised:
            gold.add(case)
        assert ".trial" not in str(raised.value) and "cases.jsonl:" in str(raised.value)
    assert gold.path.read_bytes() == before


def test_many_add_at_once_and_none_is_lost(folder: Path) -> None:
    failed: list[GoldInvalid] = []

    def add(number: int) -> None:
        for id in (f"case-{number}", "the-same"):
            try:
                gold_of(folder).add(a_case(id))
            except GoldInvalid as error:
                failed.append(error)

    threads = [threading.Thread(target=add, args=(one,)) for one in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    ids = [row["id"] for row in rows(folder)]
    assert sorted(ids) == sorted([*(f"case-{one}" for one in range(8)), "the-same"])
    assert len(failed) == 7


@pytest.mark.parametrize("name", ["nowhere/cases.jsonl", "articles", "cases.json"])
def test_what_can_be_no_gold_file_is_told(folder: Path, name: str) -> None:
    with pytest.raises(GoldNotWritten):
        GoldFile(folder / name)


FULL = """
import resource, signal, sys
from pathlib import Path
from eval.gold_file import GoldFile, GoldNotWritten, _append
from tests.test_eval_annotate import a_case
folder = Path(sys.argv[1])
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
size = (folder / "cases.jsonl").stat().st_size
gold = GoldFile(folder / "cases.jsonl")
hard = resource.getrlimit(resource.RLIMIT_FSIZE)[1]
resource.setrlimit(resource.RLIMIT_FSIZE, (size + 20, hard))
for write in (lambda: gold.add(a_case("one")), lambda: _append(gold.path, b"x" * 100)):
    try:
        write()
    except (GoldNotWritten, OSError) as error:
        print(type(error).__name__)
"""


def test_a_full_disk_leaves_the_file_as_it_was(folder: Path) -> None:
    before = line_of(a_case("there", "w" * 2000)) + "\n"
    (folder / "cases.jsonl").write_text(before)
    done = subprocess.run(
        [sys.executable, "-c", FULL, str(folder)], capture_output=True, text=True, timeout=120
    )
    assert (done.stdout.split(), done.returncode) == (["GoldNotWritten", "OSError"], 0), done.stderr
    assert (folder / "cases.jsonl").read_text() == before


# -- the answers that a service kept ------------------------------------------


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A data folder whose journal holds 30 answers: 3 bad, 5 good, 12 abstained."""
    folder = tmp_path / "data"
    folder.mkdir()
    journal = Journal(folder, 100)
    journal.keep(answered("ans_3", QUESTION))
    journal.judge(Feedback("ans_3", False, "wrong \x1b[31m day"))
    journal.keep(answered("ans_5", "what is good?"))
    journal.judge(Feedback("ans_5", True))
    for number in range(30):
        journal.keep(abstained(id=f"ans_x{number}", question=f"question {number}?"))
    journal.close()
    return folder


def listed(person: Script) -> list[str]:
    return [one for one in person.told if " → " in one]


def test_answers_are_listed_thumbs_down_first(folder: Path, data: Path) -> None:
    (folder / "other.jsonl").write_text('{"id": "a", "question": "Question  29"}\nbroken\n')
    person = Script("0", "99", "x", "")
    assert annotate_kept(data, gold_of(folder), person) == 0
    lines = listed(person)
    assert len(lines) == 20
    assert lines[0].split()[:2] == ["1", "down"] and lines[0].endswith("→ Ada Lovelace")
    assert any("wrong" in one for one in person.told)
    assert "question 29? → abstained   (in the gold set)" in lines[1]
    assert "question 28? → abstained" in lines[2] and "gold" not in lines[2]
    assert person.told.count("That is no number of the list.") == 3


def test_all_answers_or_those_with_feedback(folder: Path, data: Path) -> None:
    person = Script("")
    annotate_kept(data, gold_of(folder), person, show_all=True)
    assert len(listed(person)) == 32
    person = Script("")
    annotate_kept(data, gold_of(folder), person, only_judged=True)
    assert [one.split()[1] for one in listed(person)] == ["down", "up"]


def test_several_cases_in_one_session(folder: Path, data: Path) -> None:
    person = Script("1", *PLAIN, "3", "n", "", "", "", "", "y")  # and the input ends: done
    assert annotate_kept(data, gold_of(folder), person) == 2
    assert [row["question"] for row in rows(folder)] == [QUESTION, "question 28?"]
    assert len(read(folder / "cases.jsonl").cases) == 2


def test_an_answer_by_its_id(folder: Path, data: Path) -> None:
    assert annotate_kept(data, gold_of(folder), Script(*PLAIN), answer_id="ans_3") == 1
    with pytest.raises(EvalError, match="ans_none"):
        annotate_kept(data, gold_of(folder), Script(), answer_id="ans_none")


def test_a_folder_without_answers_is_told(folder: Path, tmp_path: Path) -> None:
    with pytest.raises(JournalUnreadable, match="dateline serve"):
        annotate_kept(tmp_path, gold_of(folder), Script())
    Journal(tmp_path, 10).close()
    person = Script()
    assert annotate_kept(tmp_path, gold_of(folder), person) == 0
    assert "keeps no answers" in person.text


# -- as a process -------------------------------------------------------------


def command(*arguments: object) -> list[str]:
    return [sys.executable, "-m", "qa.cli", "eval", "annotate", *map(str, arguments)]


def environment(folder: Path) -> dict[str, str]:
    kept_variables = {k: v for k, v in os.environ.items() if not k.startswith("DATELINE_")}
    return kept_variables | {"PYTHONIOENCODING": "utf-8", "DATELINE_DATA": str(folder)}


def run(data: Path, typed: Sequence[str], *arguments: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command(*arguments), input="".join(f"{one}\n" for one in typed), text=True,
        capture_output=True, timeout=120, env=environment(data), encoding="utf-8",
    )  # fmt: skip


def invoke(*arguments: object, typed: Sequence[str] = ()) -> Result:
    """The same in this process; what main() would make of an error is its `exception`."""
    program = ["annotate", *map(str, arguments)]
    return CliRunner().invoke(app, program, input="".join(f"{one}\n" for one in typed))


def test_the_command_takes_piped_answers(folder: Path, data: Path) -> None:
    file = folder / "cases.jsonl"
    done = run(data, ["1", *PLAIN, ""], "--gold", file)
    assert done.returncode == 0, done.stderr
    assert rows(folder)[0]["id"] == "wrote-first-program"
    assert "\x1b" not in done.stdout and "wrong \ufffd[31m day" in done.stdout


def test_ctrl_c_leaves_the_file_as_it_was(folder: Path, data: Path) -> None:
    process = subprocess.Popen(
        command("--gold", folder / "cases.jsonl", "--answer", "ans_3"), env=environment(data),
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        # A shell's background job, as CI's may be, has it ignored, and its children too.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )  # fmt: skip
    assert process.stdin is not None and process.stdout is not None
    read_so_far = b""
    while b"(y/n)" not in read_so_far:
        block = os.read(process.stdout.fileno(), 65536)
        assert block, process.communicate()
        read_so_far += block
    # Before its input is closed, the end of which it would take for an answer. Again where the
    # interrupt came between two steps of Python that swallow one, as a person would.
    for _ in range(6):
        process.send_signal(signal.SIGINT)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(20)
            break
    _, told = process.communicate(timeout=60)
    assert process.returncode == 130 and b"not added" in told
    assert not (folder / "cases.jsonl").exists()


@pytest.mark.parametrize(
    "arguments",
    [
        ("who?",),
        ("--service", "http://127.0.0.1:1"),
        ("who?", "--service", "http://127.0.0.1:1", "--all"),
        ("--as-of", "2021-02-24"),
        ("who?", "--service", "http://127.0.0.1:1", "--as-of", "today"),
    ],
)
def test_arguments_that_do_not_go_together_are_refused(data: Path, arguments) -> None:
    assert invoke("--data", data, *arguments).exit_code == 2


# -- a question to a running service ------------------------------------------


def test_a_question_is_asked_to_the_service_and_gone_on_from(folder: Path) -> None:
    desk = FakeDesk()
    with served(create_app(lambda: desk)) as port:
        address = f"http://127.0.0.1:{port}"
        wait_until(lambda: _answers(address), 60)
        done = invoke(
            "who wrote it?", "--service", address, "--gold", folder / "cases.jsonl",
            "--as-of", "2021-02-20", typed=["n", "", "", "", "", "y"],
        )  # fmt: skip
    assert done.exit_code == 0, done.output
    assert desk.asked[-1].as_of == date(2021, 2, 20)
    assert rows(folder) == [
        {
            "id": "wrote", "question": "who wrote it?", "tags": ["who", "unanswerable"],
            "as_of": "2021-02-20",
        }
    ]  # fmt: skip


def _answers(address: str) -> bool:
    try:
        return bool(ask_service(address, "ready?", None, 5))
    except ServiceFailed:
        return False


def test_a_service_that_is_down_is_told(folder: Path) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = f"http://127.0.0.1:{free.getsockname()[1]}"
        done = invoke("who?", "--service", address, "--gold", folder / "cases.jsonl")
    assert isinstance(done.exception, ServiceFailed)
    assert "can't be reached" in str(done.exception)
    assert not (folder / "cases.jsonl").exists()


@contextmanager
def answering(reply: Callable[[], tuple[int, bytes]]) -> Iterator[str]:
    """The address of a service that gives whatever `reply` does."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            status, body = reply()
            self.send_response(status)
            self.end_headers()
            try:
                self.wfile.write(body)
            except OSError:
                return

        def log_message(self, *args: object) -> None: ...

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.mark.parametrize(
    ("status", "body", "told"),
    [
        (503, b'{"error_code": "NOT_READY", "detail": "\\u001b[2J Soon."}', "503: NOT_READY, "),
        (500, b"<html>", "answered 500$"),
        (200, b"<html>", "something else"),
        (200, b"[" * 100_000, "something else"),
        (200, b'{"status": "answered"}', "something else than an answer"),
        (200, b" " * (16 * 1024 * 1024 + 1), "more than an answer"),
        (302, b"", "answered 302"),
    ],
)
def test_what_is_no_answer_is_an_error(status: int, body: bytes, told: str) -> None:
    with answering(lambda: (status, body)) as address:
        with pytest.raises(ServiceFailed, match=told) as raised:
            ask_service(address, "who?", None, 20)
        assert "\x1b" not in str(raised.value)


def test_a_service_that_is_slow_is_an_error() -> None:
    let_go = threading.Event()

    def stalled() -> tuple[int, bytes]:
        let_go.wait(60)
        return 200, b"{}"

    with answering(stalled) as address:
        try:
            with pytest.raises(ServiceFailed, match="within 0.2 seconds"):
                ask_service(address, "who?", None, 0.2)
        finally:
            let_go.set()


@pytest.mark.parametrize("address", ["localhost:8000", "", "http://[::1", "http://\udcff/"])
def test_an_address_that_is_none_is_an_error(address: str) -> None:
    with pytest.raises(ServiceFailed, match="can't be reached"):
        ask_service(address, "who?", None, 5)


# -- our own gold set ---------------------------------------------------------


def test_without_a_name_cases_go_to_our_own_gold_set() -> None:
    gold = GoldFile()
    assert gold.path.name == "annotated.jsonl" and gold.path.parent.name == "gold"
    known = gold.known()
    assert known.asks("Who claimed the Erbil attack") and "erbil-claim" in known.ids
    assert not known.asks("who denied the Erbil attack that never was?")
