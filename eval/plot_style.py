"""How every plot looks."""

from __future__ import annotations


def settings(name: str, ink: str, grid: str) -> dict[str, str | float | bool]:
    """matplotlib's settings for a plot; `name` makes the SVG's ids its own and the same each time.

    `ink` colours axes and their labels, `grid` the lines behind.
    """
    return {
        "svg.fonttype": "none",
        "svg.hashsalt": name,
        "font.size": 9,
        "axes.edgecolor": ink,
        "axes.labelcolor": ink,
        "axes.grid": True,
        "axes.axisbelow": True,
        "axes.spines.top": False,
        "axes.spines.right": False,
        "grid.color": grid,
        "xtick.color": ink,
        "ytick.color": ink,
        "lines.linewidth": 1.8,
    }
