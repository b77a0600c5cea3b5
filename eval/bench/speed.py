"""Speed and memory over `realtimeqa-mini`: indexing, searching, asking, starting, recovering.

    python -m eval.bench.speed --bench DIR [--data FOLDER] [--out FILE]

Indexes into FOLDER (a new one; a temporary one unless named), then measures each thing
in a process of its own, so that memory and starts are those of a real command.
"""

from __future__ import annotations

import argparse
import json
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from statistics import median

import numpy as np

from eval.bench.corpus import build
from eval.bench.machine import machine
from eval.datasets.realtimeqa import questions
from index.config import IndexConfig
from index.embed import Embedder
from index.graph import DIMENSION
from index.model import identity
from index.store import Store

STARTS = 5
PROBES = 200  #: passages whose neighbours are compared with exact search


def indexing(bench: Path, data: Path) -> dict[str, object]:
    """Articles and passages a second, peak memory, bytes on disk."""
    return asdict(build(bench / "realtimeqa-mini" / "articles.jsonl.gz", data))


def answering(bench: Path, data: Path) -> dict[str, object]:
    """Search and ask latency over every question, and memory before and after them."""
    from qa.answer import Answerer
    from qa.records import Question

    store = Store.open(IndexConfig(data=data), identity("int8"), DIMENSION, "a benchmark")
    answerer = Answerer.over(store, Embedder.open(data))
    asked = [Question(one.text, as_of=one.asked_on) for one in questions(bench / "realtimeqa-mini")]
    answerer.ask(asked[0])
    at_rest = _resident()
    found = {
        "search_ms": _percentiles(lambda one: answerer.search(one), asked),
        "ask_ms": _percentiles(lambda one: answerer.ask(one), asked),
        "memory_at_rest_mib": at_rest,
        "memory_peak_mib": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024),
    }
    store.close()
    return found


def recovering(bench: Path, data: Path) -> dict[str, object]:
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


def starting(bench: Path, data: Path) -> dict[str, object]:
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


STAGES: dict[str, Callable[[Path, Path], dict[str, object]]] = {
    "indexing": indexing,
    "answering": answering,
    "recovering": recovering,
    "starting": starting,
}


def _percentiles(action: Callable, inputs: list) -> dict[str, float]:
    taken = []
    for one in inputs:
        began = time.perf_counter()
        action(one)
        taken.append((time.perf_counter() - began) * 1000)
    return {f"p{q}": round(float(np.percentile(taken, q)), 1) for q in (50, 95, 99)}


def _resident() -> int:
    """Resident memory now, in MiB."""
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("VmRSS"):
            return round(int(line.split()[1]) / 1024)
    raise RuntimeError("resident memory is read from /proc, which this system lacks")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--bench", type=Path, required=True)
    parser.add_argument("--data", type=Path)
    parser.add_argument("--out", type=Path)
    parser.add_argument("--stage", choices=STAGES, help="only this one, in this process")
    arguments = parser.parse_args()
    if arguments.stage:
        print(json.dumps(STAGES[arguments.stage](arguments.bench, arguments.data)))
        return
    result: dict[str, object] = {"machine": machine(), "dataset": "realtimeqa-mini"}
    with tempfile.TemporaryDirectory() as temporary:
        data = arguments.data or Path(temporary) / "data"
        for stage in STAGES:
            done = subprocess.run(
                [sys.executable, "-m", "eval.bench.speed", "--bench", str(arguments.bench),
                 "--data", str(data), "--stage", stage],
                stdout=subprocess.PIPE, check=True, text=True,
            )  # fmt: skip
            result[stage] = json.loads(done.stdout.splitlines()[-1])
            print(stage, json.dumps(result[stage], indent=1), flush=True)
    if arguments.out:
        arguments.out.write_text(json.dumps(result, indent=1) + "\n")


if __name__ == "__main__":
    main()
