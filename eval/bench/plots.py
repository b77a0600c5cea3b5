"""The plots beside result files, as SVG by matplotlib. The same figures give the same bytes."""

from __future__ import annotations

import io
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from eval.plot_style import settings

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_INK, _GRID, _PAPER = "#3c444c", "#d7dce1", "#ffffff"
#: Told apart by colour-blind readers too, and by their dashes: Okabe and Ito's colours.
_LINES = (("#0072b2", "-"), ("#d55e00", "--"), ("#009e73", "-."), ("#cc79a7", ":"))
_SIZE = (9.0, 3.6)  #: inches


def abstention_plot(sets: Mapping[str, Mapping[str, Any]]) -> bytes:
    """SVG of every set's risk-coverage curve and reliability curve, side by side.

    `sets` is as `eval.bench.decisions.summary` makes them. A set without a curve is left out.
    """
    import matplotlib
    from matplotlib.figure import Figure

    with matplotlib.rc_context(settings("abstention", _INK, _GRID)):
        # A figure of its own, without pyplot: no window system, nothing kept between calls.
        figure = Figure(figsize=_SIZE, layout="constrained", facecolor=_PAPER)
        risk, reliability = figure.subplots(1, 2)
        _draw_risk(risk, sets)
        _draw_reliability(reliability, sets)
        file = io.BytesIO()
        figure.savefig(file, format="svg", metadata={"Date": None, "Creator": None})
    return file.getvalue()


def _draw_risk(axes: Axes, sets: Mapping[str, Mapping[str, Any]]) -> None:
    for place, (name, figures) in enumerate(sets.items()):
        color, dashes = _LINES[place % len(_LINES)]
        found = figures["risk_coverage"]
        if found["curve"]:
            xs, ys = zip(*found["curve"], strict=True)
            label = f"{name}: area {found['area']:.3f}"
            axes.plot(xs, ys, color=color, linestyle=dashes, label=label)
    axes.set_xlim(0, 1)
    axes.set_ylim(0, 1)
    axes.set_xlabel("coverage: share of the questions answered, surest first")
    axes.set_ylabel("risk: share wrong of them")
    _legend(axes)


def _draw_reliability(axes: Axes, sets: Mapping[str, Mapping[str, Any]]) -> None:
    axes.plot([0, 1], [0, 1], color=_INK, linewidth=0.8)
    for place, (name, figures) in enumerate(sets.items()):
        color, dashes = _LINES[place % len(_LINES)]
        bins = figures["reliability"]["equal mass"]
        if bins:
            error = figures["ECE"]["equal mass"]
            axes.plot(
                [one["confidence"] for one in bins], [one["right"] for one in bins],
                color=color, linestyle=dashes, marker="o", markersize=4,
                label=f"{name}: calibration error {error:.3f}",
            )  # fmt: skip
    axes.set_xlim(0, 1)
    axes.set_ylim(0, 1)
    axes.set_xlabel("confidence, ten bins of as many answers")
    axes.set_ylabel("share right")
    _legend(axes)


def _legend(axes: Axes) -> None:
    """Under the plot, where it hides nothing; none where nothing was drawn by name."""
    handles, labels = axes.get_legend_handles_labels()
    if labels:
        axes.legend(
            handles, labels, loc="upper center", bbox_to_anchor=(0.5, -0.2), frameon=False,
            fontsize=8, labelcolor=_INK,
        )  # fmt: skip
