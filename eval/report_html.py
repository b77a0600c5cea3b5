"""The report as one HTML page that needs nothing else: no script, no font, no picture from outside.

Its content security policy forbids all of these to whatever an article might smuggle in.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib import resources
from itertools import zip_longest
from typing import TYPE_CHECKING

from eval.agreement import Agreement, correctness_agreement, faithfulness_agreement
from eval.records import Case, Measure, Outcome, ScoredCase, Scores
from eval.report_cases import (
    KINDS,
    STOOD,
    Finding,
    Kind,
    Turn,
    earlier_turns,
    findings,
    is_gold,
)
from eval.report_measures import (
    Described,
    case_columns,
    described,
    figure,
    headline,
    in_order,
    interval,
    is_share,
    milliseconds,
    tag_columns,
)
from eval.report_plots import plots
from eval.report_rows import rows_of_cases
from eval.report_run import rows_of, title_of, told
from eval.report_text import answer_pattern, clipped, line_of, marked, visible

if TYPE_CHECKING:
    from jinja2 import Environment, Template
    from markupsafe import Markup

#: What is shown of long runs, so that a page of 2,000 cases stays under 10 MB.
_CARD_BYTES = 5_000_000
_MOST_CARDS = 400
_MOST_TAGS, _MOST_ERRORS, _MOST_OF_AN_ERROR, _MOST_NOTES = 150, 50, 10, 50


@dataclass(frozen=True, slots=True)
class Shown:
    """A measure as it is shown."""

    described: Described
    value: str
    interval: str
    cases: int
    drawn: Measure | None  #: for the line from 0 to 1; None where it is no share
    is_low: bool = False  #: the whole interval is worse than the whole run's value


@dataclass(frozen=True, slots=True)
class Section:
    """The failing cases of one kind."""

    name: str
    kind: Kind
    found: list[Finding]
    cards: list[Markup]  #: of the first of them

    def count(self, stood: str) -> int:
        """Those of which an acceptable answer stood there, a key of `STOOD`."""
        return sum(one.stood == stood for one in self.found)


def html_report(
    manifest: Mapping[str, object],
    scores: Scores,
    cases: Sequence[ScoredCase],
    failed: Sequence[tuple[Case, Outcome]],
) -> str:
    """The whole of `report.html`."""
    environment = _environment()
    found = findings(cases)
    asked = [*((one.case, one.outcome) for one in cases), *failed]
    sections = _sections(environment, found, earlier_turns(asked))
    columns = case_columns(one.values for one in cases)
    kinds = {one.place: one.kind for one in found}
    with_card = {one.place for of in sections for one in of.found[: len(of.cards)]}
    rows = rows_of_cases(cases, failed, kinds, with_card, columns)
    errors = _errors(failed)
    css = _file("report.css")
    return environment.get_template("report.html.jinja").render(
        css=css,
        style_hash=base64.b64encode(hashlib.sha256(css.encode()).digest()).decode(),
        title=title_of(manifest),
        told=told(scores, found),
        run=rows_of(manifest),
        notes=scores.notes[:_MOST_NOTES],
        tiles=[_shown(name, scores.measures) for name in headline(scores.measures)],
        groups=_groups(scores.measures),
        tag_columns=[described(name) for name in tag_columns(scores.by_tag)],
        tag_rows=_tag_rows(scores),
        tags_left=max(0, len(scores.by_tag) - _MOST_TAGS),
        plots=plots(scores),
        agreements=_agreements(cases),
        sections=sections,
        failing=len(found),
        stood=STOOD,
        errors=errors[:_MOST_ERRORS],
        errors_left=max(0, len(errors) - _MOST_ERRORS),
        failed=len(failed),
        case_columns=[described(name) for name in columns],
        rows=rows,
        rows_left=len(asked) - len(rows),
    )


def _environment() -> Environment:
    from jinja2 import Environment, FunctionLoader, StrictUndefined

    environment = Environment(
        loader=FunctionLoader(_file),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        # The one place that every text passes: what is no HTML already has its hidden
        # characters shown, and is escaped after that.
        finalize=lambda value: visible(value) if type(value) is str else value,
    )
    environment.filters |= {
        "clip": clipped,
        "line": line_of,
        "mark": marked,
        "milliseconds": milliseconds,
    }
    return environment


def _file(name: str) -> str:
    return (resources.files("eval") / "templates" / name).read_text(encoding="utf-8")


def _shown(name: str, measures: Mapping[str, Measure], whole: Measure | None = None) -> Shown:
    one, words = measures[name], described(name)
    is_low = whole is not None and (
        (words.better == "higher" and one.high < whole.value)
        or (words.better == "lower" and one.low > whole.value)
    )
    return Shown(
        words,
        figure(name, one.value),
        interval(name, one),
        one.cases,
        one if is_share(name, one) else None,
        is_low,
    )


def _groups(measures: Mapping[str, Measure]) -> list[tuple[str, list[Shown]]]:
    groups: dict[str, list[Shown]] = {}
    for name in in_order(measures):
        groups.setdefault(described(name).group, []).append(_shown(name, measures))
    return list(groups.items())


def _tag_rows(scores: Scores) -> list[tuple[str, int, list[Shown | None]]]:
    columns = tag_columns(scores.by_tag)
    return [
        (
            tag,
            max((one.cases for one in of.values()), default=0),
            [_shown(name, of, scores.measures.get(name)) if name in of else None
             for name in columns],
        )
        for tag, of in list(scores.by_tag.items())[:_MOST_TAGS]
    ]  # fmt: skip


def _agreements(cases: Sequence[ScoredCase]) -> list[tuple[str, str, Agreement]]:
    """(verdict, measure, table) of what a model judged, where it did."""
    tables = (
        ("correct", "right", correctness_agreement(cases)),
        ("faithful", "citation recall 1", faithfulness_agreement(cases)),
    )
    return [one for one in tables if one[2].cases or one[2].without_verdict]


def _sections(
    environment: Environment,
    found: Sequence[Finding],
    talks: Mapping[str, Sequence[tuple[int, Turn]]],
) -> list[Section]:
    """Every kind gets its share of the cards, the worst cases first."""
    by_kind = {kind: [one for one in found if one.kind == kind] for kind in KINDS}
    cards: dict[str, list[Markup]] = {kind: [] for kind in KINDS}
    template = environment.get_template("report_case.html.jinja")
    in_turn = [one for same_rank in zip_longest(*by_kind.values()) for one in same_rank if one]
    left = _CARD_BYTES
    for one in in_turn[:_MOST_CARDS]:
        card = _card(template, one, talks)
        left -= len(card.encode())
        if left < 0:
            break
        cards[one.kind].append(card)
    return [Section(kind, KINDS[kind], of, cards[kind]) for kind, of in by_kind.items() if of]


def _card(
    template: Template, one: Finding, talks: Mapping[str, Sequence[tuple[int, Turn]]]
) -> Markup:
    from markupsafe import Markup

    case, outcome = one.scored.case, one.scored.outcome
    turns = talks.get(case.conversation or "", ())
    return Markup(
        template.render(
            finding=one,
            number=one.place + 1,
            case=case,
            outcome=outcome,
            given=outcome.prediction,
            turns=[turn for number, turn in turns if number < case.turn],
            pattern=answer_pattern(case.answers),
            is_gold=lambda citation: is_gold(citation, case),
            said_by=[
                (described(name).label, figure(name, one.scored.values[name]))
                for name in one.measures
            ],
            values=[
                (described(name), figure(name, one.scored.values[name]))
                for name in in_order(one.scored.values)
            ],
        )
    )


def _errors(failed: Sequence[tuple[Case, Outcome]]) -> list[tuple[str, int, list[Case]]]:
    """(error, cases that gave it, the first of them), the most frequent first: a service that is
    down gives the same one a thousand times."""
    by_error: dict[str, list[Case]] = {}
    for case, outcome in failed:
        by_error.setdefault(clipped(outcome.error or "no error was kept", 2000), []).append(case)
    frequent = sorted(by_error.items(), key=lambda one: -len(one[1]))
    return [(error, len(of), of[:_MOST_OF_AN_ERROR]) for error, of in frequent]
