"""Figures as Markdown: what the tables of the README are made of."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

Result = dict[str, Any]


def told_machine(result: Result) -> str:
    """Where it was measured, as far as the file tells."""
    machine = result["machine"]
    cores = machine.get("cores") or machine["cpus"]
    text = f"{cores} cores"
    if processor := machine.get("processor"):
        text += f" of {processor}"
    if memory := machine.get("memory_gib"):
        text += f", {memory:.0f} GiB"
    return f"({text}.)"


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    ruled = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(row) + " |" for row in ruled)


def joined(*parts: str) -> str:
    """Paragraphs."""
    return "\n\n".join(part for part in parts if part)


def share(value: float) -> str:
    """.459; 1.000 keeps its digit."""
    return f"{value:.3f}".removeprefix("0")


def percent(value: float | None) -> str:
    return "–" if value is None else f"{value * 100:.1f}"


def percent_of(measure: Result | None) -> str:
    """A measure with its interval: 22.1 (17.3 to 27.1)."""
    if measure is None:
        return "–"
    return f"{percent(measure['value'])} ({percent(measure['low'])} to {percent(measure['high'])})"


def share_of(measure: Result | None) -> str:
    """.459 (.402 to .511)."""
    if measure is None:
        return "–"
    return f"{share(measure['value'])} ({share(measure['low'])} to {share(measure['high'])})"


def times(ours: float, plain: float) -> str:
    return f"{ours / plain:.2f}" if plain else "–"


def megabytes(value: float) -> str:
    return f"{value / 1e6:,.0f} MB"


def pair(figures: dict[str, float]) -> str:
    """p50 / p95."""
    return f"{figures['p50']:.0f} / {figures['p95']:.0f}"
