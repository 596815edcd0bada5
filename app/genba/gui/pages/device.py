"""Device: which would pass, before buying?"""

from __future__ import annotations

from PySide6.QtWidgets import QLineEdit

from genba.errors import N_
from genba.figures import Basis, Figure
from genba.gui.theme.look import Look
from genba.gui.viewmodels.device import STAGE_NAMES, DeviceModel, DeviceRow
from genba.gui.widgets.controls import Chip, Combo, Segmented, button, field_label
from genba.gui.widgets.figure import Headline
from genba.gui.widgets.layout import Card, clear, column, label, row
from genba.gui.widgets.marks import VERDICT_STATES, StateMark
from genba.gui.widgets.page import Page
from genba.gui.widgets.table import Bar, Cell, Column, Row, Table, figure_cell
from genba.study.device import Quantity

BOUND_WORDS = {
    "memory": N_("memory bandwidth"),
    "bandwidth": N_("memory bandwidth"),
    "compute": N_("compute"),
    "overhead": N_("fixed cost per operator"),
    "capacity": N_("memory capacity"),
}


class DevicePage(Page):
    """The catalogue with interval bars, and the breakdown of the selected device."""

    def __init__(self, look: Look, model: DeviceModel) -> None:
        super().__init__(look, look.t(N_("Which device would pass, before buying it?")))
        self.model = model
        self._broken_down: tuple[object, ...] = ()
        self.search = QLineEdit(model.filter)
        self.search.setFont(look.font("body"))
        self.search.setPlaceholderText(look.t(N_("Device, maker, chip")))
        self.search.setFixedWidth(200)
        self.search.textChanged.connect(model.set_filter)
        self.scope = Segmented(
            look,
            [
                ("all", look.t(N_("All"))),
                ("pass", look.t(N_("Predicted to pass"))),
                ("listed", look.t(N_("Short list"))),
            ],
            model.scope,
        )
        self.scope.chosen.connect(model.set_scope)
        self.subject = Combo(look)
        self.subject.picked.connect(model.set_subject)
        again = button(look, look.t(N_("Predict again")), model.predict, small=True)
        self.add(
            row(self.search, self.scope, 8, field_label(look, look.t(N_("Variant"))), self.subject,
                None, again)
        )  # fmt: skip
        self.catalogue = Card(look, gap=0, padded=False)
        limit = model.limit
        bar_title = look.t(N_("against the limit")) if limit is not None else ""
        self.table = Table(
            look,
            [
                Column("", 40, hint=look.t(N_("Space puts a device on the short list"))),
                Column(look.t(N_("Device type"))),
                Column(look.t(N_("Class")), 176),
                Column(look.t(N_("Latency")), 112, right=True),
                Column(bar_title, 150),
                Column(look.t(N_("Energy")), 96, right=True),
                Column(look.t(N_("Memory")), 92, right=True),
                Column(look.t(N_("Price")), 116, right=True),
            ],
        )
        self.table.setMinimumHeight(26 + 30 * 9)
        self.table.toggled_key.connect(model.toggle)
        self.table.activated_key.connect(model.toggle)
        self.table.selected_key.connect(model.select)
        note = look.t(
            N_("Bars: prediction with its 80 % interval. Red: the limit. Space: short list.")
        )
        self.catalogue.add(
            self.table, row(label(look, note, "caption", "inkSecondary"), None,
                            margins=(16, 6, 16, 8))
        )  # fmt: skip
        self.breakdown = Card(look, gap=8)
        self.add(self.catalogue, self.breakdown)
        self.body.setStretch(1, 1)
        model.changed.connect(self.refresh)
        self.refresh()

    def refresh(self) -> None:
        """Rows, breakdown, answer."""
        model, look = self.model, self.look
        self.show_work(model.busy, model.progress, model.cancel)
        self.show_error(model.error, retry=model.retry, close=model.dismiss)
        state, message = model.answer
        self.set_answer(state, look.message(message))
        view = model.opened.view
        self.block_next("" if view and view.model else look.t(N_("Import a model first.")))
        names = [(v.variant_id, look.t(v.name)) for v in view.variants] if view else []
        self.subject.set_choices(names, model.subject)
        scale = model.scale
        self.table.set_rows([self._row(entry, scale) for entry in model.rows])
        current = model.current
        if current is not None:
            self.table.select(current.device.id, quiet=True)
        self._break_down(current)

    def _row(self, entry: DeviceRow, scale: float) -> Row:
        look, device = self.look, entry.device
        prediction = entry.prediction
        limit = self.model.limit
        latency, bar = entry.latency, Cell()
        if latency is not None and latency.value is not None:
            good = entry.verdict in ("met", "likely")
            bar = Cell(
                bar=Bar(
                    latency.value,
                    scale,
                    latency.low,
                    latency.high,
                    limit.value if limit is not None else None,
                    "plot1" if good or limit is None else "plot7",
                ),
                sort=latency.value,
                hint=figure_cell(look, latency).hint,
            )
        elif prediction is not None and prediction.fits is False:
            bar = Cell(look.t(N_("does not fit into memory")), ink="inkSecondary")
        energy = prediction.figures.get("energy_mj") if prediction is not None else None
        state = VERDICT_STATES.get(entry.verdict, "not_possible")
        return Row(
            device.id,
            (
                Cell(checked=entry.listed, sort=float(not entry.listed)),
                Cell(device.name, state=state, sort=device.name),
                Cell(look.t(STAGE_NAMES.get(device.stage, device.stage)), ink="inkSecondary"),
                figure_cell(look, latency),
                bar,
                figure_cell(look, energy, short=True),
                figure_cell(look, _fact(device.memory_bytes, "byte", f"{device.id}/memory")),
                figure_cell(
                    look, _fact(device.price, device.price_currency or "USD", f"{device.id}/price")
                ),
            ),
            ground="accentSoft" if entry.listed else "",
        )

    def _break_down(self, entry: DeviceRow | None) -> None:
        look = self.look
        key = (entry, self.model.limit) if entry is not None else ()
        if key == self._broken_down:
            return
        self._broken_down = key
        clear(self.breakdown.body)
        self.breakdown.setVisible(entry is not None)
        if entry is None:
            return
        device, prediction = entry.device, entry.prediction
        head = row(
            label(look, device.name, "card_title"),
            Chip(look, look.t(STAGE_NAMES.get(device.stage, device.stage))),
            gap=8,
        )
        if not device.verified_on_hardware:
            chip = Chip(look, look.t(N_("not verified on hardware")), "warn")
            chip.setToolTip(look.t(N_("Facts from data sheets and lists; see the sources.")))
            head.addWidget(chip)
        head.addStretch(1)
        text = N_("Remove from the short list") if entry.listed else N_("Put on the short list")
        head.addWidget(button(look, look.t(text), lambda: self.model.toggle(device.id), small=True))
        self.breakdown.add(head)
        if prediction is None:
            none = look.t(N_("No prediction for this device: its facts or the model are missing."))
            self.breakdown.add(label(look, none, "body", "inkSecondary", wrap=True))
            return
        figures = row(gap=24)
        for name, title in _SHOWN:
            figure = prediction.figures.get(name)
            if figure is not None and (figure.known or name == "energy_mj"):
                headline = Headline(look, look.t(title), role="number")
                note = look.figure(figure).interval if figure.known else ""
                headline.show_figure(figure, note)
                figures.addWidget(headline)
        figures.addStretch(1)
        bound = BOUND_WORDS.get(prediction.bound_by, prediction.bound_by)
        says = [look.t(N_("Bound by {what}."), what=look.t(bound))] if bound else []
        says += [look.message(m) for m in prediction.explanation[:4]]
        texts = column(gap=2)
        for sentence in says:
            texts.addWidget(label(look, sentence, "small", wrap=True))
        for warning in prediction.warnings[:3]:
            mark = row(StateMark(look, "attention", small=True),
                       label(look, look.message(warning), "small", wrap=True), gap=8)  # fmt: skip
            mark.setStretch(1, 1)
            texts.addLayout(mark)
        texts.addWidget(label(look, self._sources(entry), "caption", "inkSecondary", wrap=True))
        body = row(gap=24)
        body.addLayout(column(figures, None))
        body.addLayout(texts)
        body.setStretch(1, 1)
        self.breakdown.add(body)

    def _sources(self, entry: DeviceRow) -> str:
        device, look = entry.device, self.look
        used = [device.memory_bytes, device.bandwidth_theoretical_gbs, device.price]
        used += [peak for peaks in device.compute.values() for peak in (peaks.fp16, peaks.int8)]
        names = dict.fromkeys(q.source for q in used if q.source)
        titles = [str(device.sources.get(n, {}).get("title") or n) for n in names]
        if not titles:
            return look.t(N_("Sources: none named; treat the facts as assumed."))
        return look.t(N_("Sources: {list}"), list="; ".join(titles[:4]))


_SHOWN = (
    ("latency_ms", N_("Latency")),
    ("ttft_ms", N_("Time to first token")),
    ("tpot_ms", N_("Time per output token")),
    ("memory_bytes", N_("Memory")),
    ("energy_mj", N_("Energy per request")),
)


def _fact(quantity: Quantity, unit: str, ref: str) -> Figure | None:
    """A fact of the catalogue as a Figure: assumed, with its source behind it."""
    if quantity.value is None:
        return None
    return Figure(value=quantity.value, unit=unit, basis=Basis.ASSUMED, ref=f"device/{ref}")
