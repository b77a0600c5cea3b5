"""The README's figures are those of the result files."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from eval.bench.readme import BEGIN, END, FILES, RESULTS, FiguresInvalid, in_step, region

ROOT = Path(__file__).parent.parent
MACHINE = {"processor": "Abacus", "cores": 2, "memory_gib": 23.5}
QUALITY = {"R@1": 0.25, "R@5": 0.5, "R@10": 0.6, "R@50": 0.7, "MRR@10": 0.3}
MS = {"p50": 10.0, "p95": 20.0, "p99": 30.0}


def retrieval() -> dict:
    names = ("BM25 alone", "dense alone", "plain llama-index", "ours without nearness in time")
    systems = {name: dict(QUALITY) for name in names} | {"ours": QUALITY | {"R@1": 0.5}}
    return {"machine": MACHINE, "dataset": "mini", "questions": 259, "systems": systems}


def speed() -> dict:
    indexing = {
        "articles": 1814,
        "articles_per_second": 8.0,
        "cpu_seconds": 1000.0,
        "peak_memory_mib": 500,
        "bytes_on_disk": 131_000_000,
    }
    searching = {"first_search_s": 1.5, "memory_at_rest_mib": 200, "search_ms": MS}
    plain = {"indexing": indexing | {"articles_per_second": 4.0}, "searching": searching}
    return {
        "machine": MACHINE,
        "dataset": "mini",
        "ours": {"indexing": indexing, "searching": searching | {"ask_ms": MS}},
        "llama-index": plain,
        "recovering": {
            "open_sealed_s": 0.5,
            "open_after_a_kill_s": 2.5,
            "open_rebuilding_s": 7.0,
            "rebuilt_passages_per_second": 2967,
            "recall_at_10_against_exact": 1.0,
        },
        "starting": {"cold_ask_s": {"median": 1.4}},
    }


def growth() -> dict:
    one = {
        "articles": 1451,
        "passages": 15688,
        "indexing_cpu_s": 266,
        "indexing_peak_mib": 719,
        "bytes_on_disk": 99_966_142,
        "first_search_s": 1.6,
        "memory_at_rest_mib": 212,
        "search_ms": MS,
        "questions": 1165,
        **QUALITY,
    }
    sizes = {"1/8": one, "1/1": one | {"articles": 11609}}
    ours = {part: figures | {"ask_ms": MS} for part, figures in sizes.items()}
    return {"machine": MACHINE, "dataset": "large", "ours": ours, "llama-index": sizes}


def abstention() -> dict:
    names = ("precision", "recall", "F1")
    figures = dict.fromkeys(names, 0.5) | {"precision": None, "questions": 547}
    figures |= {"answered without the articles": 0.1, "answered with all articles": 0.2}
    return {"machine": MACHINE, "dataset": "large", "ours": {"2023-07 to 2023-12": figures}}


def measured(value: float) -> dict:
    return {"value": value, "low": value - 0.05, "high": value + 0.05, "cases": 100}


def of_sets() -> dict:
    """An abstention result with several sets; one of them without anything unanswerable."""
    names = ("precision", "recall", "F1", "right of the answered")
    figures = {
        **dict.fromkeys(names, measured(0.8)),
        "cases": 366,
        "unanswerable": 94,
        "at recall 0.7": {"confidence": 0.3, "precision": 0.9, "recall": 0.71},
        "risk_coverage": {"area": 0.25, "curve": [[1.0, 0.5]]},
        "ECE": {"equal mass": 0.04, "equal width": 0.05},
        "Brier": 0.18,
    }
    none = dict.fromkeys(["precision", "recall", "F1", "right of the answered", "at recall 0.7"])
    empty = {"risk_coverage": {"area": None, "curve": []}, "Brier": None}
    empty["ECE"] = {"equal mass": None, "equal width": None}
    sets = {"gold set": figures, "other": figures | none | empty}
    return abstention() | {"sets": sets, "plot": "abstention.svg"}


def time() -> dict:
    gain = {"R@1": [0.05, 0.01, 0.09]}
    found = {
        "questions": 90,
        "systems": dict.fromkeys(("no nearness", "plain factor", "ours"), QUALITY),
        "ours gains over": {"no nearness": gain, "plain factor": gain},
    }
    kinds = dict.fromkeys(("name a time", "name none", "all"), found)
    period = {"first": "2023-07-01", "last": "2023-09-30", **kinds}
    return {"machine": MACHINE, "dataset": "large", "checked on": period}


def reading() -> dict:
    scores = {"EM": measured(0.22), "F1": measured(0.3)}
    found = {"R@1": measured(0.4), "R@5": measured(0.54)}
    one = {**scores, **found, "made to answer": scores, "answered": measured(0.5)}
    one |= {"quote": measured(0.95), "ask_ms": {"p50": 300.0, "p95": 390.0, "p99": 395.0}}
    period = {
        "questions": 266,
        "ours": {"full": one, "fast": one | {"quote": None}},
        "fast loses": {name: measured(0.01) for name in ("EM", "F1", "R@1", "R@5")},
        "searches": dict.fromkeys(("BM25", "dense", "hybrid"), found),
        "public": {
            name: {"questions": 193, **scores, "ours": scores, "ours made to answer": scores}
            for name in ("open_gpt3_gcs_gen", "another system")
        },
    }
    periods = {"test": period, "dev": period | {"questions": 275}}
    return {"machine": MACHINE, "dataset": "large", "articles": 11545, "periods": periods}


def spans() -> dict:
    domains = {
        name: {"questions": 1014, "EM": measured(0.6), "F1": measured(0.74)}
        for name in ("new_wiki", "reddit", "total")
    }
    precisions = dict.fromkeys(("int8", "fp32"), {"model": "reader/1", "domains": domains})
    lost = {"EM": measured(0.001), "F1": measured(0.002)}
    return {"machine": MACHINE, "precisions": precisions, "int8 less fp32": lost}


def conversations() -> dict:
    figures = {"right": 0.5, "fact_recall@5": 0.9, "answer_recall@5": 0.95}
    ways = dict.fromkeys(("follow_up", "in_full", "as_typed", "joined"), figures)
    one = {"conversations": 49, "turns": 126, "kept": 0.875, "by_tie": {}, **ways}
    one["follow_up_ms"] = {"condense": MS, "total": MS}
    return {"machine": MACHINE, "gold": one, "development": one | {"turns": 365}}


def streaming() -> dict:
    times = dict.fromkeys(("first_event_ms", "search_ms", "more_ms"), MS)
    return {"machine": MACHINE, "questions": 200, "most_more_ms": 50, **times}


@pytest.fixture
def results(tmp_path: Path) -> Path:
    folder = tmp_path / "results"
    folder.mkdir()
    for make in (
        retrieval,
        time,
        speed,
        growth,
        abstention,
        reading,
        spans,
        conversations,
        streaming,
    ):
        (folder / f"{make.__name__}.json").write_text(json.dumps(make()))
    return folder


@pytest.fixture
def readme(tmp_path: Path) -> Path:
    path = tmp_path / "README.md"
    path.write_text(f"# Title\n\n{BEGIN}\nold\n{END}\n\n## Limits\n", encoding="utf-8")
    return path


def run(readme: Path, results: Path, *options: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "eval.bench.readme", "--readme", str(readme),
         "--results", str(results), *options],
        capture_output=True, text=True, check=False,
    )  # fmt: skip


def test_figures_and_ratios_are_shown(results: Path) -> None:
    text = region(results)
    assert "| ours | **.500** | **.500** | **.600** | **.700** | **.300** |" in text
    assert "| BM25 alone | .250 | **.500** |" in text
    assert "Ours divided by plain llama-index: R@1 2.00, R@5 1.00" in text
    assert "| articles indexed a second | 8.0 | 4.0 | 2.00 |" in text
    assert "| 11,609 | ours | 15,688 | 266 |" in text
    assert "| 1,451 | plain llama-index | 15,688 |" in text
    assert "| 2023-07 to 2023-12 | 547 | – | 50.0 | 50.0 | 10.0 | 20.0 |" in text
    assert "2 cores of Abacus" in text
    shown = "| checked on | name none (90) | without nearness | .250 | .500 | .300 | +0.050"
    assert shown in text and "checked on: 2023-07-01 to 2023-09-30" in text
    told = "| gold set (126 turns) | follow-ups, as Dateline takes them | 50.0 | 87.5 | .900 |"
    assert told in text and "| development set (365 turns) |" in text
    assert "A follow-up takes 10 ms (p95 20), of which 10 ms (p95 20) to make it" in text
    assert "| beyond the search (at most 50) | 10 | 20 | 30 |" in text
    assert "**Answers**" not in text  # there is no such result file


def test_the_figures_to_reach_stand_beside_the_searches_and_the_public_systems(
    results: Path,
) -> None:
    text = region(results)
    ours = "22.0 (17.0 to 27.0) | 30.0 (25.0 to 35.0) | 50.0 | .400 (.350 to .450)"
    assert f"| ours | {ours} |" in text and f"| ours, fast | {ours} |" in text
    assert "| 95.0 | 300 / 390 |" in text
    assert "| BM25 alone | – | – | – | .400" in text
    assert "| GPT-3, reading a web search's articles (193 of the questions) | 22.0" in text
    assert "| another system (193 of the questions) |" in text
    assert text.count("| ours, made to answer (193 of the questions) |") == 2  # one a quarter
    assert text.count("| the mountain | 28 | 36 |") == 1  # not of the quarter that was chosen by
    assert "October to December 2023, 266 questions" in text
    assert "Fast loses, in points: EM 1.0 (-4.0 to 6.0)" in text
    assert "|  | new wiki (1,014) | reddit (1,014) | total (1,014) |" in text
    assert "| 8-bit, as shipped | 60.0 / 74.0 |" in text
    assert "8 bits less 32, in points: EM 0.1 (-4.9 to 5.1), F1 0.2" in text


def test_three_sets_of_questions_are_shown_where_they_were_measured(results: Path) -> None:
    before = region(results)
    assert "abstention.svg" not in before
    (results / "abstention.json").write_text(json.dumps(of_sets()))
    text = region(results)
    shown = "| gold set | 94 of 366 | 80.0 (75.0 to 85.0) |"
    assert shown in text and shown not in before
    assert "| 80.0 | 90.0 | .250 | .040 / .050 | .180 |" in text
    assert "| other | 94 of 366 | – | – | – | – | – | – | – / – | – |" in text
    assert "](eval/bench/results/abstention.svg)" in text
    for line in before.splitlines():
        assert line in text


def test_tables_are_well_formed(results: Path) -> None:
    widths: set[int] = set()
    for line in region(results).splitlines():
        if line.startswith("|"):
            widths.add(line.count("|"))
            assert len(widths) == 1, line
        else:
            widths.clear()


def test_writing_makes_the_check_pass_and_touches_nothing_else(readme: Path, results: Path) -> None:
    before = run(readme, results, "--check")
    assert before.returncode == 1
    assert "-old" in before.stdout and "+| ours | **.500**" in before.stdout
    assert "old" in readme.read_text(encoding="utf-8")
    assert run(readme, results).returncode == 0
    text = readme.read_text(encoding="utf-8")
    assert text.startswith("# Title\n\n") and text.endswith(f"{END}\n\n## Limits\n")
    assert in_step(text, results) == text
    assert run(readme, results, "--check").returncode == 0


def test_a_changed_figure_is_out_of_step(readme: Path, results: Path) -> None:
    text = in_step(readme.read_text(encoding="utf-8"), results)
    changed = retrieval()
    changed["systems"]["ours"]["R@1"] = 0.501
    (results / "retrieval.json").write_text(json.dumps(changed))
    assert in_step(text, results) != text


@pytest.mark.parametrize(
    "text", ["", BEGIN, END, f"{END}\n{BEGIN}", f"{BEGIN}{BEGIN}{END}", f"{BEGIN}{END}{END}"]
)
def test_missing_marks_are_said(readme: Path, results: Path, text: str) -> None:
    with pytest.raises(FiguresInvalid, match="the README"):
        in_step(text, results)


def test_missing_marks_end_the_command(readme: Path, results: Path) -> None:
    readme.write_text("# Title\n")
    for options in ((), ("--check",)):
        done = run(readme, results, *options)
        assert (done.returncode, BEGIN in done.stderr) == (2, True)
    assert readme.read_text() == "# Title\n"


@pytest.mark.parametrize(
    "content", ["{", "[]", "{}", '{"machine": {}}', '{"systems": {"ours": 1}}']
)
def test_a_result_file_of_another_form_is_named(results: Path, content: str) -> None:
    (results / "retrieval.json").write_text(content)
    with pytest.raises(FiguresInvalid, match=r"retrieval\.json .*eval\.bench\.retrieval"):
        region(results)


def test_no_results_at_all_is_said(tmp_path: Path) -> None:
    with pytest.raises(FiguresInvalid, match="no result file"):
        region(tmp_path)


@pytest.mark.parametrize("path", FILES, ids=str)
def test_the_projects_files_are_in_step(path: Path) -> None:
    text = (ROOT / path).read_text(encoding="utf-8")
    assert in_step(text, RESULTS, FILES[path]) == text, "run python -m eval.bench.readme"
