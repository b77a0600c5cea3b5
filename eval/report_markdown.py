"""The run's summary in Markdown, for a pull request or a terminal."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby

from eval.records import Case, Measure, Outcome, ScoredCase, Scores
from eval.report_cases import KINDS, Finding, findings, given_in_short
from eval.report_measures import described, figure, in_order, interval, tag_columns
from eval.report_run import rows_of, title_of, told
from eval.report_text import line_of, markdown, visible

_MOST_FAILED = 20  #: cases that gave an error, listed
_MOST_OF_A_KIND = 8  #: failing cases, listed of each kind
_MOST_TAGS = 100
_MOST_NOTES = 50


def markdown_report(
    manifest: Mapping[str, object],
    scores: Scores,
    cases: Sequence[ScoredCase],
    failed: Sequence[tuple[Case, Outcome]],
) -> str:
    """The whole of `report.md`."""
    found = findings(cases)
    lines = [f"# Evaluation: {markdown(title_of(manifest))}", "", " ".join(told(scores, found))]
    for note in scores.notes[:_MOST_NOTES]:
        lines += ["", f"Note: {markdown(note)}"]
    lines += ["", "## Measures", "", *_measures(scores.measures)]
    lines += ["", "## By tag", "", *_by_tag(scores)]
    if failed:
        lines += ["", f"## Failed to run ({len(failed):,})", "", *_failed(failed)]
    lines += ["", f"## Failing cases ({len(found):,})", *_failing(found)]
    lines += ["", "## What was run", "", *_run(manifest)]
    return "\n".join(lines) + "\n"


def _measures(measures: Mapping[str, Measure]) -> list[str]:
    if not measures:
        return ["No measure applies to any case that ran."]
    lines = ["| measure | value | 95% interval | cases |", "| --- | ---: | :---: | ---: |"]
    for name in in_order(measures):
        one = measures[name]
        value, bounds = figure(name, one.value), interval(name, one)
        lines.append(f"| {markdown(described(name).label)} | {value} | {bounds} | {one.cases:,} |")
    return lines


def _by_tag(scores: Scores) -> list[str]:
    columns = tag_columns(scores.by_tag)
    if not columns:
        return ["No case that ran has a tag."]
    heads = " | ".join(markdown(described(name).label) for name in columns)
    lines = [f"| tag | cases | {heads} |", f"| --- | ---: |{' ---: |' * len(columns)}"]
    for tag, measures in list(scores.by_tag.items())[:_MOST_TAGS]:
        count = max((one.cases for one in measures.values()), default=0)
        cells = " | ".join(_cell(name, measures.get(name)) for name in columns)
        lines.append(f"| {markdown(tag, 60)} | {count:,} | {cells} |")
    if (left := len(scores.by_tag) - _MOST_TAGS) > 0:
        lines += ["", f"{left:,} more tags are left out."]
    return lines


def _cell(name: str, measure: Measure | None) -> str:
    if measure is None:
        return "–"
    return f"{figure(name, measure.value)} ({interval(name, measure)})"


def _failed(failed: Sequence[tuple[Case, Outcome]]) -> list[str]:
    lines = [
        f"- {markdown(case.id, 80)}: {markdown(case.question, 120)}: "
        f"{markdown(outcome.error or 'no error was kept', 300)}"
        for case, outcome in failed[:_MOST_FAILED]
    ]
    if (left := len(failed) - _MOST_FAILED) > 0:
        lines.append(f"- … and {left:,} more; see outcomes.jsonl")
    return lines


def _failing(found: Sequence[Finding]) -> Iterator[str]:
    if not found:
        yield from ("", "None.")
    for kind, group in groupby(found, key=lambda one: one.kind):
        of = list(group)
        yield from ("", f"### {KINDS[kind].title} ({len(of):,})", "")
        for one in of[:_MOST_OF_A_KIND]:
            yield _brief(one)
        if (left := len(of) - _MOST_OF_A_KIND) > 0:
            yield f"- … and {left:,} more; see report.html"


def _brief(one: Finding) -> str:
    case = one.scored.case
    answers = "; ".join(markdown(answer, 80) for answer in case.answers[:3])
    expected = answers or ("nothing" if case.is_answerable is False else "not told")
    asked = f"**{markdown(case.question, 160)}**"
    if case.as_of:
        asked += f" (as of {case.as_of})"
    given = markdown(given_in_short(one.scored.outcome), 160)
    return (
        f"- {asked} `{_code(case.id)}`  \n  expected: {expected}; given: {given}. "
        f"{markdown(' '.join(one.reasons))}"
    )


def _code(identifier: str) -> str:
    """An id as it stands in a code span, where only a backtick would do anything."""
    return visible(line_of(identifier.replace("`", "'"), 80)) or "?"


def _run(manifest: Mapping[str, object]) -> list[str]:
    rows = rows_of(manifest)
    if not rows:
        return ["It is not told."]
    return [
        "| | |",
        "| --- | --- |",
        *(f"| {markdown(label)} | {markdown(value, 500)} |" for label, value in rows),
    ]
