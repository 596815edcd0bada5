"""The live plots, with pyqtgraph: request lane, sensor lanes, and the distribution.

Imported only when the measure page opens: pyqtgraph and numpy must not delay the window.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from genba.errors import N_
from genba.figures import Figure
from genba.gui.theme.look import Look
from genba.gui.theme.tokens import tokens
from genba.gui.viewmodels.live import LANES, MOST_POINTS, LiveBuffers, quantile, thinned
from genba.gui.widgets.layout import column, label, line, row

LANE_NAMES = {
    "memory": N_("Memory"),
    "temperature": N_("Temperature"),
    "power": N_("Power"),
    "clock": N_("Clock"),
}
LANE_UNITS = {"memory": "byte", "temperature": "degC", "power": "W", "clock": "MHz"}
LANE_COLORS = {"memory": "plot5", "temperature": "plot4", "power": "plot2", "clock": "plot3"}
LANE_MISSING = {
    "memory": N_("not measured: the device does not tell it"),
    "temperature": N_("not measured: no temperature sensor"),
    "power": N_("not measured: no power meter"),
    "clock": N_("not measured: the device does not tell it"),
}
_SIDE = 116
_AXIS = 56
_DENSE = 400


def _dashed(color: Any, width: float = 1.5) -> Any:
    return pg.mkPen(color, width=width, dash=tokens()["stroke"]["limit_dash"])


class _Plot(pg.PlotWidget):  # type: ignore[misc]
    """A plot in the colours of the theme: light grid, captions, no border."""

    def __init__(self, look: Look, height: int, *, time_axis: bool = True) -> None:
        super().__init__(background=look.theme.css("surface"))
        self.look = look
        self.setFixedHeight(height) if height else None
        self.setFrameShape(self.Shape.NoFrame)
        item = self.getPlotItem()
        item.setMenuEnabled(False)
        item.hideButtons()
        item.setContentsMargins(0, 4, 8, 0)
        for name in ("left", "bottom"):
            axis = item.getAxis(name)
            axis.setPen(look.theme.color("lineStrong"))
            axis.setTextPen(look.theme.color("inkSecondary"))
            axis.setTickFont(look.font("caption"))
            axis.setStyle(tickLength=-4, maxTickLevel=0, autoExpandTextSpace=False)
            axis.enableAutoSIPrefix(False)
        item.getAxis("left").setWidth(_AXIS)
        item.showGrid(x=True, y=True, alpha=0.12)
        item.getViewBox().setMouseEnabled(x=True, y=False)
        self.watermark: Any = None

    def wheelEvent(self, event: Any) -> None:
        """Leave the wheel to the page, which scrolls; dragging zooms."""
        event.ignore()

    def mouseDoubleClickEvent(self, event: Any) -> None:
        """Back to the whole run."""
        super().mouseDoubleClickEvent(event)
        self.getPlotItem().getViewBox().enableAutoRange(x=True)

    def set_demo(self, demo: bool) -> None:
        """The watermark of runs that stand in for a device."""
        if demo and self.watermark is None:
            self.watermark = pg.TextItem(
                self.look.t(N_("DEMO")),
                color=self.look.theme.color("warn", 0.28),
                anchor=(0.5, 0.5),
            )
            font = self.look.font("headline")
            self.watermark.setFont(font)
            self.watermark.setParentItem(self.getPlotItem().getViewBox())
        if self.watermark is not None:
            self.watermark.setVisible(demo)
            self._place()

    def resizeEvent(self, event: Any) -> None:
        """Keep the watermark in the middle."""
        super().resizeEvent(event)
        self._place()

    def _place(self) -> None:
        if getattr(self, "watermark", None) is not None:
            box = self.getPlotItem().getViewBox().boundingRect()
            self.watermark.setPos(box.width() / 2, box.height() / 2)


class Lanes(QWidget):
    """One lane per request and per sensor, on one time axis, with warm-up shaded."""

    def __init__(self, look: Look) -> None:
        super().__init__()
        self._look = look
        theme = look.theme
        self._unit = (1.0, "ms")
        self._limit_ms: float | None = None
        self._band: Figure | None = None
        self.requests = _Plot(look, 190)
        self._warm = pg.ScatterPlotItem(
            size=6, pen=pg.mkPen(theme.color("inkTertiary")), brush=None, symbol="o"
        )
        self._size = 4.5
        self._points = pg.ScatterPlotItem(size=self._size, pen=None, brush=theme.color("plot1"))
        self._shade = pg.LinearRegionItem(
            (0, 0), movable=False, brush=theme.color("plot6", 0.14), pen=pg.mkPen(None)
        )
        self._limit = pg.InfiniteLine(angle=0, pen=_dashed(theme.color("fail")))
        self._prediction = pg.LinearRegionItem(
            (0, 0),
            orientation="horizontal",
            movable=False,
            brush=theme.color("plot1", tokens()["plot"]["prediction_band_opacity"]),
            pen=pg.mkPen(None),
        )
        for item in (self._prediction, self._shade, self._limit, self._warm, self._points):
            self.requests.addItem(item)
        self._prediction.hide()
        self._limit.hide()
        self._value = label(look, "", "number")
        self._lanes: dict[str, tuple[_Plot, Any, Any, QWidget]] = {}
        body = column(self._lane(look.t(N_("Latency")), self._value, self.requests), gap=0)
        for lane in LANES:
            if lane != "clock":
                body.addWidget(line())
                body.addWidget(self._sensor(lane))
        self.setLayout(body)
        self.requests.getPlotItem().setLabel("bottom", "")

    def set_context(self, limit_ms: float | None, predicted: Figure | None, demo: bool) -> None:
        """The limit, the predicted interval, and whether this is the demo device."""
        self._limit_ms, self._band = limit_ms, predicted
        self.requests.set_demo(demo)

    def show_live(self, live: LiveBuffers, *, running: bool) -> None:
        """Draw what has arrived."""
        language = self._look.language
        recent = float(live.latency_ms[-2000:].max(initial=0.0))
        top = max(recent, self._limit_ms or 0.0, 1e-3)
        scale, unit = language.scale(top, "ms")
        drawn = thinned(live.latency_ms)
        at, values, warm = live.at_s[drawn], live.latency_ms[drawn] / scale, live.warm[drawn]
        self._set_size(2.5 if values.size > _DENSE else 4.5)
        self._points.setData(at[~warm], values[~warm]) if at.size else self._points.clear()
        self._warm.setData(at[warm], values[warm]) if at.size else self._warm.clear()
        self._shade.setRegion((0.0, live.warmup_end_s or (live.end_s if at.size else 0.0)))
        self._set_limit(scale)
        if at.size:
            self.requests.setXRange(0, live.end_s, padding=0.01)
            self.requests.setYRange(0, self._top(live, scale), padding=0)
        self.requests.getPlotItem().getAxis("left").setLabel("")
        last = float(live.latency_ms[-1]) if live.total else None
        self._value.setText("" if last is None else language.quantity(last, "ms"))
        for lane, parts in self._lanes.items():
            self._show_lane(lane, live, parts, running)
        self._unit = (scale, unit)

    def _set_size(self, size: float) -> None:
        # Every setSize makes pyqtgraph style all points anew.
        if size != self._size:
            self._size = size
            self._points.setSize(size)

    def _top(self, live: LiveBuffers, scale: float) -> float:
        few = live.latency_ms[:: live.total // MOST_POINTS + 1]
        high = float(np.percentile(few, 99.5)) / scale
        limit = (self._limit_ms or 0.0) / scale
        # A limit far above the data would flatten them; it is then left to the answer line.
        return max(high * 1.25, limit * 1.08 if limit < high * 6 else 0.0, 1e-6)

    def _set_limit(self, scale: float) -> None:
        self._limit.setVisible(self._limit_ms is not None)
        if self._limit_ms is not None:
            self._limit.setValue(self._limit_ms / scale)
        band = self._band
        shown = band is not None and band.low is not None and band.high is not None
        self._prediction.setVisible(shown)
        if band is not None and band.low is not None and band.high is not None:
            self._prediction.setRegion((band.low / scale, band.high / scale))

    def _sensor(self, lane: str) -> QWidget:
        plot = _Plot(self._look, 92)
        view = self.requests.getPlotItem().getViewBox()
        view.sigXRangeChanged.connect(lambda _, limits: plot.setXRange(*limits, padding=0))
        color = self._look.theme.color(LANE_COLORS[lane])
        curve = plot.plot([], [], pen=pg.mkPen(color, width=1.6))
        if lane in ("memory", "power"):
            curve.setFillLevel(0)
            curve.setBrush(self._look.theme.color(LANE_COLORS[lane], 0.16))
        value = label(self._look, "", "number")
        missing = label(self._look, self._look.t(LANE_MISSING[lane]), "small", "inkTertiary")
        missing.setAlignment(Qt.AlignmentFlag.AlignCenter)
        missing.setFixedHeight(40)
        missing.hide()
        self._lanes[lane] = (plot, curve, value, missing)
        holder = QWidget()
        holder.setLayout(column(plot, missing, gap=0))
        return self._lane(self._look.t(LANE_NAMES[lane]), value, holder)

    def _lane(self, name: str, value: QWidget, plot: QWidget) -> QWidget:
        side = QWidget()
        side.setFixedWidth(_SIDE)
        side.setLayout(
            column(label(self._look, name, "small", "inkSecondary"), value, None, gap=0,
                   margins=(16, 6, 0, 4))
        )  # fmt: skip
        result = QWidget()
        layout = row(side, plot, gap=0)
        layout.setStretch(1, 1)
        result.setLayout(layout)
        return result

    def _show_lane(
        self, lane: str, live: LiveBuffers, parts: tuple[_Plot, Any, Any, QWidget], running: bool
    ) -> None:
        plot, curve, value, missing = parts
        values = live.lane_values[lane]
        absent = not values and (live.readings > 0 or not running) and live.total > 0
        missing.setVisible(absent)
        plot.setVisible(not absent)
        if not values:
            value.setText("–" if absent else "")
            curve.setData([], [])
            return
        unit = LANE_UNITS[lane]
        scale, shown = self._look.language.scale(max(values), unit)
        curve.setData(np.asarray(live.lane_at_s[lane]), np.asarray(values) / scale)
        high = max(values) / scale
        low = 0.0 if lane in ("memory", "power", "clock") else min(values) / scale - 2
        plot.setYRange(low, high * 1.15 if lane != "temperature" else high + 2, padding=0)
        last = self._look.language.number(values[-1] / scale)
        value.setText(f"{last} {shown}")


class Distribution(_Plot):
    """The share of requests that were at most so slow, with the target and the predicted band."""

    def __init__(self, look: Look) -> None:
        super().__init__(look, 0)
        self.setMinimumHeight(190)
        theme = look.theme
        item = self.getPlotItem()
        item.setYRange(0, 1, padding=0.02)
        item.getAxis("left").setTicks([[(0, "0"), (0.5, "p50"), (0.9, "p90"), (1, "p100")]])
        item.getAxis("left").setWidth(40)
        self._curve = self.plot([], [], pen=pg.mkPen(theme.color("ink"), width=1.6), stepMode=None)
        self._limit = pg.InfiniteLine(angle=90, pen=_dashed(theme.color("fail")))
        self._band = pg.LinearRegionItem(
            (0, 0), movable=False, brush=theme.color("plot1", 0.15), pen=pg.mkPen(None)
        )
        self._dot = pg.ScatterPlotItem(size=8, pen=None, brush=theme.color("ink"))
        for part in (self._band, self._limit, self._dot):
            self.addItem(part)
        self._band.hide()
        self._limit.hide()

    def show_live(
        self, live: LiveBuffers, limit_ms: float | None, predicted: Figure | None
    ) -> None:
        """Draw the empirical distribution of the measured phase."""
        values = live.sorted_ms
        top = float(values[-1]) if values.size else (limit_ms or 1.0)
        scale, unit = self.look.language.scale(top, "ms")
        if values.size:
            steps = min(values.size, MOST_POINTS // 2)
            places = np.linspace(0, values.size - 1, steps).round().astype(int)
            shares = (places + 1) / values.size
            self._curve.setData(np.repeat(values[places] / scale, 2)[1:], np.repeat(shares, 2)[:-1])
        else:
            self._curve.setData([], [])
        p90 = live.percentile_ms("p90")
        self._dot.setData([p90 / scale], [0.9]) if p90 is not None else self._dot.clear()
        self._limit.setVisible(limit_ms is not None)
        if limit_ms is not None:
            self._limit.setValue(limit_ms / scale)
        known = predicted is not None and predicted.low is not None and predicted.high is not None
        self._band.setVisible(known)
        if predicted is not None and predicted.low is not None and predicted.high is not None:
            self._band.setRegion((predicted.low / scale, predicted.high / scale))
        if values.size:
            low, high = float(values[0]) / scale, quantile(values, 0.995) / scale
            if limit_ms is not None and limit_ms / scale < high * 4:
                high = max(high, limit_ms / scale)
            room = (high - low) * 0.08 or high * 0.1
            self.setXRange(max(low - room, 0), high + room, padding=0)
        else:
            self.setXRange(0, 1.2 * top / scale, padding=0)
        self.getPlotItem().setLabel("bottom", f"{self.look.t(N_('Latency'))} {unit}")
        self.getPlotItem().getAxis("bottom").label.setFont(self.look.font("caption"))
