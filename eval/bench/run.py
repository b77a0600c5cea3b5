"""Every long measurement, one after the other, each into its result file.

    python -m eval.bench.run --bench DIR --out FOLDER

DIR is the folder of the public benchmark data. Takes about an hour on two cores, and
wants them to itself.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
from pathlib import Path


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--bench", required=True)
    parser.add_argument("--out", type=Path, required=True)
    arguments = parser.parse_args()
    if not Path(arguments.bench, "realtimeqa-mini").is_dir():
        parser.error("--bench must name the folder of the public data (set DATELINE_BENCH)")
    with tempfile.TemporaryDirectory() as folder:
        data = str(Path(folder) / "data")
        stages = {
            "embedding": ["--limit", "256", "--repeats", "5"],
            "speed": ["--data", data],
            "retrieval": ["--data", data],
            "answers": ["--data", data],
            "lexical": ["--passages", "300000"],
        }
        for name, options in stages.items():
            print(f"== {name}", flush=True)
            subprocess.run(
                [sys.executable, "-m", f"eval.bench.{name}", "--bench", arguments.bench,
                 *options, "--out", str(arguments.out / f"{name}.json")],
                check=True,
            )  # fmt: skip


if __name__ == "__main__":
    main()
