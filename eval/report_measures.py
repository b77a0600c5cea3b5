"""What the measures are called for people, what they are of, and how their figures are written.

A measure that is not known here is shown all the same, under its own name.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

from eval.records import Measure

Unit = Literal["share", "milliseconds", "count", ""]


@dataclass(frozen=True, slots=True)
class Described:
    """A measure in words."""

    name: str  #: as in `Scores.measures`
    label: str
    group: str
    unit: Unit
    better: Literal["higher", "lower", ""]  #: which is better; empty: neither
    about: str


_ANSWERS, _ABSTAINING, _PROOF = "Answers", "Not answering", "Citations and evidence"
_RETRIEVAL, _TALK, _JUDGE, _COST = "Retrieval", "Conversations", "Judged by a model", "Cost"
_OTHER = "Other"

#: (pattern of the name, label, group, unit, better, about); `{}` stands for the pattern's group.
#: The order is the order of the report.
_KNOWN: tuple[tuple[str, str, str, Unit, Literal["higher", "lower", ""], str], ...] = (
    ("right", "Right", _ANSWERS, "share", "higher",
     "an acceptable answer was given, or none where the articles do not answer"),
    ("em", "Exact match (EM)", _ANSWERS, "share", "higher",
     "the short answer is an acceptable one, word for word"),
    ("f1", "Token F1", _ANSWERS, "share", "higher",
     "words shared by the short answer and the nearest acceptable one"),
    ("answered", "Answered", _ANSWERS, "share", "",
     "an answer was given, right or wrong"),
    ("decided_rightly", "Decided rightly", _ABSTAINING, "share", "higher",
     "answered where the articles answer, abstained where they do not"),
    ("answered_rightly", "Answered rightly", _ABSTAINING, "share", "higher",
     "of the questions that the articles answer, those answered at all"),
    ("abstained_rightly", "Abstained rightly", _ABSTAINING, "share", "higher",
     "of the questions that the articles do not answer, those abstained from"),
    ("abstention_f1", "Abstention F1", _ABSTAINING, "share", "higher",
     "of precision and recall of abstaining"),
    ("abstention_precision", "Abstention precision", _ABSTAINING, "share", "higher",
     "of the abstentions, those where the articles do not answer"),
    ("abstention_recall", "Abstention recall", _ABSTAINING, "share", "higher",
     "of the questions that the articles do not answer, those abstained from"),
    ("risk_coverage_area|aurc", "Area under risk-coverage", _ABSTAINING, "share", "lower",
     "mean share wrong when only the most confident answers are taken"),
    ("evidence_recall", "Evidence recall", _PROOF, "share", "higher",
     "of the facts to be proved, those for which a gold sentence is cited"),
    ("evidence_precision", "Evidence precision", _PROOF, "share", "higher",
     "of the citations, those that are of a gold sentence"),
    ("citation_recall", "Citation recall", _PROOF, "share", "higher",
     "of the answer's sentences, those that their citations support"),
    ("citation_precision", "Citation precision", _PROOF, "share", "higher",
     "of the citations, those that are to the point"),
    ("quote_exactness", "Quote exactness", _PROOF, "share", "higher",
     "of the quotes, those that stand in the article where they say"),
    ("quote_words", "Words of a quote", _PROOF, "count", "", "mean length"),
    (r"answer_recall@(\d+)", "Answer recall@{}", _RETRIEVAL, "share", "higher",
     "an acceptable answer stands in a passage of rank {} or better"),
    (r"answer_mrr(?:@\d+)?", "Answer MRR", _RETRIEVAL, "share", "higher",
     "mean of 1/rank of the first passage that holds an answer"),
    (r"fact_recall@(\d+)", "Facts found@{}", _RETRIEVAL, "share", "higher",
     "of the facts to be proved, those with a proving article of rank {} or better"),
    (r"recall@(\d+)", "Recall@{}", _RETRIEVAL, "share", "higher",
     "of the relevant articles, those of rank {} or better"),
    (r"hits?@(\d+)", "Hits@{}", _RETRIEVAL, "share", "higher",
     "a relevant article is of rank {} or better"),
    (r"precision@(\d+)", "Precision@{}", _RETRIEVAL, "share", "higher",
     "of the articles of rank {} or better, those that are relevant"),
    (r"mrr(?:@\d+)?", "MRR", _RETRIEVAL, "share", "higher",
     "mean of 1/rank of the first relevant article"),
    (r"ndcg@(\d+)", "nDCG@{}", _RETRIEVAL, "share", "higher",
     "gain down to rank {}, discounted by rank, of the best possible"),
    ("map", "MAP", _RETRIEVAL, "share", "higher",
     "mean of the precision at each relevant article"),
    ("follow_up_right", "Follow-ups right", _TALK, "share", "higher",
     "right in a later turn of a conversation"),
    ("conversation_right", "Conversations right", _TALK, "share", "higher",
     "every turn of the conversation right"),
    ("judged_correct", "Judged correct", _JUDGE, "share", "higher",
     "a language model holds the answer for correct"),
    ("judged_faithful", "Judged faithful", _JUDGE, "share", "higher",
     "a language model holds the answer for borne out by its quotes"),
    (r"latency_p(\d+)_ms", "Latency p{}", _COST, "milliseconds", "lower",
     "{}% of the answers come within it"),
    (r".*_ms", "", _COST, "milliseconds", "lower", ""),
    (r".*_tokens", "", _COST, "count", "lower", "mean of the cases that tell it"),
)  # fmt: skip
_COMPILED = [(re.compile(known[0]), *known[1:]) for known in _KNOWN]

#: The few figures at the top, the first of each row that there is.
_HEADLINE = (
    ("right",), ("em",), ("f1",),
    ("evidence_recall",), ("evidence_precision",), ("citation_recall",), ("citation_precision",),
    ("quote_exactness",), ("abstention_f1",),
)  # fmt: skip
_HEADLINE_RETRIEVAL = (
    ("answer_recall@1", "recall@1", "hits@1"), ("answer_recall@5", "recall@5", "hits@5"),
    ("answer_recall@10", "recall@10", "hits@10"), ("answer_mrr", "mrr"),
    ("ndcg@10", "ndcg@5", "ndcg@3"), ("map",),
)  # fmt: skip
_BY_TAG = (
    "right", "f1", "decided_rightly", "evidence_recall", "citation_recall", "citation_precision",
    "answer_recall@5", "recall@5", "answer_mrr", "mrr", "ndcg@10",
)  # fmt: skip
_BY_CASE = ("f1", "evidence_recall", "citation_recall", "answer_mrr", "mrr", "ndcg@10")


def described(name: str) -> Described:
    """The measure in words; by its own name where it is not known."""
    _, (label, group, unit, better, about), found = _entry(name)
    filled = next((one for one in found.groups() if one), "") if found else ""
    plain = name.replace("_", " ")
    return Described(
        name,
        label.replace("{}", filled) or plain[:1].upper() + plain[1:],
        group,
        unit,
        better,
        about.replace("{}", filled),
    )


def in_order(names: Iterable[str]) -> list[str]:
    """By group, as the report lists them; ranks ascending; unknown ones last, as they came."""
    given = list(names)
    return sorted(given, key=lambda name: (_entry(name)[0], _rank_of(name)))


def headline(measures: Mapping[str, Measure]) -> list[str]:
    """The measures that matter most, p95 last."""
    rows = _HEADLINE if "right" in measures or "em" in measures else _HEADLINE_RETRIEVAL
    found = [next((name for name in row if name in measures), "") for row in rows]
    return [name for name in [*found, "latency_p95_ms"] if name in measures]


def tag_columns(by_tag: Mapping[str, Mapping[str, Measure]], limit: int = 7) -> list[str]:
    """The measures of the breakdown by tag."""
    there = {name for measures in by_tag.values() for name in measures}
    return [name for name in _BY_TAG if name in there][:limit] or in_order(there)[:limit]


def case_columns(values: Iterable[Mapping[str, float]], limit: int = 4) -> list[str]:
    """The measures of the table of all cases, besides whether it is right."""
    there = {name for one in values for name in one}
    return [name for name in _BY_CASE if name in there][:limit]


def figure(name: str, value: float) -> str:
    """A measure's value, with its unit where it has one."""
    if not math.isfinite(value):
        return "not a number"
    unit = described(name).unit
    if unit == "milliseconds":
        return milliseconds(value)
    if unit == "count":
        return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"
    return f"{value:.3f}" if abs(value) < 10 else f"{value:.4g}"


def milliseconds(value: float) -> str:
    """A time, in seconds where it is long."""
    if not math.isfinite(value):
        return "not a number"
    if abs(value) >= 10_000:
        return f"{value / 1000:,.1f} s"
    return f"{value:,.0f} ms" if abs(value) >= 10 else f"{value:.2g} ms"


def interval(name: str, measure: Measure) -> str:
    """The 95% interval: "0.71 to 0.84"."""
    return f"{figure(name, measure.low)} to {figure(name, measure.high)}"


def is_share(name: str, measure: Measure) -> bool:
    """Whether the measure and its interval can be drawn on a line from 0 to 1."""
    figures = (measure.low, measure.value, measure.high)
    return described(name).unit == "share" and all(0 <= one <= 1 for one in figures)


_Words = tuple[str, str, Unit, Literal["higher", "lower", ""], str]


def _entry(name: str) -> tuple[int, _Words, re.Match[str] | None]:
    for place, (pattern, *words) in enumerate(_COMPILED):
        if found := pattern.fullmatch(name):
            label, group, unit, better, about = words
            return place, (label, group, unit, better, about), found
    return len(_COMPILED), ("", _OTHER, "", "", ""), None


def _rank_of(name: str) -> int:
    number = re.search(r"\d+", name[:200])
    return int(number[0][:9]) if number else 0
