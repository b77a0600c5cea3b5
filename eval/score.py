"""Outcomes become figures: means with their intervals over all cases, and by tag."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence

from eval.agreement import Agreement, correctness_agreement, faithfulness_agreement
from eval.datasets.gold import cleaned
from eval.metrics.abstention import risk_coverage
from eval.metrics.intervals import interval, interval_of
from eval.records import Case, Dataset, Measure, Outcome, Point, ScoredCase, Scores
from eval.score_case import ranks_of, values_of
from eval.score_set import SET_MEASURES, decisions_of, with_conversations

#: Pseudo-tags, for the breakdown.
ANSWERABLE, UNANSWERABLE, LATER_TURN = "answerable", "unanswerable", "later turn"


def score(
    cases: Sequence[Case], outcomes: Mapping[str, Outcome], dataset: Dataset, jobs: int = 1
) -> tuple[Scores, list[ScoredCase]]:
    """The figures of a run, and each case's own.

    Cases that failed are counted in `Scores.failed` and are in no measure.
    """
    texts = _texts_cited(dataset, outcomes)
    ranks = ranks_of(outcomes.values())
    answerable = [case for case in cases if case.is_answerable]
    tells = not answerable or any(case.answers for case in answerable)
    scored = [
        ScoredCase(case, outcome, values_of(case, outcome, texts, ranks, tells))
        for case in cases
        if (outcome := outcomes[case.id]).prediction is not None
    ]
    scored = with_conversations(cases, scored)
    by_tag: dict[str, list[ScoredCase]] = defaultdict(list)
    for one in scored:
        for tag in _tags_of(one.case):
            by_tag[tag].append(one)
    failed = len(cases) - len(scored)
    measures = measures_of(scored)
    curve = [
        Point(x=float(k), y=measures[name].value)
        for k in ranks
        if (name := _curve_name(measures, k)) is not None
    ]
    return (
        Scores(
            cases=len(cases),
            failed=failed,
            measures=measures | set_measures_of(scored),
            by_tag={tag: measures_of(of) for tag, of in sorted(by_tag.items())},
            recall_curve=tuple(curve),
            risk_coverage=tuple(Point(x=x, y=y) for x, y in risk_coverage(decisions_of(scored))),
            latencies_ms=tuple(one.outcome.milliseconds for one in scored),
            notes=tuple(_notes(scored, jobs)),
        ),
        scored,
    )


def measures_of(scored: Sequence[ScoredCase]) -> dict[str, Measure]:
    """Mean and interval of every measure that applies to any of the cases."""
    found = {}
    for name in dict.fromkeys(name for one in scored for name in one.values):
        of = [one for one in scored if name in one.values]
        found[name] = interval([one.values[name] for one in of], [one.case.unit for one in of])
    return found


def set_measures_of(scored: Sequence[ScoredCase]) -> dict[str, Measure]:
    """The measures that only a set of cases has: precision of abstaining, percentiles, …"""
    found = {}
    for name, (chosen, statistic) in SET_MEASURES.items():
        of = [one for one in scored if chosen(one)]
        if not of:
            continue
        inputs = [statistic.of(one) for one in of]
        measure = interval_of(
            lambda places, s=statistic, i=inputs: s.value([i[place] for place in places]),
            [one.case.unit for one in of],
        )
        if measure is not None:
            found[name] = measure
    return found


def _curve_name(measures: Mapping[str, Measure], k: int) -> str | None:
    """Recall by relevance where it is judged, else by the answer's string."""
    has_relevance = any(name.startswith("recall@") for name in measures)
    name = f"recall@{k}" if has_relevance else f"answer_recall@{k}"
    return name if name in measures else None


def _tags_of(case: Case) -> list[str]:
    found = list(case.tags)
    if case.is_answerable is not None:
        found.append(ANSWERABLE if case.is_answerable else UNANSWERABLE)
    if case.conversation:
        found.append(f"turn {case.turn}")
    if case.turn > 1:
        found.append(LATER_TURN)
    return list(dict.fromkeys(found))


def _texts_cited(dataset: Dataset, outcomes: Mapping[str, Outcome]) -> dict[str, str]:
    """The cleaned texts of the articles that are cited, by id."""
    wanted = {
        citation.article_id
        for outcome in outcomes.values()
        if outcome.prediction is not None
        for citation in outcome.prediction.citations
    }
    if not wanted:
        return {}
    return {one.id: one.text for one in cleaned(dataset.corpus()) if one.id in wanted}


def _notes(scored: Sequence[ScoredCase], jobs: int) -> list[str]:
    found = []
    if not scored:
        found.append("no case ran, so there is nothing to measure")
    if jobs > 1:
        found.append(f"{jobs} questions were asked at once: latencies are those of a busy system")
    for verdict, measure, of in (
        ("correctness", "right", correctness_agreement(scored)),
        ("faithfulness", "citation_recall = 1", faithfulness_agreement(scored)),
    ):
        if of.cases or of.without_verdict:
            found.append(_agreed(verdict, measure, of))
    return found


def _agreed(verdict: str, measure: str, found: Agreement) -> str:
    """How far the judge and a measure agree, in words."""
    share = "none" if found.share_agreed is None else f"{found.share_agreed:.0%}"
    kappa = "undefined" if found.kappa is None else f"{found.kappa:.2f}"
    return (
        f"the judge's {verdict} and {measure} agree on {share} of {found.cases} answers "
        f"(Cohen's kappa {kappa}): both yes {found.both_yes}, judge alone {found.judge_only}, "
        f"measure alone {found.measure_only}, both no {found.both_no}; "
        f"{found.without_verdict} without a verdict"
    )
