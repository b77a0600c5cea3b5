"""The README's figures are those of the result files."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from eval.bench.readme import BEGIN, END, RESULTS, FiguresInvalid, in_step, region

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


@pytest.fixture
def results(tmp_path: Path) -> Path:
    folder = tmp_path / "results"
    folder.mkdir()
    for make in (retrieval, speed, growth, abstention):
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
    assert "**Answers**" not in text  # there is no such result file


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


def test_the_projects_readme_is_in_step() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    if BEGIN not in text and END not in text:
        pytest.skip("the README has no marks for its figures yet")
    assert in_step(text, RESULTS) == text, "run python -m eval.bench.readme"
