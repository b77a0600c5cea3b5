"""What can go wrong in measuring.

DatelineError (index.errors)
└── EvalError
    ├── DatasetInvalid   a dataset's file can't be read; names file and line
    ├── GoldInvalid      a gold file has mistakes; lists each with file, line and what is wrong
    ├── RunRefused       a run folder belongs to another run, or another process writes it
    ├── RunIncomplete    a run that is to be reported or compared is not finished
    ├── SystemUnknown    no system of that name, or what it needs is missing
    └── GateFailed       a measure fell below the baseline
"""

from __future__ import annotations

from index.errors import DatelineError

_SHOWN = 50  #: mistakes of a gold set that are told


class EvalError(DatelineError):
    """Anything that ends a command of the harness, with what to do about it."""


class DatasetInvalid(EvalError):
    """A dataset can't be read. Names the file, and the line where there is one."""


class GoldInvalid(EvalError):
    """A gold file has mistakes."""

    def __init__(self, problems: list[str]) -> None:
        self.problems = problems  #: "file:line: what is wrong", one each
        shown = [one if len(one) <= 500 else one[:500] + " …" for one in problems[:_SHOWN]]
        if len(problems) > _SHOWN:
            shown.append(f"… and {len(problems) - _SHOWN:,} more")
        super().__init__("the gold set has mistakes:\n" + "\n".join(shown))


class RunRefused(EvalError):
    """The run folder can't be used for this run."""


class RunIncomplete(EvalError):
    """The run is not finished; run the same command again to finish it."""


class SystemUnknown(EvalError):
    """No such system, or something that it needs is missing."""
