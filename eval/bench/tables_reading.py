"""The result files about reading and abstaining, as Markdown."""

from __future__ import annotations

from collections.abc import Sequence

from eval.bench.markdown import (
    Result,
    joined,
    pair,
    percent,
    percent_of,
    share,
    share_of,
    table,
    told_machine,
)
from eval.bench.measures import AIM

_PERIODS = {"test": "October to December 2023", "dev": "July to September 2023"}
_PUBLIC = {
    "open_gpt3_gcs_gen": "GPT-3, reading a web search's articles",
    "open_rag_gcs_gen": "RAG (fine-tuned on NQ), reading a web search's articles",
}
_SEARCHES = {"BM25": "BM25 alone", "dense": "dense alone", "hybrid": "both, before reading"}
_COLUMNS = ("EM", "F1", "answered", "R@1", "R@5", "quote", "ask p50 / p95, ms")
#: What the reader is built to reach, at least and at best.
_AT_LEAST = ("at least", "22", "30", "", ".40", ".54", "95", "– / 400, fast – / 150")
_MOUNTAIN = ("the mountain", "28", "36", "", ".46", ".60", "99", "")


def reading(result: Result) -> str:
    parts = [
        f"**Reading** (`eval.bench.reading`): {result['dataset']}, each question as of its day "
        f"over all {result['articles']:,} articles. EM, F1 and *answered* are in percent; an "
        "abstention counts as wrong, unless the best short answer is taken whatever the confidence "
        "(made to answer). *Quote* is the share of the right short answers whose first citation "
        "holds the answer. In brackets are 95% intervals. Nothing was chosen by the questions of "
        f"October to December. {told_machine(result)}"
    ]
    for period, figures in result["periods"].items():
        parts.append(f"{_PERIODS[period]}, {figures['questions']} questions:")
        parts.append(table(("", *_COLUMNS), _reading_rows(figures, period)))
        losses = figures["fast loses"]
        told = ", ".join(
            f"{name} {_points(losses[name])}" for name in ("EM", "F1", "R@1", "R@5") if losses[name]
        )
        parts.append(f"Fast loses, in points: {told}.")
    return joined(*parts)


def _reading_rows(figures: Result, period: str) -> list[Sequence[str]]:
    rows: list[Sequence[str]] = []
    for way, shown in (("full", "ours"), ("fast", "ours, fast")):
        one = figures["ours"][way]
        found = (share_of(one["R@1"]), share_of(one["R@5"]))
        asked = pair(one["ask_ms"])
        rows.append(
            (
                shown,
                percent_of(one["EM"]),
                percent_of(one["F1"]),
                percent(one["answered"]["value"]),
                *found,
                percent(one["quote"]["value"]) if one["quote"] else "–",
                asked,
            )
        )
        rows.append(_answering_row(f"{shown}, made to answer", one["made to answer"]))
    for name, shown in _SEARCHES.items():
        one = figures["searches"][name]
        rows.append((shown, "–", "–", "–", share_of(one["R@1"]), share_of(one["R@5"]), "–", "–"))
    # Systems that answered the same questions share the rows of ours.
    ours: dict[Sequence[str], None] = {}
    for name, one in figures["public"].items():
        count = f" ({one['questions']} of the questions)"
        rows.append(_answering_row(_PUBLIC.get(name, name) + count, one))
        ours[_answering_row(f"ours{count}", one["ours"])] = None
        ours[_answering_row(f"ours, made to answer{count}", one["ours made to answer"])] = None
    rows += ours
    return [*rows, _AT_LEAST, _MOUNTAIN] if period == "test" else rows


def _answering_row(name: str, one: Result) -> Sequence[str]:
    return (name, percent_of(one["EM"]), percent_of(one["F1"]), *["–"] * 5)


def _points(measure: Result) -> str:
    value, low, high = (measure[key] * 100 for key in ("value", "low", "high"))
    return f"{value:.1f} ({low:.1f} to {high:.1f})"


def spans(result: Result) -> str:
    precisions = result["precisions"]
    shown = {"int8": "8-bit, as shipped", "fp32": "32-bit floats"}
    domains = list(next(iter(precisions.values()))["domains"])
    rows = [
        (
            shown.get(precision, precision),
            *(
                f"{percent(one['domains'][domain]['EM']['value'])} / "
                f"{percent(one['domains'][domain]['F1']['value'])}"
                for domain in domains
            ),
        )
        for precision, one in precisions.items()
    ]
    first = next(iter(precisions.values()))["domains"]
    heads = [f"{domain.replace('_', ' ')} ({first[domain]['questions']:,})" for domain in domains]
    total = first["total"]["F1"]
    return joined(
        "**The reader alone** (`eval.bench.spans`): EM / F1 in percent on the tenth of the "
        "SQuAD-shifts questions that it never saw, their passages given; in brackets the number of "
        f"questions. F1 in total {percent_of(total)}, to reach 72, the mountain 80. "
        f"{told_machine(result)}",
        table(("", *heads), rows),
        f"8 bits less 32, in points: EM {_points(lost['EM'])}, F1 {_points(lost['F1'])}."
        if (lost := result.get("int8 less fp32"))
        else "",
    )


def abstention(result: Result) -> str:
    columns = ("precision", "recall", "F1")
    columns += ("answered without the articles", "answered with all articles")
    quizzes = [
        (period, str(one["questions"]), *(percent(one[column]) for column in columns))
        for period, one in result["ours"].items()
    ]
    return joined(
        "**Abstention** (`eval.bench.abstention`), in percent: each question once over the "
        "articles of the years before, which can't answer it, and once over all. Plain llama-index "
        f"never abstains. {told_machine(result)}",
        table(("questions asked", "number", *columns), quizzes) if quizzes else "",
        _sets(result),
    )


def _sets(result: Result) -> str:
    """The sets side by side; "" of a result from before there were several."""
    sets = result.get("sets")
    if not sets:
        return ""
    head = ("", "unanswerable", "precision", "recall", "F1", "right of the answered")
    head += (f"best precision at recall {AIM * 100:.0f}", "risk-coverage area")
    head += ("calibration error, equal mass / width", "Brier")
    rows = []
    for name, one in sets.items():
        best = one[f"at recall {AIM}"]
        answered = one["right of the answered"]
        rows.append(
            (
                name,
                f"{one['unanswerable']} of {one['cases']}",
                *(percent_of(one[column]) for column in ("precision", "recall", "F1")),
                percent(answered["value"] if answered else None),
                percent(best["precision"] if best else None),
                _told(one["risk_coverage"]["area"]),
                f"{_told(one['ECE']['equal mass'])} / {_told(one['ECE']['equal width'])}",
                _told(one["Brier"]),
            )
        )
    plot = result.get("plot")
    return joined(
        "The same for three sets of questions: precision, recall and F1 of abstaining as shipped, "
        "with 95% intervals, and what the best threshold for the very set would give, which is no "
        "forecast. The risk-coverage area (lower is better), the calibration error (of ten bins) "
        "and the Brier score are of the confidence, each question answered whatever it was. To "
        "reach on the gold set: precision 90 at recall 70.",
        table(head, rows),
        f"![Risk over coverage, and how often an answer of a confidence is right]"
        f"(eval/bench/results/{plot})"
        if plot
        else "",
    )


def _told(value: float | None) -> str:
    return "–" if value is None else share(value)
