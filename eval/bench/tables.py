"""Result files as Markdown, one function each; `eval.bench.readme` puts them together."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from eval.bench.markdown import (
    Result,
    joined,
    megabytes,
    pair,
    percent,
    share,
    table,
    times,
    told_machine,
)
from eval.bench.tables_conversations import conversations, streaming
from eval.bench.tables_reading import abstention, reading, spans

_PLAIN = "plain llama-index"


def retrieval(result: Result) -> str:
    columns = ("R@1", "R@5", "R@10", "R@50", "MRR@10")
    rows = {
        "BM25 alone": "BM25 alone",
        "dense alone": "dense alone",
        _PLAIN: _PLAIN,
        "ours": "ours",
        "ours without nearness in time": "ours, without nearness in time",
    }
    systems = {shown: result["systems"][name] for name, shown in rows.items()}
    best = {column: max(one[column] for one in systems.values()) for column in columns}

    def cell(figures: dict[str, float], column: str) -> str:
        shown = share(figures[column])
        return f"**{shown}**" if figures[column] == best[column] else shown

    ours, plain = systems["ours"], systems[_PLAIN]
    ratios = ", ".join(f"{column} {times(ours[column], plain[column])}" for column in columns)
    return joined(
        f"**Retrieval** (`eval.bench.retrieval`): {result['dataset']}, {result['questions']} "
        "questions over all its articles, each asked as of its day; the share of questions with "
        f"an answer among the first k passages. {told_machine(result)}",
        table(
            ("", *columns),
            [
                (name, *(cell(figures, column) for column in columns))
                for name, figures in systems.items()
            ],
        ),
        f"Ours divided by plain llama-index: {ratios}.",
    )


def nearness_in_time(result: Result) -> str:
    shown = {
        "no nearness": "without nearness",
        "plain factor": "the plain factor 1 + 0.3·exp(-days/30)",
        "ours": "ours",
    }
    rows = []
    periods = [name for name in ("tuned on", "checked on") if name in result]
    for period in periods:
        for kind in ("name a time", "name none", "all"):
            found = result[period][kind]
            for system, name in shown.items():
                one = found["systems"][system]
                figures = (share(one[column]) for column in ("R@1", "R@5", "MRR@10"))
                gained = found["ours gains over"].get(system)
                over = _gained(gained["R@1"]) if gained else "–"
                rows.append((period, f"{kind} ({found['questions']:,})", name, *figures, over))
    days = ", ".join(f"{one}: {result[one]['first']} to {result[one]['last']}" for one in periods)
    return joined(
        f"**Nearness in time** (`eval.bench.time`): {result['dataset']}, questions that name a "
        f"time and those that name none, in brackets their number ({days}); what ours gains over "
        f"it in R@1, with its 95% interval. {told_machine(result)}",
        table(("questions", "which", "", "R@1", "R@5", "MRR@10", "ours gains, R@1"), rows),
    )


def _gained(figures: list[float]) -> str:
    value, low, high = figures
    return f"{value:+.3f} ({low:+.3f} to {high:+.3f})"


def answers(result: Result) -> str:
    shown = {
        "ours": "ours",
        "open_gpt3_gcs_gen": "GPT-3, reading a web search's articles",
        "open_rag_gcs_gen": "RAG (fine-tuned on NQ), reading a web search's articles",
    }
    rows = [
        (
            name,
            percent(one["EM"]),
            percent(one["F1"]),
            percent(one["answered"]) if "answered" in one else "–",
            percent(one["cited"]) if "cited" in one else "–",
        )
        for key, name in shown.items()
        if (one := result["systems"].get(key))
    ]
    rows.insert(1, (f"{_PLAIN}, without a language model", "–", "–", "0.0", "–"))
    return joined(
        f"**Answers** (`eval.bench.answers`) to the same {result['questions']} questions, in "
        "percent; an abstention counts as wrong, and *cited* is the share of the answered whose "
        f"first quote holds an answer. {told_machine(result)}",
        table(("", "EM", "F1", "answered", "cited"), rows),
    )


def speed(result: Result) -> str:
    ours, plain = result["ours"], result["llama-index"]

    def row(name: str, value: Callable[[Result], float], shown: Callable[[float], str]):
        mine, theirs = value(ours), value(plain)
        return name, shown(mine), shown(theirs), times(mine, theirs)

    def of(stage: str, *path: str) -> Callable[[Result], float]:
        def value(figures: Result) -> float:
            found: Any = figures[stage]
            for key in path:
                found = found[key]
            return found

        return value

    rows = [
        row("articles indexed a second", of("indexing", "articles_per_second"), "{:.1f}".format),
        row("indexing: CPU", of("indexing", "cpu_seconds"), "{:,.0f} s".format),
        row("indexing: memory, peak", of("indexing", "peak_memory_mib"), "{:,.0f} MiB".format),
        row("on disk", of("indexing", "bytes_on_disk"), megabytes),
        row("nothing to first passages", of("searching", "first_search_s"), "{:.1f} s".format),
        row("search, p50", of("searching", "search_ms", "p50"), "{:.0f} ms".format),
        row("search, p95", of("searching", "search_ms", "p95"), "{:.0f} ms".format),
        row("memory at rest", of("searching", "memory_at_rest_mib"), "{:,.0f} MiB".format),
    ]
    ask, opening = ours["searching"]["ask_ms"], result["recovering"]
    return joined(
        f"**Speed** (`eval.bench.speed`), {result['dataset']}, {ours['indexing']['articles']:,} "
        "articles, both with the same embedding model in the same run, a search giving 10 "
        f"passages. {told_machine(result)}",
        table(("", "ours", _PLAIN, "ours divided by it"), rows),
        f"Asking takes ours p50 {ask['p50']:.0f} ms and p95 {ask['p95']:.0f} ms, a whole cold "
        f"`dateline ask` {result['starting']['cold_ask_s']['median']:.1f} s. Opening takes "
        f"{opening['open_sealed_s']:.1f} s sealed, {opening['open_after_a_kill_s']:.1f} s after a "
        f"kill, every row compared, and {opening['open_rebuilding_s']:.1f} s when both indexes are "
        f"built again ({opening['rebuilt_passages_per_second']:,} passages a second, recall@10 "
        f"{opening['recall_at_10_against_exact']:.2f} against exact search).",
    )


def growth(result: Result) -> str:
    names = {"ours": "ours", "llama-index": _PLAIN}
    rows = []
    for part in ("1/8", "1/4", "1/2", "1/1"):
        for system, name in names.items():
            one = result[system].get(part)
            if one is None:
                continue
            ask = one.get("ask_ms")
            rows.append(
                (
                    f"{one['articles']:,}",
                    name,
                    f"{one['passages']:,}",
                    f"{one['indexing_cpu_s']:,}",
                    f"{one['bytes_on_disk'] / 1e6:,.0f}",
                    f"{one['first_search_s']:.1f}",
                    f"{one['memory_at_rest_mib']:,}",
                    pair(one["search_ms"]),
                    pair(ask) if ask else "–",
                    share(one["R@1"]),
                    share(one["R@10"]),
                    share(one["MRR@10"]),
                )
            )
    some = next(iter(result["ours"].values()))
    head = ("articles", "", "passages", "indexing, CPU s", "disk, MB")
    head += ("first passages, s", "at rest, MiB", "search p50 / p95, ms", "ask p50 / p95, ms")
    return joined(
        f"**Growth** (`eval.bench.growth`): an eighth, a quarter, half and all of "
        f"{result['dataset']}; CPU seconds are those of all articles so far, quality is over the "
        f"{some['questions']:,} questions of September 2022 to September 2023. "
        f"{told_machine(result)}",
        table((*head, "R@1", "R@10", "MRR@10"), rows),
    )


def embedding(result: Result) -> str:
    ways = result["ways"]
    ours, chroma = ways["ours: int8, one by one"], ways["Chroma's way"]
    return (
        f"**The embedding model** (`eval.bench.embedding`): {ours['rate']:.0f} passages a second, "
        f"{ours['times_chroma']:.1f} times as many as Chroma's own way of running it in the same "
        f"run ({chroma['rate']:.0f}), at a mean cosine of {share(ours['cosine_mean'])} to 32-bit "
        f"floats. {told_machine(result)}"
    )


def lexical(result: Result) -> str:
    found = {
        name: f"{name} {one['search_top_100']['p95_ms']:,.0f} ms"
        for name, one in result["systems"].items()
    }
    passages = result["systems"]["tantivy"]["passages"]
    return (
        f"**The lexical index** (`eval.bench.lexical`), p95 for the 100 best of {passages:,} "
        f"passages: {', '.join(found.values())}. {told_machine(result)}"
    )


#: Result file → its section, in the README's order.
SECTIONS: dict[str, Callable[[Result], str]] = {
    "retrieval": retrieval,
    "time": nearness_in_time,
    "answers": answers,
    "reading": reading,
    "spans": spans,
    "abstention": abstention,
    "conversations": conversations,
    "streaming": streaming,
    "speed": speed,
    "growth": growth,
    "embedding": embedding,
    "lexical": lexical,
}
