"""The rows of the report's table of all cases."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from html import escape

from eval.records import Case, Outcome, ScoredCase
from eval.report_cases import KINDS, given_in_short
from eval.report_measures import figure, milliseconds
from eval.report_text import line_of, visible

#: Bytes of all rows together, so that a page of thousands of cases stays small.
_ROW_BYTES = 3_000_000


@dataclass(frozen=True, slots=True)
class Row:
    """A case in the table of all."""

    number: int  #: from 1
    case_id: str
    question: str
    tags: str
    outcome: str
    tone: str  #: "good", "weak", "bad" or "none"
    has_card: bool
    expected: str
    given: str
    figures: tuple[str, ...]
    time: str


def rows_of_cases(
    cases: Sequence[ScoredCase],
    failed: Sequence[tuple[Case, Outcome]],
    kinds: Mapping[int, str],
    with_card: Collection[int],
    columns: Sequence[str],
) -> list[Row]:
    """A row for each case, those that failed to run last, as far as the page has room.

    Args:
        kinds: place in `cases` → the kind of failing.
        with_card: places that the page shows in detail.
        columns: measures to be shown.
    """
    rows: list[Row] = []
    left = _ROW_BYTES
    ran = [(one.case, one.outcome, one.values) for one in cases]
    everything = [*ran, *((case, outcome, None) for case, outcome in failed)]
    for place, (case, outcome, values) in enumerate(everything):
        word, tone = _came_of_it(values, kinds.get(place), outcome)
        row = Row(
            number=place + 1,
            case_id=line_of(case.id, 60),
            question=line_of(case.question, 140),
            tags=line_of(", ".join(case.tags), 80),
            outcome=word,
            tone=tone,
            has_card=place in with_card,
            expected=line_of("; ".join(case.answers[:3]), 60)
            or ("nothing" if case.is_answerable is False else "–"),
            given=line_of(given_in_short(outcome), 80),
            figures=tuple(
                figure(name, values[name]) if values and name in values else "–" for name in columns
            ),
            time=milliseconds(outcome.milliseconds),
        )
        texts = (row.case_id, row.question, row.tags, row.expected, row.given)
        left -= sum(len(escape(visible(text)).encode()) for text in texts) + 500  # with its tags
        if left < 0:
            break
        rows.append(row)
    return rows


def _came_of_it(
    values: Mapping[str, float] | None, kind: str | None, outcome: Outcome
) -> tuple[str, str]:
    """In words, and the tone to say it in."""
    if values is None:
        return "failed to run", "bad"
    if kind is not None:
        return KINDS[kind].word, "weak" if kind == "unproved" else "bad"
    if "right" in values:
        is_silent = outcome.prediction is not None and outcome.prediction.status == "abstained"
        return ("rightly abstained" if is_silent else "right"), "good"
    if any(name.startswith(("answer_recall@", "hits@")) for name in values):
        return "found", "good"
    return "not measured", "none"
