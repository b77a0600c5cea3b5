"""What was run, and how it went, in words: what both reports begin with."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from eval.records import Scores
from eval.report_cases import KINDS, Finding
from eval.report_text import clipped

#: Key of the manifest → what it is called, in the order of the report.
_LABELS = {
    "system": "System",
    "settings": "Settings",
    "dataset": "Dataset",
    "dataset_fingerprint": "Dataset's fingerprint",
    "cases": "Cases",
    "cases_fingerprint": "Cases' fingerprint",
    "in_full": "Follow-ups asked in full",
    "judge": "Judge",
    "started": "Started",
    "finished": "Finished",
    "jobs": "Questions at once",
    "version": "Version of Dateline",
    "code": "Code's fingerprint",
    "machine": "Machine",
}
_LONGEST = 500  #: characters of a value
_MOST_ROWS = 100
_DEEPEST = 3  #: levels of the manifest that are taken apart


def title_of(manifest: Mapping[str, object]) -> str:
    """ "ours on gold", as far as the manifest tells."""
    system, dataset = manifest.get("system"), manifest.get("dataset")
    return clipped(f"{system or 'unnamed system'} on {dataset or 'unnamed dataset'}", 200)


def rows_of(manifest: Mapping[str, object]) -> list[tuple[str, str]]:
    """(label, value) of all that the manifest tells; keys that are not known come last."""
    known = [key for key in _LABELS if key in manifest]
    unknown = [key for key in manifest if key not in _LABELS]
    rows: list[tuple[str, str]] = []
    for key in [*known, *unknown]:
        rows += _rows(_LABELS.get(key, str(key)), manifest[key], _DEEPEST)
    if took := _took(manifest):
        place = next((i for i, row in enumerate(rows) if row[0] == "Finished"), len(rows) - 1)
        rows.insert(place + 1, ("Took", took))
    if len(rows) > _MOST_ROWS:
        left = len(rows) - _MOST_ROWS
        rows = [*rows[:_MOST_ROWS], ("Left out here", f"{left} more, see run.json")]
    return rows


def told(scores: Scores, found: Sequence[Finding]) -> list[str]:
    """How it went, in a few sentences."""
    if not scores.cases:
        return ["No case was asked."]
    ran = scores.cases - scores.failed
    sentences = [f"{_count(scores.cases, 'case')} asked."]
    if scores.failed:
        which = "All of them" if not ran else f"{scores.failed:,} of them"
        sentences.append(f"{which} failed to run.")
    if not ran:
        return sentences
    kinds = Counter(one.kind for one in found)
    parts = [f"{kinds[kind]:,} {KINDS[kind].counted}" for kind in KINDS if kinds[kind]]
    if parts:
        sentences.append(f"Of the {ran:,} that ran: {'; '.join(parts)}.")
    elif scores.measures:
        sentences.append(f"Nothing was wrong in the {ran:,} that ran.")
    return sentences


def _rows(label: str, value: object, levels: int) -> Iterator[tuple[str, str]]:
    if isinstance(value, Mapping) and value and levels:
        for key, inner in value.items():
            yield from _rows(f"{label}: {key}", inner, levels - 1)
    else:
        yield clipped(label, 100), clipped(_written(value), _LONGEST)


def _written(value: object) -> str:
    if value is None:
        return "none"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list | tuple | dict):
        return json.dumps(value, ensure_ascii=False, default=str)
    return str(value) or "empty"


def _took(manifest: Mapping[str, object]) -> str | None:
    """The time between start and finish; None where they don't tell it."""
    try:
        started = datetime.fromisoformat(str(manifest.get("started")))
        finished = datetime.fromisoformat(str(manifest.get("finished")))
        seconds = round((finished - started).total_seconds())
    except (ValueError, TypeError):  # no time, or one with a zone and one without
        return None
    minutes, seconds = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes} min" if hours else f"{minutes} min {seconds} s"


def _count(number: int, what: str) -> str:
    return f"{number:,} {what}{'' if number == 1 else 's'}"
