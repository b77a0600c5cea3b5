"""The result files about conversations and streams, as Markdown."""

from __future__ import annotations

from eval.bench.markdown import Result, joined, percent, share, table, told_machine

_WAYS = {
    "follow_up": "follow-ups, as Dateline takes them",
    "in_full": "the same questions in full, alone",
    "as_typed": "as typed, alone",
    "joined": "as typed, behind the question before",
}
_SETS = {"gold": "gold set", "development": "development set"}


def conversations(result: Result) -> str:
    rows = []
    for name, shown in _SETS.items():
        if name not in result:
            continue
        one = result[name]
        for way, told in _WAYS.items():
            found = one[way]
            kept = percent(one["kept"]) if way == "follow_up" else ""
            rows.append(
                (
                    f"{shown} ({one['turns']} turns)",
                    told,
                    percent(found["right"]),
                    kept,
                    share(found["fact_recall@5"]),
                    share(found["answer_recall@5"]),
                )
            )
    slow = result["gold"]["follow_up_ms"]
    return joined(
        "**Follow-ups** (`eval.bench.conversations`): the second and later turns of "
        f"{result['gold']['conversations']} gold conversations over the sample articles. *Right* "
        "is in percent, an abstention counts as wrong where the articles tell; *kept* is the share "
        "that follow-ups keep of the questions in full, of which 85 is the aim; R@5 by facts and "
        "by the answer's words. The rules were made on the development set alone. "
        f"{told_machine(result)}",
        table(("", "asked", "right", "kept", "fact R@5", "answer R@5"), rows),
        f"A follow-up takes {_ms(slow['total'])}, of which {_ms(slow['condense'])} to make it "
        "stand alone.",
    )


def _ms(times: Result) -> str:
    return f"{times['p50']:.0f} ms (p95 {times['p95']:.0f})"


def streaming(result: Result) -> str:
    columns = ("p50", "p95", "p99")
    rows = [
        (told, *(f"{result[name][column]:.0f}" for column in columns))
        for name, told in (
            ("first_event_ms", "to the first event"),
            ("search_ms", "of it, the search"),
            ("more_ms", f"beyond the search (at most {result['most_more_ms']})"),
        )
    ]
    return joined(
        f"**Streams** (`eval.bench.streaming`): {result['questions']} questions, one at a time "
        "over a socket; milliseconds from sending the request to having read the first event. "
        f"{told_machine(result)}",
        table(("ms", *columns), rows),
    )
