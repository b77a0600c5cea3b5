"""The report's plots, drawn by matplotlib as SVG that stands within the page.

Each plot is drawn in three colours only, as attributes and not as styles: the page's style sheet
replaces them for dark screens, and its content security policy can forbid inline styles.
Text stays text. The same figures give the same bytes.
"""

from __future__ import annotations

import io
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree

from eval.metrics.costs import percentile
from eval.plot_style import settings
from eval.records import Point, Scores
from eval.report_measures import milliseconds

if TYPE_CHECKING:
    from markupsafe import Markup
    from matplotlib.axes import Axes

#: Colours as drawn; `templates/report.css` names them.
_INK, _GRID, _LINE = "#5c6670", "#d7dce1", "#1f6f8b"
_SIZE = (4.2, 2.8)  #: inches; its 9 point text is shown at about 10 pixels
_MOST_POINTS = 400  #: of a curve; more can't be seen
_SVG = "{http://www.w3.org/2000/svg}"
_LINKS = "{http://www.w3.org/1999/xlink}"


@dataclass(frozen=True, slots=True)
class Plot:
    """A plot and what it says."""

    title: str
    svg: Markup
    caption: str  #: the figures in words, also for those who can't see it


def plots(scores: Scores) -> list[Plot]:
    """Those that there is something to draw for: recall over k, risk-coverage, latency."""
    drawn = (_recall(scores.recall_curve), _risk_coverage(scores), _latency(scores.latencies_ms))
    return [plot for plot in drawn if plot is not None]


def _recall(curve: Sequence[Point]) -> Plot | None:
    points = [one for one in _finite(curve) if one.x > 0]
    if not points:
        return None
    points = sorted(points, key=lambda one: one.x)

    def draw(axes: Axes) -> None:
        xs, ys = [one.x for one in points], [one.y for one in points]
        axes.set_xscale("log")
        axes.plot(xs, ys, color=_LINE, marker="o", markersize=4)
        for x, y in zip(xs, ys, strict=True):
            below = y > 0.9
            axes.annotate(
                f"{y:.2f}", (x, y), (0, -12 if below else 7), textcoords="offset points",
                ha="center", color=_INK, fontsize=8,
            )  # fmt: skip
        axes.set_xticks(xs, [f"{x:g}" for x in xs])
        axes.set_xticks([], minor=True)
        margin = 1.25 if len(xs) > 1 else 2.0
        axes.set_xlim(xs[0] / margin, xs[-1] * margin)
        axes.set_ylim(0, 1)
        axes.set_xlabel("k: passages looked at (log scale)")
        axes.set_ylabel("recall: share found")

    told = ", ".join(f"{one.y:.3f} at {one.x:g}" for one in points)
    caption = f"Share of what was sought that is among the first k: {told}."
    return Plot("Recall over k", _drawn("recall", "Recall over k", caption, draw), caption)


def _risk_coverage(scores: Scores) -> Plot | None:
    points = sorted(_finite(scores.risk_coverage), key=lambda one: one.x)
    if not points:
        return None
    known = scores.measures.get("risk_coverage_area")
    # Its definition, where the run does not tell it: the mean of the risks.
    area = known.value if known else sum(one.y for one in points) / len(points)
    step = math.ceil(len(points) / _MOST_POINTS)
    shown = [*points[:-1:step], points[-1]]

    def draw(axes: Axes) -> None:
        xs, ys = [one.x for one in shown], [one.y for one in shown]
        axes.fill_between(xs, ys, color=_LINE, alpha=0.18, linewidth=0)
        axes.plot(xs, ys, color=_LINE)
        axes.plot(xs[-1:], ys[-1:], color=_LINE, marker="o", markersize=4, clip_on=False)
        # Where the curve leaves room: risk usually rises to the right.
        middle = sum(ys) / len(ys)
        axes.text(
            0.04, 0.93 if middle < 0.75 else 0.08, f"area {area:.3f}",
            color=_LINE, fontsize=11, fontweight="bold", va="top" if middle < 0.75 else "bottom",
        )  # fmt: skip
        axes.set_xlim(0, 1)
        axes.set_ylim(0, 1)
        axes.set_xlabel("coverage: share of the cases answered, surest first")
        axes.set_ylabel("risk: share wrong of them")

    half = min(points, key=lambda one: abs(one.x - 0.5))
    caption = (
        f"Area {area:.3f}, lower is better. Of the surest {half.x:.0%} of the cases "
        f"{half.y:.1%} are wrong, of all {points[-1].y:.1%} (an abstention counts as wrong there)."
    )
    title = "Risk over coverage"
    return Plot(title, _drawn("risk", title, caption, draw), caption)


def _latency(latencies: Sequence[float]) -> Plot | None:
    # Below a hundredth of a millisecond nothing is measured; 0 has no place on a log scale.
    times = sorted(max(one, 0.01) for one in latencies if math.isfinite(one))
    if not times:
        return None
    marks = [(f"p{q}", percentile(times, q) or 0.0) for q in (50, 95, 99)]

    def draw(axes: Axes) -> None:
        low, high = times[0], times[-1]
        is_wide = high / low > 20
        if low == high:
            low, high = low * 0.9, high * 1.1
        count = max(8, min(40, round(2 * math.sqrt(len(times)))))
        if is_wide:
            axes.set_xscale("log")
            edges = [low * (high / low) ** (i / count) for i in range(count + 1)]
        else:
            edges = [low + (high - low) * i / count for i in range(count + 1)]
        edges[0], edges[-1] = low, high
        axes.hist(times, bins=edges, color=_LINE, alpha=0.55, linewidth=0)
        top = axes.get_ylim()[1]
        axes.set_ylim(0, top * 1.32)
        for place, (name, value) in enumerate(marks):
            axes.axvline(value, 0, 0.98 - 0.08 * place, color=_INK, linewidth=1)
            is_right = (edges[-1] / value < 3) if is_wide else (value > (low + high) / 2)
            axes.annotate(
                f"{name} {milliseconds(value)}", (value, top * 1.32 * (0.98 - 0.08 * place)),
                (-4 if is_right else 4, 0), textcoords="offset points", va="top",
                ha="right" if is_right else "left", color=_INK, fontsize=8,
            )  # fmt: skip
        axes.xaxis.set_major_formatter(lambda value, _: f"{value:g}")
        axes.xaxis.set_minor_formatter(lambda *_: "")
        axes.yaxis.get_major_locator().set_params(integer=True)
        axes.set_xlabel(f"milliseconds for an answer{' (log scale)' if is_wide else ''}")
        axes.set_ylabel("cases")

    told = ", ".join(f"{name} {milliseconds(value)}" for name, value in marks)
    caption = (
        f"{len(times):,} answers as the asker waits: {told}; "
        f"from {milliseconds(times[0])} to {milliseconds(times[-1])}."
    )
    return Plot("Latency", _drawn("latency", "Latency", caption, draw), caption)


def _drawn(name: str, title: str, caption: str, draw: Any) -> Markup:
    """The SVG of what `draw` puts on the axes, for use within HTML."""
    import matplotlib
    from matplotlib.figure import Figure

    with matplotlib.rc_context(settings(name, _INK, _GRID)):
        # A figure of its own, without pyplot: no window system, nothing kept between calls.
        figure = Figure(figsize=_SIZE, layout="constrained")
        axes = figure.add_subplot()
        draw(axes)
        file = io.BytesIO()
        figure.savefig(file, format="svg", transparent=True, metadata={"Date": None})
    return _inlined(file.getvalue(), name, title, caption)


def _inlined(svg: bytes, name: str, title: str, caption: str) -> Markup:
    """SVG of a file as SVG of a page: without namespaces and metadata, its ids its own, its
    styles as attributes."""
    from markupsafe import Markup

    root = ElementTree.fromstring(svg)
    for parent in list(root.iter()):
        for child in list(parent):
            if child.tag in (f"{_SVG}metadata", f"{_SVG}style"):
                parent.remove(child)
    for element in root.iter():
        element.tag = element.tag.removeprefix(_SVG)
        given = dict(element.attrib)
        element.attrib.clear()
        for key, value in given.items():
            if key == "style":
                element.attrib.update(_attributes(value))
            elif key == "id":
                # Ids are needed where something refers to them, which are those of shapes.
                if element.tag in ("path", "clipPath"):
                    element.set("id", f"{name}-{value}")
            elif key == f"{_LINKS}href":
                element.set("href", value.replace("#", f"#{name}-", 1))
            else:
                element.set(key, value.replace("url(#", f"url(#{name}-"))
    width, height = root.attrib["viewBox"].split()[2:]
    root.attrib.clear()
    root.attrib.update(
        {"viewBox": f"0 0 {width} {height}", "role": "img", "aria-label": f"{title}. {caption}"}
    )
    return Markup(ElementTree.tostring(root, encoding="unicode"))


def _attributes(style: str) -> dict[str, str]:
    """A style's declarations as attributes; the font's family is the page's."""
    pairs = (one.split(":", 1) for one in style.split(";") if ":" in one)
    found = {key.strip(): value.strip() for key, value in pairs}
    found.pop("font-family", None)
    found.pop("font", None)
    return found


def _finite(points: Sequence[Point]) -> list[Point]:
    return [one for one in points if math.isfinite(one.x) and math.isfinite(one.y)]
