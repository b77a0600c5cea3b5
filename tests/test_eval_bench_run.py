"""All measurements in one command, each in a process of its own."""

from __future__ import annotations

import subprocess
import sys
from importlib import import_module
from pathlib import Path

import pytest

from eval.bench.process import measured_apart
from eval.bench.run import STAGES, commands


def test_every_stage_runs_a_module_that_is_there() -> None:
    planned = commands(Path("bench"), Path("out"), Path("mini"), Path("growth"))
    assert set(planned) == set(STAGES)
    for name, steps in planned.items():
        for module, *options in steps:
            assert callable(import_module(module).main)
            if name not in ("conversations", "streaming"):  # over the sample articles
                assert options[options.index("--bench") + 1] == "bench"
        assert steps[-1][-1] == f"out/{name}.json"


def test_without_the_data_it_says_what_to_do(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "eval.bench.run", "--bench", str(tmp_path), "--out", str(tmp_path)],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 2
    assert "DATELINE_BENCH" in done.stderr


def test_figures_are_the_last_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "speaks.py").write_text("print('noise'); print('{\"a\": 1}')")
    (tmp_path / "silent.py").write_text("")
    (tmp_path / "fails.py").write_text("raise SystemExit(3)")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    assert measured_apart("speaks") == {"a": 1}
    with pytest.raises(ValueError, match="no figures"):
        measured_apart("silent")
    with pytest.raises(subprocess.CalledProcessError):
        measured_apart("fails")
