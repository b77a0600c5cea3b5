"""How cost grows: both systems over 1/8, 1/4, 1/2 and all of `realtimeqa-2022-2023`.

    python -m eval.bench.growth --stage build --bench DIR --data FOLDER
    python -m eval.bench.growth --stage measure --bench DIR --data FOLDER [--out FILE]

`build` indexes the four sizes, each a part of the next, and keeps a closed copy at every size as
FOLDER/SYSTEM-8 (an eighth) to FOLDER/SYSTEM-1 (all) with its figures in FOLDER/SYSTEM-8.json and
so on. It takes over an hour; a size that is done is not done again. `measure` takes some fifteen
minutes, and wants the machine to itself.
"""

from __future__ import annotations

import argparse
import json
import shutil
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from hashlib import sha256
from pathlib import Path
from typing import Any

from eval.bench.corpus import OURS, PLAIN, articles_of, build
from eval.bench.machine import machine
from eval.bench.process import measured_apart
from index.embed import PassageEmbedder
from index.records import Found, Rejected

DATASET = "realtimeqa-2022-2023"
PARTS = (8, 4, 2, 1)  #: 8: an eighth of the articles
#: Questions for development. Later ones are for tests, earlier ones are `realtimeqa-mini`'s.
FIRST, LAST = "2022-09-01", "2023-09-30"
TIMED = 200  #: of them, whose time is taken


def part_of(ids: Iterable[str], part: int) -> set[str]:
    """1/part of the ids, by an order that is the same everywhere: a part of every larger part."""
    ordered = sorted(set(ids), key=lambda one: sha256(one.encode()).hexdigest())
    return set(ordered[: len(ordered) // part])


def step(
    bench: Path, data: Path, system: str, part: int, embedder: PassageEmbedder | None = None
) -> dict[str, Any]:
    """Build one size on a copy of the one before it, in this process; keep it and its figures."""
    wanted = part_of(_ids(bench), part)
    unfinished = data / f"{system}-{part}.unfinished"
    shutil.rmtree(unfinished, ignore_errors=True)
    smaller = part * 2
    if smaller in PARTS:
        wanted -= part_of(_ids(bench), smaller)
        shutil.copytree(data / f"{system}-{smaller}", unfinished)
    found = (one for one in _found(bench) if one.id in wanted)
    figures = asdict(build(system, found, unfinished, embedder))
    target = data / f"{system}-{part}"
    shutil.rmtree(target, ignore_errors=True)
    unfinished.rename(target)
    _figures_file(data, system, part).write_text(json.dumps(figures, indent=1) + "\n")
    return figures


def build_all(bench: Path, data: Path, systems: Iterable[str]) -> None:
    """Every size that is not there yet, each in a process of its own."""
    data.mkdir(parents=True, exist_ok=True)
    for system in systems:
        for part in PARTS:
            if not _figures_file(data, system, part).exists():
                print(f"building {system}, 1/{part}", flush=True)
                figures = measured_apart(
                    "eval.bench.growth", "--stage", "build", "--bench", str(bench),
                    "--data", str(data), "--system", system, "--part", str(part),
                )  # fmt: skip
                print(json.dumps(figures), flush=True)
    print("every size is built", flush=True)


def measure_all(bench: Path, data: Path) -> dict[str, Any]:
    """Of every size: what building took, and what searching and asking take.

    Seconds of building are those of the size's steps together. Sizes that are not built are
    left out, and said so.
    """
    found: dict[str, Any] = {"machine": machine(), "dataset": DATASET}
    for system in (OURS, PLAIN):
        sizes: dict[str, Any] = {}
        seconds = cpu_seconds = 0.0
        for part in PARTS:
            kept = _figures_file(data, system, part)
            if not kept.exists():
                print(f"{system} 1/{part} is not built: left out", flush=True)
                continue
            indexing = json.loads(kept.read_text())
            seconds += indexing["seconds"]
            cpu_seconds += indexing["cpu_seconds"]
            sizes[f"1/{part}"] = {
                "articles": indexing["articles"],
                "passages": indexing["passages"],
                "indexing_s": round(seconds),
                "indexing_cpu_s": round(cpu_seconds),
                "bytes_on_disk": indexing["bytes_on_disk"],
                **measured_apart(
                    "eval.bench.searching", "--bench", str(bench), "--dataset", DATASET,
                    "--system", system, "--data", str(data / f"{system}-{part}"),
                    "--first", FIRST, "--last", LAST, "--timed", str(TIMED),
                ),
            }  # fmt: skip
            print(system, f"1/{part}", json.dumps(sizes[f"1/{part}"], indent=1), flush=True)
        found[system] = sizes
    return found


def _figures_file(data: Path, system: str, part: int) -> Path:
    return data / f"{system}-{part}.json"


def _found(bench: Path) -> Iterator[Found]:
    return (one for one in articles_of(bench, DATASET) if not isinstance(one, Rejected))


def _ids(bench: Path) -> Iterator[str]:
    return (one.id for one in _found(bench) if one.id)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--stage", choices=("build", "measure"), required=True)
    parser.add_argument("--bench", type=Path, required=True)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--system", choices=(OURS, PLAIN), help="build only this one")
    parser.add_argument("--part", type=int, choices=PARTS, help="build only this, in this process")
    parser.add_argument("--out", type=Path)
    arguments = parser.parse_args()
    bench, data, system = arguments.bench, arguments.data, arguments.system
    if arguments.stage == "measure":
        result = measure_all(bench, data)
        if arguments.out:
            arguments.out.write_text(json.dumps(result, indent=1) + "\n")
    elif arguments.part:
        if not system:
            parser.error("--part needs --system")
        print(json.dumps(step(bench, data, system, arguments.part)))
    else:
        build_all(bench, data, [system] if system else [OURS, PLAIN])


if __name__ == "__main__":
    main()
