"""Speed and memory over `realtimeqa-mini`: indexing, searching, asking, starting, recovering.

    python -m eval.bench.speed --bench DIR [--data FOLDER] [--out FILE]

Indexes into FOLDER/ours and FOLDER/llama-index (new ones; temporary unless named), then measures
each thing in a process of its own, so that memory and starts are those of a real command. What
the plain llama-index pipeline does too is measured of both, one after the other, and compared.
About a quarter of an hour.
"""

from __future__ import annotations

import argparse
import json
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np

from eval.bench.corpus import OURS, PLAIN, articles_of, build
from eval.bench.machine import machine
from eval.bench.process import measured_apart
from index.config import IndexConfig
from index.graph import DIMENSION
from index.model import identity
from index.store import Store

DATASET = "realtimeqa-mini"
STARTS = 5
PROBES = 200  #: passages whose neighbours are compared with exact search


def recovering(data: Path) -> dict[str, object]:
    """Seconds to open: sealed, after a kill (every row compared), and rebuilding both indexes."""
    config = IndexConfig(data=data)
    found: dict[str, object] = {}

    def opened(name: str) -> Store:
        began = time.monotonic()
        store = Store.open(config, identity("int8"), DIMENSION, "a benchmark")
        found[f"open_{name}_s"] = round(time.monotonic() - began, 2)
        return store

    opened("sealed").close()
    (data / "seal.json").unlink()
    opened("after_a_kill").close()
    shutil.rmtree(data / "chroma")
    shutil.rmtree(data / "lexical")
    store = opened("rebuilding")
    passages = store.catalogue.counts()[1]
    seconds = found["open_rebuilding_s"]
    found["rebuilt_passages_per_second"] = round(passages / float(str(seconds)))
    ids, rows = [], []
    for batch in store.catalogue.walk():
        ids += [one.id for one, _ in batch]
        rows += [row for _, row in batch]
    matrix = np.stack(rows)
    rng = np.random.default_rng(0)
    right = 0
    for place in rng.choice(len(ids), PROBES, replace=False):
        query = matrix[place] + 0.02 * rng.normal(size=DIMENSION).astype(np.float32)
        query /= np.linalg.norm(query)
        exact = {ids[position] for position in np.argsort(-(matrix @ query))[:10]}
        right += len(exact & {one.passage_id for one in store.search_dense(query, 10)})
    found["recall_at_10_against_exact"] = round(right / (10 * PROBES), 4)
    store.close()
    return found


def starting(data: Path) -> dict[str, object]:
    """Seconds of a whole `dateline ask`, from a shell's view, over these articles."""
    seconds = []
    for _ in range(STARTS):
        began = time.monotonic()
        subprocess.run(
            [sys.executable, "-m", "qa.cli", "ask", "who won the election?", "--data", str(data)],
            capture_output=True,
            check=False,
        )
        seconds.append(time.monotonic() - began)
    return {"cold_ask_s": {"median": round(median(seconds), 2), "max": round(max(seconds), 2)}}


STAGES: dict[str, Callable[[Path], dict[str, object]]] = {
    "recovering": recovering,
    "starting": starting,
}


def both(bench: Path, folder: Path) -> dict[str, Any]:
    """Indexing and searching of each system, and ours as a share of the plain one's."""
    found: dict[str, Any] = {}
    for system in (OURS, PLAIN):
        options = ("--bench", str(bench), "--data", str(folder / system), "--system", system)
        indexing = measured_apart("eval.bench.speed", "--stage", "indexing", *options)
        searching = measured_apart("eval.bench.searching", "--dataset", DATASET, *options)
        found[system] = {"indexing": indexing, "searching": searching}
        print(system, json.dumps(found[system], indent=1), flush=True)
    return found | {"ratios": ratios(found[OURS], found[PLAIN])}


def ratios(ours: dict[str, Any], plain: dict[str, Any]) -> dict[str, float]:
    """Ours divided by the plain pipeline's."""
    pairs = {
        "articles_per_second": ("indexing", "articles_per_second"),
        "indexing_cpu_seconds": ("indexing", "cpu_seconds"),
        "indexing_peak_memory": ("indexing", "peak_memory_mib"),
        "bytes_on_disk": ("indexing", "bytes_on_disk"),
        "first_search_s": ("searching", "first_search_s"),
        "search_p50": ("searching", "search_ms", "p50"),
        "search_p95": ("searching", "search_ms", "p95"),
        "memory_at_rest": ("searching", "memory_at_rest_mib"),
    }

    def value(figures: Any, path: tuple[str, ...]) -> float:
        for key in path:
            figures = figures[key]
        return figures

    return {name: round(value(ours, path) / value(plain, path), 3) for name, path in pairs.items()}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--bench", type=Path, required=True)
    parser.add_argument("--data", type=Path)
    parser.add_argument("--out", type=Path)
    parser.add_argument("--stage", choices=("indexing", *STAGES), help="only this, in this process")
    parser.add_argument("--system", choices=(OURS, PLAIN), default=OURS, help="of --stage indexing")
    arguments = parser.parse_args()
    bench, data = arguments.bench, arguments.data
    if arguments.stage:
        if data is None:
            parser.error("--stage needs --data")
        figures = (
            asdict(build(arguments.system, articles_of(bench, DATASET), data))
            if arguments.stage == "indexing"
            else STAGES[arguments.stage](data)
        )
        print(json.dumps(figures))
        return
    result: dict[str, object] = {"machine": machine(), "dataset": DATASET}
    with tempfile.TemporaryDirectory() as temporary:
        folder = data or Path(temporary)
        result |= both(bench, folder)
        for stage in STAGES:
            options = ("--stage", stage, "--bench", str(bench), "--data", str(folder / OURS))
            result[stage] = measured_apart("eval.bench.speed", *options)
            print(stage, json.dumps(result[stage], indent=1), flush=True)
    if arguments.out:
        arguments.out.write_text(json.dumps(result, indent=1) + "\n")


if __name__ == "__main__":
    main()
