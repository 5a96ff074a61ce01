"""Draws a dashboard as Grafana lays it out: panels in their grid, with titles, units, thresholds and legends."""

import io
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import Locator, MaxNLocator, MultipleLocator
from PIL import Image

from tests.observability.dashboards import ShownPanel
from tests.observability.prometheus import Points
from tests.observability.units import written

COLUMNS: Final = 24
WIDTH, LINE, DPI = 17.0, 0.36, 80  # inches, inches a line of the grid, dots an inch
NARROW: Final = 8  # columns of the grid, below which a legend has one column
COLOURS: Final = (
    *("#3274d9", "#e0a100", "#56a64b", "#8f3bb8", "#ff780a", "#37a2a8", "#c4162a", "#7c6a0a", "#b877d9", "#5a6f8c"),
    *("#96d98d", "#f2a6c2"),
)
STEPS: Final = {"green": "#56a64b", "orange": "#ff9830", "red": "#e02f44"}
_FONT: Final[dict[Any, Any]] = {
    "font.family": "DejaVu Sans",
    "font.size": 7.5,
    "axes.spines.top": False,
    "axes.spines.right": False,
}


@dataclass(frozen=True, slots=True)
class Series:
    """One line of a panel: its name in the legend, and its points."""

    name: str
    points: Points

    @property
    def values(self) -> list[float]:
        """All values that are numbers."""
        return [value for _, value in self.points if not math.isnan(value)]

    @property
    def last(self) -> float:
        """The newest value; NaN if there is none."""
        return self.points[-1][1] if self.points else math.nan

    def unbroken(self, step: float) -> Points:
        """The points, with a gap wherever one is missing."""
        found: Points = []
        for at, value in self.points:
            if found and at - found[-1][0] > 1.5 * step:
                found.append((at - step, math.nan))
            found.append((at, value))
        return found


@dataclass(frozen=True, slots=True)
class Band:
    """A time that the picture marks, in Unix seconds."""

    begin: float
    end: float
    name: str


@dataclass(frozen=True, slots=True)
class Picture:
    """What is drawn: a dashboard, the series of each of its panels by its number, and the time that is shown."""

    content: Mapping[str, Any]
    series: Mapping[int, Sequence[Series]]
    begin: float
    end: float
    step: float
    bands: Sequence[Band] = ()


def draw(picture: Picture, path: Path) -> None:
    """Write the picture as a PNG file with 256 colours."""
    with mpl.rc_context(_FONT):
        shown = picture.content["panels"]
        lines = max(one["gridPos"]["y"] + one["gridPos"]["h"] for one in shown) + 1.6
        figure = Figure(figsize=(WIDTH, lines * LINE), dpi=DPI, facecolor="#f4f5f5")
        figure.text(0.006, 1 - 0.9 / lines, picture.content["title"], fontsize=13, weight="bold", va="center")
        for one in shown:
            place = one["gridPos"]
            top, left = 1 - (place["y"] + 1.6) / lines, place["x"] / COLUMNS
            if one["type"] == "row":
                figure.text(
                    left + 0.006, top - 0.5 / lines, f"▾ {one['title']}", fontsize=9.5, weight="bold", va="center"
                )
            else:
                box = (left, top - place["h"] / lines, place["w"] / COLUMNS, place["h"] / lines)
                _panel(figure, picture, one, box)
        made = io.BytesIO()
        figure.savefig(made, format="png", dpi=DPI, facecolor=figure.get_facecolor())
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.open(made).convert("RGB").quantize(256).save(path, optimize=True)


def _panel(figure: Figure, picture: Picture, one: Mapping[str, Any], box: tuple[float, float, float, float]) -> None:
    left, bottom, width, height = box
    gap = 0.0025
    card = figure.add_axes((left + gap, bottom + gap * 0.6, width - 2 * gap, height - gap * 1.2), facecolor="white")
    card.set_xticks([])
    card.set_yticks([])
    for spine in card.spines.values():
        spine.set(visible=True, color="#d8d9da")
    panel, series = ShownPanel("", one), picture.series.get(one["id"], ())
    if panel.graph:
        line, lines = height / one["gridPos"]["h"], _legend(card, panel, series)
        card.text(0.012, 1 - 0.55 / one["gridPos"]["h"], panel.title, fontsize=8.2, weight="bold", va="center")
        space = (
            left + 0.042,
            bottom + (lines * 0.55 + 1.25) * line,
            width - 0.052,
            height - (lines * 0.55 + 2.4) * line,
        )
        _graph(figure.add_axes(space), panel, series, picture)
    else:
        _value(card, panel, series)


def _value(card: Axes, panel: ShownPanel, series: Sequence[Series]) -> None:
    value = series[0].last if series else math.nan
    card.set_facecolor(STEPS[_colour(panel, value)] if not math.isnan(value) else "#8e8e8e")
    card.text(0.5, 0.84, panel.title, fontsize=8.2, weight="bold", color="white", ha="center", va="center", wrap=True)
    card.text(0.5, 0.4, written(value, panel.unit) or "no data", fontsize=21, color="white", ha="center", va="center")


def _colour(panel: ShownPanel, value: float) -> str:
    return [colour for least, colour in panel.steps if least is None or value >= least][-1]


def _graph(axes: Axes, panel: ShownPanel, series: Sequence[Series], picture: Picture) -> None:
    for number, one in enumerate(series):
        colour = COLOURS[number % len(COLOURS)]
        points = one.unbroken(picture.step)
        axes.plot([at for at, _ in points], [value for _, value in points], color=colour, linewidth=1.3)
    axes.set_xlim(picture.begin, picture.end)
    _limits(axes, panel, [value for one in series for value in one.values])
    for band in picture.bands:
        axes.axvspan(band.begin, band.end, color="#e02f44", alpha=0.1, linewidth=0)
    minutes = range(1, math.ceil((picture.end - picture.begin - 10) / 60))
    axes.set_xticks([picture.begin + 60 * minute for minute in minutes], [f"{minute} min" for minute in minutes])
    axes.yaxis.set_major_formatter(lambda value, _: written(value, panel.unit))
    axes.yaxis.set_major_locator(_locator(panel, axes.get_ylim()[1]))
    axes.grid(color="#e7e7e8", linewidth=0.6)
    axes.set_axisbelow(True)
    axes.tick_params(length=0, labelsize=6.8, colors="#52545c")
    for spine in axes.spines.values():
        spine.set_visible(False)
    if not series:
        said = "nothing to show: good" if panel.may_be_empty else "no data"
        axes.text(0.5, 0.5, said, transform=axes.transAxes, ha="center", va="center", color="#8e8e8e", fontsize=9)


def _locator(panel: ShownPanel, top: float) -> Locator:
    """Ticks at whole minutes, hours or days where the axis goes so far."""
    if panel.unit == "s":
        for scale in (86_400, 3600, 60):
            if top >= 2 * scale:
                return MultipleLocator(scale * max(1, math.ceil(top / scale / 4)))
    return MaxNLocator(4, steps=[1, 2, 5, 10])


def _limits(axes: Axes, panel: ShownPanel, values: Sequence[float]) -> None:
    """As Grafana does, with room for the first threshold that is within reach."""
    bounds = panel.json["fieldConfig"]["defaults"]
    least, most = bounds.get("min"), bounds.get("max")
    highest = max((value for value in values if math.isfinite(value)), default=1.0)
    steps = [(value, colour) for value, colour in panel.steps if value is not None]
    reachable = [value for value, _ in steps if value <= highest * 3 or (highest == 0 and value == steps[0][0])]
    top = most if most is not None else max([highest, *reachable]) * 1.08 or 1.0
    lowest = min((value for value in values if math.isfinite(value)), default=0.0)
    axes.set_ylim(min(least, lowest) if least is not None else lowest, top * 1.04 if most is not None else top)
    for value, colour in steps:
        if value <= top:
            axes.axhline(value, color=STEPS[colour], linewidth=1.1, linestyle=(0, (4, 3)))


def _legend(card: Axes, panel: ShownPanel, series: Sequence[Series]) -> int:
    """Name, last value and maximum of the first series, in the order of their maxima; returns how many lines it has."""
    height, width = panel.json["gridPos"]["h"], panel.json["gridPos"]["w"]
    columns = 2 if width >= NARROW and (len(series) > 4 or width > NARROW) else 1
    shown = series[: 4 * columns]
    lines = math.ceil(len(shown) / columns) + (len(series) > len(shown))
    room = int((WIDTH * width / COLUMNS / columns - 1.75) / 0.056)
    for number, one in enumerate(shown):
        column, line = number % columns, number // columns
        x, y = 0.012 + column / columns, (0.42 + 0.55 * (lines - 1 - line)) / height
        card.plot([x, x + 0.018 / columns], [y, y], color=COLOURS[number % len(COLOURS)], linewidth=2.2)
        told = f"{written(one.last, panel.unit) or '–'}   max {written(max(one.values), panel.unit)}"
        card.text(x + 0.028 / columns, y, _short(one.name, room), va="center", fontsize=6.9, color="#24292e")
        card.text(x + 0.965 / columns, y, told, va="center", ha="right", fontsize=6.9, color="#52545c")
    if len(series) > len(shown):
        more = f"and {len(series) - len(shown)} more"
        card.text(0.012, 0.42 / height, more, va="center", fontsize=6.9, color="#52545c")
    card.set_xlim(0, 1)
    card.set_ylim(0, 1)
    return lines


def _short(name: str, letters: int) -> str:
    """The name without its middle, where it is too long."""
    half = max(1, letters // 2 - 1)
    return name if len(name) <= letters else f"{name[:half]} … {name[-half:]}"
