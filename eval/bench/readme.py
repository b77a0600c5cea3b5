"""The figures of the README and of the reader's card, written from the result files.

    python -m eval.bench.readme [--check] [--readme FILE] [--results FOLDER]

Replaces what stands between `<!-- figures -->` and `<!-- end of figures -->`. With --check it
changes nothing, shows the difference, and exits with 1 where there is one; 2 where the marks or
a figure are missing. With --readme, that file alone gets all the figures.
"""

from __future__ import annotations

import argparse
import difflib
import json
import sys
from collections.abc import Collection
from pathlib import Path
from typing import Any

from eval.bench.tables import SECTIONS
from eval.errors import EvalError

BEGIN, END = "<!-- figures -->", "<!-- end of figures -->"
RESULTS = Path(__file__).with_name("results")
ALL = tuple(SECTIONS)
CARD = Path("qa/weights/README.md")
#: The sections of each file: the reader's card has those that tell how well it reads.
FILES = {Path("README.md"): ALL, CARD: ("reading", "spans", "abstention")}


class FiguresInvalid(EvalError):
    """The README lacks its marks, or a result file what is shown of it."""


def in_step(readme: str, results: Path = RESULTS, names: Collection[str] = ALL) -> str:
    """The README with the region between its marks written anew, of the sections in `names`.

    A section whose result file is missing is left out. Raises `FiguresInvalid` when the marks
    are not there exactly once and in order, or a result file is of another form.
    """
    if readme.count(BEGIN) != 1 or readme.count(END) != 1:
        raise FiguresInvalid(
            f"the README needs one line {BEGIN} and one line {END}, between which the figures go."
        )
    before, _, rest = readme.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not end:
        raise FiguresInvalid(f"in the README {END} stands before {BEGIN}; put it after.")
    return f"{before}{BEGIN}\n\n{region(results, names)}\n{END}{after}"


def region(results: Path, names: Collection[str] = ALL) -> str:
    """The generated Markdown, its last line ended."""
    parts = []
    for name, section in SECTIONS.items():
        path = results / f"{name}.json"
        if name in names and path.exists():
            try:
                parts.append(section(_read(path)).strip())
            except (KeyError, TypeError, ValueError, AttributeError) as error:
                raise FiguresInvalid(
                    f"{path} is not of the form that eval.bench.{name} writes now "
                    f"({type(error).__name__}: {error}); run it again."
                ) from error
    if not parts:
        raise FiguresInvalid(f"{results} holds no result file; run eval.bench.run.")
    return "\n\n".join(parts) + "\n"


def _read(path: Path) -> dict[str, Any]:
    return json.loads(path.read_text(encoding="utf-8"))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--check", action="store_true")
    parser.add_argument("--readme", type=Path)
    parser.add_argument("--results", type=Path, default=RESULTS)
    arguments = parser.parse_args()
    files = {arguments.readme: ALL} if arguments.readme else FILES
    codes = [
        _write(path, arguments.results, names, arguments.check) for path, names in files.items()
    ]
    raise SystemExit(max(codes))


def _write(path: Path, results: Path, names: Collection[str], only_check: bool) -> int:
    """Bring a file in step, or say that it is not; the exit code."""
    try:
        old = path.read_text(encoding="utf-8")
        new = in_step(old, results, names)
    except (OSError, FiguresInvalid) as error:
        print(f"{path}: {error}", file=sys.stderr)
        return 2
    if not only_check:
        path.write_text(new, encoding="utf-8")
    elif new != old:
        lines = difflib.unified_diff(
            old.splitlines(), new.splitlines(), str(path), "from the results", lineterm=""
        )
        print("\n".join(lines))
        print("out of step: run python -m eval.bench.readme", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    main()
