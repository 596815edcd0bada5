"""Business: does it pay, what would turn it red?"""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from genba.errors import N_
from genba.figures import Basis, Figure
from genba.gui.theme.look import Look
from genba.gui.viewmodels.business import BusinessModel
from genba.gui.viewmodels.input_units import UNIT_NAMES
from genba.gui.widgets.charts import (
    CashFlowChart,
    DistributionChart,
    ShareBar,
    TornadoChart,
    TornadoRow,
)
from genba.gui.widgets.controls import UnitField, demo_chip, room_for, trimmed
from genba.gui.widgets.figure import FigureLabel, Headline
from genba.gui.widgets.layout import (
    Card,
    clear,
    column,
    label,
    line,
    row,
    show_if,
    top,
    upright_line,
)
from genba.gui.widgets.marks import BasisMark, StateMark
from genba.gui.widgets.page import Page
from genba.gui.widgets.slider import RangeSlider
from genba.study.business import BusinessInput, BusinessResult, GateCriterion
from genba.study.words import INPUTS

TORNADO_ROWS = 6
LONGEST = 8_888_888_888
"""The input fields hold ten digits."""
STAGING_NAMES = {
    "staged_value": N_("Expected value, in stages"),
    "commit_value": N_("Expected value, all at once"),
    "value_of_staging": N_("Worth of going in stages"),
    "max_loss": N_("Most that can be lost"),
    "outlay": N_("Outlay of all stages"),
    "evsi": N_("Worth of the PoC’s information"),
}


class BusinessPage(Page):
    """Inputs on the left, results on the right; a movement on the left moves the right."""

    def __init__(self, look: Look, model: BusinessModel) -> None:
        super().__init__(look, look.t(N_("Does it pay, and what would turn it red?")))
        self.model = model
        self._result: BusinessResult | None = None
        self._keys: tuple[str, ...] = ()
        self._inputs: dict[str, InputWidget] = {}
        self.demo = demo_chip(look)
        self.buttons.addWidget(self.demo)
        self.left = Card(look, look.t(N_("The inputs that matter most")), gap=4)
        legend = look.t(N_("handle: value, stops: range"))
        self.left.add(label(look, legend, "caption", "inkSecondary"))
        self.left.setFixedWidth(352)
        self._top = column(gap=4)
        self._others = column(gap=3)
        self.others_title = label(look, look.t(N_("Other inputs")), "card_title")
        self.left.add(self._top, 6, self.others_title, self._others, None)
        self._heads = [Headline(look, look.t(name)) for name, _ in model.headline]
        heads = Card(look)
        line_up = row(gap=12)
        for index, head in enumerate(self._heads):
            if index:
                line_up.addWidget(upright_line())
            line_up.addWidget(head, 1)
        heads.add(line_up)
        self.cash = CashFlowChart(look)
        cash = Card(look, look.t(N_("When does the cash come back?")),
                    look.t(N_("line: running sum")))  # fmt: skip
        cash.add(self.cash)
        self.spread = DistributionChart(look)
        spread = Card(look, look.t(N_("How optimistic is the plan?")))
        spread.add(self.spread)
        self.tornado = TornadoChart(look)
        tornado = Card(look, look.t(N_("Which input moves the result?")),
                       look.t(N_("P10 to P90 / turns red at")))  # fmt: skip
        tornado.add(self.tornado, None)
        self._stages = column(gap=6)
        stages = Card(look, look.t(N_("Where can we stop?")))
        stages.add(self._stages, None)
        self.share = ShareBar(look)
        self._share_text = row(gap=12)
        evidence = Card(look)
        inner = row(label(look, look.t(N_("Evidence")), "card_title"), self.share, gap=16)
        inner.addLayout(self._share_text)
        inner.setStretch(1, 1)
        evidence.add(inner)
        self._reasons = column(gap=4)
        first = row(cash, spread, gap=12)
        first.setStretch(0, 1)
        first.setStretch(1, 1)
        second = row(tornado, stages, gap=12)
        second.setStretch(0, 3)
        second.setStretch(1, 2)
        right = QWidget()
        right.setLayout(column(heads, first, second, evidence, self._reasons, None, gap=12))
        self.content = QWidget()
        body = row(column(self.left), right, gap=12)
        body.setStretch(1, 1)
        self.content.setLayout(body)
        self.add(self.content, None)
        model.changed.connect(self.refresh)
        self.refresh()

    def refresh(self) -> None:
        """Inputs, results, answer."""
        model, look = self.model, self.look
        first = model.busy and model.result is None
        self.show_work(first, model.progress, model.cancel)
        self.show_error(model.error, retry=model.retry, close=model.dismiss)
        state, message = model.answer
        self.set_answer(state, look.message(message))
        view = model.opened.view
        missing = view is None or view.chosen is None
        self.block_next(look.t(N_("Predict or measure a candidate first.")) if missing else "")
        self.content.setVisible(model.result is not None)
        self.demo.setVisible(bool(view and view.chosen and view.chosen.demo))
        if model.result is None:
            return
        self._fill_inputs()
        if self._result is not model.result:
            self._result = model.result
            self._fill_results(model.result)

    def _fill_inputs(self) -> None:
        model, look = self.model, self.look
        top = model.top
        keys = tuple(entry.key for entry in top)
        currency = model.inputs.currency if model.inputs else "JPY"
        if keys != self._keys:
            self._keys = keys
            clear(self._top)
            self._inputs = {}
            units = [_typed_in(look, entry, currency)[1] for entry in top]
            width = max((room_for(look, LONGEST, unit) for unit in units), default=0)
            for entry in top:
                widget = InputWidget(look, entry, currency, width)
                widget.moved.append(model.set_value)
                self._inputs[entry.key] = widget
                self._top.addWidget(widget)
                self._top.addWidget(line())
        for entry in top:
            self._inputs[entry.key].show_input(entry)

    def _fill_results(self, result: BusinessResult) -> None:
        model, look = self.model, self.look
        edge = model.edge
        notes = self._notes(result)
        for head, (_, figure), note in zip(self._heads, model.headline, notes, strict=True):
            bad = figure is not None and figure.value is not None and figure.value < 0
            head.show_figure(figure, note, "fail" if bad else "ink")
        self._fill_others(result)
        if edge is None:
            return
        years = [look.t(N_("now"))]
        years += [look.t(N_("year {n}"), n=n) for n in range(1, len(edge.net))]
        self.cash.show_flow(edge.net, result.currency, years)
        quantiles = [
            (f"P{q}", edge.risk[f"p{q}"].value, False) for q in (10, 50, 90) if f"p{q}" in edge.risk
        ]
        lines = [(n, v, p) for n, v, p in quantiles if v is not None]
        if edge.npv.value is not None:
            lines.append((look.t(N_("plan")), edge.npv.value, True))
        self.spread.show_bins(edge.histogram, lines, result.currency)
        self._fill_tornado(result, edge.npv.value or 0.0)
        self._fill_stages(result)
        self._fill_evidence(result)

    def _notes(self, result: BusinessResult) -> list[str]:
        look, edge = self.look, self.model.edge
        if edge is None:
            return [""] * len(self._heads)
        median = edge.risk.get("p50")
        cloud = next((a for a in result.alternatives if a.id == "cloud"), None)
        excluded = cloud is not None and cloud.excluded is not None
        return [
            look.t(N_("median {value}"), value=median) if median and median.known else "",
            look.t(N_("asked for: {rate}"), rate=look.language.percent(result.rate, 1)),
            look.t(N_("discounted: {value}"), value=edge.discounted_payback_months)
            if edge.discounted_payback_months.known
            else "",
            look.t(N_("simulated")),
            look.t(N_("the cloud is excluded")) if excluded else "",
        ]

    def _fill_tornado(self, result: BusinessResult, plan: float) -> None:
        look = self.look
        rows = []
        for bar in sorted(result.tornado, key=lambda b: -abs(b.swing))[:TORNADO_ROWS]:
            entry = result.inputs.values.get(bar.input)
            basis = entry.basis if entry is not None else Basis.ASSUMED
            unit = entry.unit if entry is not None else "1"
            switching = (
                look.t(N_("never"))
                if bar.switching_value is None or bar.switching_value < 0 <= bar.p10
                else _with_unit(look, bar.switching_value, unit, result.currency, 3)
            )
            rows.append(
                TornadoRow(
                    look.t(INPUTS.get(bar.input, bar.input)),
                    basis,
                    bar.npv_at_p10,
                    bar.npv_at_p90,
                    switching,
                )
            )
        self.tornado.show_rows(rows, plan, result.currency)

    def _fill_stages(self, result: BusinessResult) -> None:
        look = self.look
        clear(self._stages)
        for stage in result.stages:
            # A gate fails on a measurement; today's forecast of the case only leaves it open.
            met = [c.met if _decided(c) else None for c in stage.criteria]
            state = "done" if met and all(met) else "failed" if False in met else "not_yet"
            name = label(look, look.message(stage.name), "small", wrap=True)
            months = look.t(N_("{n} months"), n=trimmed(look.language, stage.months, 3))
            entry = row(
                StateMark(look, state, small=True),
                name,
                FigureLabel(look, stage.cost, "body"),
                label(look, months, "caption", "inkSecondary"),
                gap=8,
            )
            entry.setStretch(1, 1)
            self._stages.addLayout(entry)
            self._stages.addWidget(line())
        for key, figure in result.staging.items():
            text = look.t(STAGING_NAMES.get(key, key))
            self._stages.addLayout(
                row(label(look, text, "small", "inkSecondary"), None,
                    FigureLabel(look, figure, "body"))
            )  # fmt: skip
        if not result.stages:
            none = look.t(N_("No stages in this case."))
            self._stages.addWidget(label(look, none, "body", "inkSecondary"))

    def _fill_evidence(self, result: BusinessResult) -> None:
        look = self.look
        share = result.evidence_share
        parts = [
            (Basis.MEASURED, "ink"), (Basis.PREDICTED, "plot7"), (Basis.ASSUMED, "outline"),
        ]  # fmt: skip
        self.share.show_parts([(share.get(b.value, 0.0), token) for b, token in parts])
        clear(self._share_text)
        for basis, _ in parts:
            text = look.language.percent(share.get(basis.value, 0.0), 1)
            self._share_text.addLayout(
                row(BasisMark(look, basis), label(look, text, "small"), gap=6)
            )
        clear(self._reasons)
        for message in (*result.reasons[:4], *result.warnings[:3]):
            mark = top(StateMark(look, "attention", small=True), 3)
            entry = row(mark, label(look, look.message(message), "small", wrap=True), gap=8)
            entry.setStretch(1, 1)
            self._reasons.addLayout(entry)

    def _fill_others(self, result: BusinessResult) -> None:
        look = self.look
        clear(self._others)
        others = self.model.others
        self.others_title.setText(look.t(N_("Other inputs ({n})"), n=len(others)))
        for entry in others:
            text = _with_unit(look, entry.value, entry.unit, result.currency)
            name = label(look, look.t(INPUTS.get(entry.key, entry.key)), "small", wrap=True)
            name.setToolTip(_provenance(look, entry))
            parts = row(name, label(look, text, "small"), BasisMark(look, entry.basis), gap=6)
            parts.setStretch(0, 1)
            self._others.addLayout(parts)
            self._others.addWidget(line())


def _provenance(look: Look, entry: BusinessInput) -> str:
    parts = [look.t(entry.source), entry.date, entry.owner]
    return ", ".join(p for p in parts if p) or look.t(N_("no source named"))


def _with_unit(look: Look, value: float, unit: str, currency: str, digits: int = 4) -> str:
    """An input's value in words: a share as percent, money in its currency, the rest with unit."""
    if unit in ("ratio", "byte", "mJ", "ms", "W") or unit == currency:
        figure = Figure(value=value, unit=unit, basis=Basis.EXACT, ref="business/shown")
        return look.figure(figure).plain
    shown = look.t(UNIT_NAMES.get(unit, unit))
    return f"{trimmed(look.language, value, digits)} {shown}".strip()


def _typed_in(look: Look, entry: BusinessInput, currency: str) -> tuple[float, str]:
    """The scale and the word of the unit in which an input is typed."""
    if entry.unit == "ratio":
        return 0.01, "%"
    yen = entry.unit == currency == "JPY"
    if look.language.code == "ja" and yen and abs(entry.value) >= 1e5:
        return 10_000.0, "万円"
    return 1.0, look.t(UNIT_NAMES.get(entry.unit, entry.unit))


class InputWidget(QWidget):
    """One input: name with basis, field with unit, slider with range, source."""

    def __init__(self, look: Look, entry: BusinessInput, currency: str, width: int) -> None:
        super().__init__()
        self.look, self.key = look, entry.key
        self.moved: list[object] = []
        self._scale, unit = _typed_in(look, entry, currency)
        self.name = label(look, look.t(INPUTS.get(entry.key, entry.key)), "small", wrap=True)
        self.mark = BasisMark(look, entry.basis)
        self.field = UnitField(look, entry.value / self._scale, unit, width=width)
        self.field.committed.connect(lambda v: self._tell(v * self._scale))
        head = row(self.name, self.mark, self.field, gap=6)
        head.setStretch(0, 1)
        low = entry.value if entry.low is None else entry.low
        high = entry.value if entry.high is None else entry.high
        self.slider = RangeSlider(
            look, low, entry.value, high, name=self.name.text(), adjustable=False
        )
        show_if(self.slider, entry.low is not None and entry.high is not None)
        self.slider.moving.connect(lambda _low, value, _high: self._tell(value))
        self.slider.released.connect(lambda _low, value, _high: self._tell(value))
        self.source = label(look, "", "caption", "inkSecondary", wrap=True)
        self.range = label(look, "", "caption", "inkSecondary")
        foot = row(self.source, self.range, gap=8)
        foot.setStretch(0, 1)
        self.setLayout(column(head, self.slider, foot, gap=0, margins=(0, 2, 0, 2)))
        self.show_input(entry)

    def _tell(self, value: float) -> None:
        for listener in self.moved:
            listener(self.key, value)  # type: ignore[operator]

    def show_input(self, entry: BusinessInput) -> None:
        """The input's present value, range and source."""
        self.mark.set_basis(entry.basis)
        self.source.setText(_provenance(self.look, entry))
        if not self.slider.dragging:
            self.field.set_value(round(entry.value / self._scale, 6))
        if entry.low is not None and entry.high is not None:
            low, high = min(entry.low, entry.value), max(entry.high, entry.value)
            self.slider.set_values(low, entry.value, high)
            language = self.look.language
            self.range.setText(
                self.look.t(
                    N_("{low} to {high}"),
                    low=trimmed(language, low / self._scale, 3),
                    high=trimmed(language, high / self._scale, 3),
                )
            )


def _decided(criterion: GateCriterion) -> bool:
    current = criterion.current
    return current is not None and current.basis is Basis.MEASURED
