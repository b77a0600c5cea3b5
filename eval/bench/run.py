"""Every long measurement, one after the other, each into its result file.

    python -m eval.bench.run --bench DIR --out FOLDER [--growth FOLDER] [--only NAME …]

DIR is the folder of the public benchmark data. All of it takes some three and a half hours on two
cores, and wants them to itself; the most of it is building the indexes of `growth` (`time`,
`reading` and `abstention` ask the largest), which --growth keeps and takes again. At the end
`eval.bench.readme` brings the README in step.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
import time
from pathlib import Path

#: Name → about how many minutes it takes, when the growth folder is built.
STAGES = {
    "embedding": 8,
    "speed": 17,
    "retrieval": 7,
    "answers": 1,
    "lexical": 15,
    "growth": 15,
    "time": 10,
    "reading": 15,
    "spans": 3,
    "abstention": 12,
    "conversations": 14,
    "streaming": 1,
}


def commands(bench: Path, out: Path, data: Path, growth: Path) -> dict[str, list[list[str]]]:
    """Stage → the modules and options that it runs."""

    def alone(name: str, *options: str) -> list[str]:
        return [f"eval.bench.{name}", *options, "--out", str(out / f"{name}.json")]

    def into(name: str, *options: str) -> list[str]:
        return alone(name, "--bench", str(bench), *options)

    mini, all_sizes = ("--data", str(data)), ("--data", str(growth))
    largest = ("--data", str(growth / "ours-1"))
    building = ["eval.bench.growth", "--stage", "build", "--bench", str(bench), *all_sizes]
    return {
        "embedding": [into("embedding", "--limit", "256", "--repeats", "5")],
        "speed": [into("speed", *mini)],
        "retrieval": [into("retrieval", *mini)],
        "answers": [into("answers", *mini)],
        "lexical": [into("lexical", "--passages", "300000")],
        "growth": [building, into("growth", "--stage", "measure", *all_sizes)],
        "time": [into("time", *largest)],
        "reading": [into("reading", *largest)],
        "spans": [into("spans")],
        "abstention": [into("abstention", *largest)],
        # Over the sample articles.
        "conversations": [alone("conversations")],
        "streaming": [alone("streaming")],
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--bench", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--growth", type=Path, help="where the indexes of four sizes are kept")
    parser.add_argument("--only", nargs="+", choices=STAGES, default=list(STAGES))
    arguments = parser.parse_args()
    if not (arguments.bench / "realtimeqa-mini").is_dir():
        parser.error("--bench must name the folder of the public data (set DATELINE_BENCH)")
    arguments.out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        growth = arguments.growth or folder / "growth"
        planned = commands(arguments.bench, arguments.out, folder / "mini", growth)
        for place, name in enumerate(arguments.only, start=1):
            print(f"== {place}/{len(arguments.only)} {name}, some {STAGES[name]} min", flush=True)
            began = time.monotonic()
            for command in planned[name]:
                subprocess.run([sys.executable, "-m", *command], check=True)
            print(f"== {name} took {(time.monotonic() - began) / 60:.1f} minutes", flush=True)


if __name__ == "__main__":
    main()
