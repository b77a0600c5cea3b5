"""The report of a run, for people: `report.html`, one file to open anywhere, and `report.md`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from eval.errors import EvalError
from eval.records import Case, Outcome, ScoredCase, Scores

HTML, MARKDOWN = "report.html", "report.md"


def write_report(
    folder: Path,
    manifest: Mapping[str, object],
    scores: Scores,
    cases: Sequence[ScoredCase],
    failed: Sequence[tuple[Case, Outcome]],
) -> tuple[Path, Path]:
    """Write both reports of a run into its folder; what stood there is replaced.

    Args:
        manifest: what was run, as `run.json` keeps it; every key is shown.
        cases: those that ran, in the order asked.
        failed: those that gave an error.

    Returns the paths of `report.html` and `report.md`. Raises `EvalError` where the libraries
    that draw them are not installed, and `OSError` where the folder can't be written.
    """
    try:
        import jinja2  # noqa: F401
        import matplotlib  # noqa: F401
    except ModuleNotFoundError as error:
        raise EvalError(
            f"a report needs {error.name}, which is not installed; install the extra eval: "
            "pip install 'dateline[eval]'"
        ) from None
    from eval.report_html import html_report
    from eval.report_markdown import markdown_report

    page = html_report(manifest, scores, cases, failed)
    summary = markdown_report(manifest, scores, cases, failed)
    return _written(folder / HTML, page), _written(folder / MARKDOWN, summary)


def _written(path: Path, text: str) -> Path:
    """Replace the file at once, so that whoever looks sees the old one or the new one."""
    temporary = path.with_name(path.name + ".new")
    temporary.write_bytes(text.encode("utf-8"))
    temporary.replace(path)
    return path
