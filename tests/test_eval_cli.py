"""`dateline eval` as people call it: real processes, real folders, a kill, a service that fails."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from qa.records import Answer
from tests.llm_server import Reply, Request, llm_server, says
from tests.serving import wait_until

SECONDS = 120
TEXT = "Ada Lovelace wrote the first program. It was meant for a machine that was never built."


def dateline(
    *arguments: object, cwd: Path, env: dict[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "qa.cli", *map(str, arguments)],
        capture_output=True, text=True, timeout=SECONDS, cwd=cwd,
        env={**os.environ, "NO_COLOR": "1", **(env or {})},
    )  # fmt: skip


@pytest.fixture(scope="module")
def gold(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A gold file of three cases over one article, and an index of it beside."""
    folder = tmp_path_factory.mktemp("gold")
    (folder / "articles").mkdir()
    article = {"id": "ada", "title": "Programs", "text": TEXT, "published": "2021-02-24"}
    (folder / "articles" / "ada.json").write_text(json.dumps(article))
    quote = [[{"article": "ada", "quote": "Ada Lovelace wrote the first program."}]]
    cases = [
        {"id": "who", "question": "who wrote the first program?", "answers": ["Ada Lovelace"],
         "tags": ["who"], "evidence": quote, "as_of": "2021-02-25"},
        {"id": "whose", "question": "whose was the first program?", "answers": ["Ada Lovelace"],
         "tags": ["who", "paraphrase"], "evidence": quote, "as_of": "2021-02-25"},
        {"id": "none", "question": "when did the volcano erupt?", "tags": ["when", "unanswerable"],
         "as_of": "2021-02-25"},
    ]  # fmt: skip
    (folder / "cases.jsonl").write_text("\n".join(map(json.dumps, cases)))
    return folder


def run(gold: Path, out: Path, *more: object) -> subprocess.CompletedProcess[str]:
    return dateline(
        "eval", "run", "--dataset", f"gold:{gold / 'cases.jsonl'}", "--data", gold / "index",
        "--out", out, *more, cwd=gold,
    )  # fmt: skip


@pytest.fixture(scope="module")
def finished(gold: Path) -> subprocess.CompletedProcess[str]:
    """A run of ours over it, in gold/run."""
    done = run(gold, gold / "run")
    assert done.returncode == 0, done.stderr
    return done


# -- a run ------------------------------------------------------------------------


def test_a_run_leaves_answers_figures_and_a_report(
    gold: Path, finished: subprocess.CompletedProcess[str]
) -> None:
    assert "right" in finished.stdout and "3 cases" in finished.stdout
    assert str(gold / "run" / "report.html") in finished.stdout
    names = {one.name for one in (gold / "run").iterdir()}
    assert names >= {"run.json", "outcomes.jsonl", "scores.json", "report.html", "report.md"}
    manifest = json.loads((gold / "run" / "run.json").read_text())
    assert manifest["system"] == "ours" and manifest["cases"] == 3 and manifest["finished"]
    page = (gold / "run" / "report.html").read_text()
    assert "who wrote the first program?" in page and "<script" not in page


@pytest.mark.usefixtures("finished")
def test_the_same_run_again_asks_nothing_and_gives_the_same(gold: Path) -> None:
    before = (gold / "run" / "outcomes.jsonl").read_bytes()
    scores = (gold / "run" / "scores.json").read_bytes()
    again = run(gold, gold / "run", "--json")
    assert again.returncode == 0 and json.loads(again.stdout)["measures"]["right"]["cases"] == 3
    assert (gold / "run" / "outcomes.jsonl").read_bytes() == before
    assert (gold / "run" / "scores.json").read_bytes() == scores


@pytest.mark.usefixtures("finished")
def test_asking_anew_gives_the_same_figures(gold: Path, tmp_path: Path) -> None:
    assert run(gold, tmp_path / "run", "--data", tmp_path / "index").returncode == 0
    first, again = (
        json.loads((folder / "run" / "scores.json").read_text())["cases"]
        for folder in (gold, tmp_path)
    )
    assert again == first


@pytest.mark.usefixtures("finished")
def test_another_run_is_not_mixed_in(gold: Path) -> None:
    other = run(gold, gold / "run", "--system", "dense")
    assert other.returncode == 3
    assert "holds another run" in other.stderr and "--out" in other.stderr


# -- mistakes ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("options", "code", "told"),
    [
        (("--dataset", "trivia"), 3, "no dataset is called"),
        (("--dataset", "squad"), 3, "needs a path"),
        (("--dataset", "beir:/nowhere"), 3, "no such file"),
        (("--system", "oracle"), 3, "no system is called"),
        (("--jobs", "0"), 2, "--jobs"),
        (("--limit", "none"), 2, "--limit"),
    ],
)
def test_a_wrong_option_is_told(tmp_path: Path, options: tuple, code: int, told: str) -> None:
    done = dateline("eval", "run", *options, "--out", tmp_path / "run", cwd=tmp_path)
    assert done.returncode == code and told in done.stderr
    assert "Traceback" not in done.stderr and not (tmp_path / "run").exists()


def test_a_gold_file_with_mistakes_is_told_line_by_line(tmp_path: Path) -> None:
    (tmp_path / "articles").mkdir()
    (tmp_path / "articles" / "a.txt").write_text("Title\n\nSome text of an article.")
    file = tmp_path / "cases.jsonl"
    file.write_text('{"id": "x"}\nnonsense\n')
    done = dateline("eval", "run", "--dataset", f"gold:{file}", cwd=tmp_path)
    assert done.returncode == 3
    assert f"{file}:1: " in done.stderr and f"{file}:2: is not JSON" in done.stderr


# -- a service, a kill --------------------------------------------------------------


def test_a_killed_run_goes_on_where_it_was(gold: Path, tmp_path: Path) -> None:
    asked: list[str] = []
    let_go = threading.Event()

    def answer(question: str) -> tuple[int, bytes]:
        asked.append(question)
        if len(asked) == 3 and not let_go.is_set():
            let_go.wait(SECONDS)
        return 200, abstention(question)

    with service(answer) as url:
        command = [sys.executable, "-m", "qa.cli", "eval", "run", "--dataset",
                   f"gold:{gold / 'cases.jsonl'}", "--system", f"service:{url}",
                   "--out", str(tmp_path / "run")]  # fmt: skip
        process = subprocess.Popen(command, cwd=gold, stderr=subprocess.DEVNULL)
        try:
            wait_until(lambda: len(asked) == 3, SECONDS)
        finally:
            os.kill(process.pid, signal.SIGKILL)
            process.wait()
        let_go.set()
        kept = (tmp_path / "run" / "outcomes.jsonl").read_text().splitlines()
        assert [json.loads(line)["case_id"] for line in kept] == ["who", "whose"]
        incomplete = dateline("eval", "compare", "run", "run", cwd=tmp_path)
        assert incomplete.returncode == 3 and "not finished" in incomplete.stderr
        done = run(gold, tmp_path / "run", "--system", f"service:{url}", "--json")
    assert done.returncode == 0, done.stderr
    assert asked[3:] == ["when did the volcano erupt?"]  # and none of the others again
    assert json.loads(done.stdout)["cases"] == 3
    assert "2 of 3 done" in done.stderr


def test_a_case_that_fails_is_counted_and_asked_again_the_next_time(
    gold: Path, tmp_path: Path
) -> None:
    is_down = threading.Event()
    is_down.set()

    def answer(question: str) -> tuple[int, bytes]:
        if "whose" in question and is_down.is_set():
            return 500, b"{}"
        return 200, abstention(question)

    with service(answer) as url:
        failed = run(gold, tmp_path / "run", "--system", f"service:{url}", "--json")
        is_down.clear()
        mended = run(gold, tmp_path / "run", "--system", f"service:{url}", "--json")
    assert failed.returncode == 1
    found = json.loads(failed.stdout)
    assert found["failed"] == 1 and found["measures"]["right"]["cases"] == 2
    assert mended.returncode == 0 and json.loads(mended.stdout)["failed"] == 0


def test_a_service_that_is_not_there_is_told_at_once(gold: Path, tmp_path: Path) -> None:
    with service(lambda _: (200, b"")) as url:
        pass  # its port is free again
    done = run(gold, tmp_path / "run", "--system", f"service:{url}")
    assert done.returncode == 3 and "can't be reached" in done.stderr


# -- a language model ----------------------------------------------------------------


def test_a_language_model_answers_and_judges(gold: Path, tmp_path: Path) -> None:
    def rule(request: Request) -> Reply:
        if "CORRECT or INCORRECT" in request.prompt:
            return says("CORRECT\nIt is the accepted answer.")
        if "You check whether" in request.prompt:
            return says("no idea")
        return says("Ada Lovelace wrote the first program. [1]")

    with llm_server(rule) as server:
        env = {"DATELINE_LLM": server.spec, "DATELINE_LLM_API_KEY": "secret-k"}
        done = dateline(
            "eval", "run", "--dataset", f"gold:{gold / 'cases.jsonl'}", "--data", gold / "index",
            "--system", "llm", "--judge", "--out", tmp_path / "run", "--json", cwd=gold, env=env,
        )  # fmt: skip
        plain = dateline(
            "eval", "run", "--dataset", f"gold:{gold / 'cases.jsonl'}", "--data", gold / "index",
            "--system", "llama-index-llm", "--out", tmp_path / "plain", "--json", cwd=gold, env=env,
        )  # fmt: skip
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert found["measures"]["judged_correct"]["value"] == 1
    assert "judged_faithful" not in found["measures"]  # no verdict is no verdict
    assert found["measures"]["prompt_tokens"]["value"] > 0
    assert found["measures"]["citation_recall"]["cases"] == 3
    [correct, faithful] = [note for note in found["notes"] if "judge" in note]
    assert "agree on 100% of 2 answers" in correct and "3 without a verdict" in faithful
    assert "Cohen" in (tmp_path / "run" / "report.html").read_text()
    for file in (tmp_path / "run").iterdir():
        assert b"secret-k" not in file.read_bytes(), file.name
    assert plain.returncode == 0, plain.stderr
    measures = json.loads(plain.stdout)["measures"]
    assert measures["right"]["value"] == pytest.approx(2 / 3)  # it answers what it can't know
    assert measures["citation_recall"]["value"] == 0  # and cites nothing
    nothing = dateline("eval", "run", "--judge", cwd=tmp_path, env={"DATELINE_LLM": ""})
    assert nothing.returncode == 3 and "DATELINE_LLM" in nothing.stderr


# -- comparing and the gate -----------------------------------------------------------


def test_two_runs_are_compared(gold: Path, tmp_path: Path) -> None:
    first = run(gold, tmp_path / "a", "--system", "bm25", "--json")
    figures = json.loads(first.stdout)
    assert figures["manifest"]["system"] == "bm25" and figures["measures"]["recall@1"]["value"] == 1
    assert "right" not in figures["measures"]  # it does not answer
    limited = run(gold, tmp_path / "b", "--system", "dense", "--limit", 1, "--json")
    assert json.loads(limited.stdout)["cases"] == 1
    done = dateline("eval", "compare", "a", "b", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "recall@1" in done.stdout and "lost by" in done.stdout and "won by" in done.stdout
    assert "2 of 3 cases are not compared" in done.stdout
    found = dateline("eval", "compare", "a", "b", "--json", cwd=tmp_path)
    assert json.loads(found.stdout)["measures"]["recall@1"]["cases"] == 1
    nothing = dateline("eval", "compare", "a", "nowhere", cwd=tmp_path)
    assert nothing.returncode == 3 and "not a run folder" in nothing.stderr


@pytest.mark.usefixtures("finished")
def test_the_gate_passes_what_is_as_good_and_stops_what_is_worse(
    gold: Path, tmp_path: Path
) -> None:
    judged = ("eval", "gate", "--run", gold / "run", "--baseline", "baseline.json")
    missing = dateline(*judged, cwd=tmp_path)
    assert missing.returncode == 3 and "--accept" in missing.stderr
    accepted = dateline(*judged, "--accept", cwd=tmp_path)
    assert accepted.returncode == 0 and "holds these figures now" in accepted.stdout
    passed = dateline(*judged, cwd=tmp_path)
    assert passed.returncode == 0 and "the gate passed" in passed.stdout
    path = tmp_path / "baseline.json"
    baseline = json.loads(path.read_text())
    baseline["cases"]["gone"] = {"right": 1.0}
    path.write_text(json.dumps(baseline))
    stopped = dateline(*judged, cwd=tmp_path)
    assert stopped.returncode == 1
    assert "gone" in stopped.stdout and "did not pass" in stopped.stderr


# -- where the commands are found ------------------------------------------------------


def test_eval_is_listed_among_the_commands(tmp_path: Path) -> None:
    listed = dateline("--help", cwd=tmp_path)
    assert listed.returncode == 0 and "eval" in listed.stdout and "ask" in listed.stdout
    help_of = dateline("eval", "--help", cwd=tmp_path)
    for command in ("run", "compare", "gate", "annotate"):
        assert command in help_of.stdout
    unknown = dateline("evaluate", cwd=tmp_path)
    assert unknown.returncode == 2


def test_ask_does_not_load_the_harness(tmp_path: Path) -> None:
    script = (
        "import sys; from qa import cli; sys.argv = ['dateline', 'ask', '--help']\n"
        "try: cli.main()\n"
        "except SystemExit: pass\n"
        "print([m for m in sys.modules if m.split('.')[0] in ('eval', 'scipy', 'matplotlib')])"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, timeout=SECONDS
    )
    assert done.stdout.splitlines()[-1] == "[]"


# -- a service of the test's own -----------------------------------------------------


def abstention(question: str) -> bytes:
    answer = Answer(
        id="ans_1", conversation_id=None, question=question, standalone_question=question,
        as_of="2021-02-25", status="abstained", abstain_reason="LOW_SUPPORT", text="",
        short_answer=None, citations=(), conflicts=(), independent_sources=0, passages=(),
        applied_filters={}, engine="stub", index_version="v", timings_ms={}, usage=None,
    )  # fmt: skip
    return answer.model_dump_json().encode()


@contextmanager
def service(answer: Callable[[str], tuple[int, bytes]]) -> Iterator[str]:
    """The URL of a service that is ready and answers as told."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.reply(200, b'{"is_ready": true, "index_version": "v", "embedding_model": "m"}')

        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["content-length"])))
            self.reply(*answer(body["question"]))

        def reply(self, status: int, body: bytes) -> None:
            try:
                self.send_response(status)
                self.send_header("content-length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)
            except OSError:
                pass  # the asker was killed, as a test wants it

        def log_message(self, format: str, *args: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
