"""Measure: how fast really, may we stop?"""

from __future__ import annotations

from typing import Any

from PySide6.QtWidgets import QDialog, QLineEdit, QWidget

from genba.errors import N_
from genba.figures import Basis, Figure
from genba.gui.dialogs import HostKeyDialog
from genba.gui.theme.look import Look
from genba.gui.viewmodels.live import LiveBuffers
from genba.gui.viewmodels.measure import RUNTIMES, MeasureModel
from genba.gui.widgets.controls import Combo, UnitField, button, demo_chip, field_label
from genba.gui.widgets.figure import FigureLabel, Headline
from genba.gui.widgets.layout import Card, clear, column, label, row, top, upright_line
from genba.gui.widgets.marks import StateMark
from genba.gui.widgets.page import Page
from genba.gui.widgets.table import Cell, Column, Row, Table, figure_cell

_SUMMARY = (
    ("throughput_per_s", N_("Throughput")),
    ("memory_bytes", N_("Peak memory")),
    ("energy_mj", N_("Energy per request")),
    ("temperature_c", N_("Temperature")),
)
_GENERATING = (("ttft_ms", N_("TTFT")), ("tpot_ms", N_("TPOT")))


class MeasurePage(Page):
    """Choices on top; lanes on the left; distribution, percentiles and runs on the right."""

    def __init__(self, look: Look, model: MeasureModel) -> None:
        from genba.gui.widgets.plots import Distribution, Lanes

        super().__init__(look, look.t(N_("How fast is it really, and may we stop?")))
        self.model = model
        self._facts: tuple[object, ...] = ()
        self._trusted: object = None
        self.demo = demo_chip(look)
        self.buttons.addWidget(self.demo)
        self.stop_button = self.add_action(look.t(N_("Stop and keep")), model.stop_and_keep)
        self.cancel_button = self.add_action(look.t(N_("Cancel")), model.cancel)
        self.start_button = self.add_action(look.t(N_("Run benchmark")), model.start)
        self.start_button.setShortcut("F5")
        self._build_choices()
        self.percentiles = {
            name: Headline(look, look.t(N_("Latency {name}"), name=name), role="headline")
            for name in ("p50", "p90", "p99")
        }
        self.summary = row(gap=24)
        numbers = Card(look, gap=8)
        top = row(gap=20)
        for index, headline in enumerate(self.percentiles.values()):
            if index:
                top.addWidget(upright_line())
            top.addWidget(headline)
        top.addStretch(1)
        numbers.add(top, self.summary)
        self.lanes = Lanes(look)
        self.device = label(look, "", "small", "inkSecondary")
        happening = Card(look, gap=0, padded=False)
        happening.add(
            row(label(look, look.t(N_("What happens on the device")), "card_title"), self.device,
                None, margins=(16, 10, 16, 6))
        )  # fmt: skip
        happening.add(self.lanes)
        note = look.t(
            N_("Rings and shading: warm-up, left out. Dashed: target. Double click resets.")
        )
        happening.add(
            row(label(look, note, "caption", "inkSecondary"), None, margins=(16, 4, 16, 8))
        )
        self.distribution = Distribution(look)
        spread = Card(look, look.t(N_("Will it stay under the target?")), gap=4)
        spread.add(self.distribution)
        spread.setMinimumHeight(260)
        self.trust_card = Card(look, look.t(N_("Can this run be trusted?")), gap=6)
        self._checks = column(gap=6)
        self.trust_card.add(self._checks)
        self.runs_card = Card(look, gap=0, padded=False)
        self.runs_card.add(
            row(label(look, look.t(N_("Runs of this study")), "card_title"), None,
                margins=(16, 10, 16, 6))
        )  # fmt: skip
        self.runs = Table(
            look,
            [Column(look.t(N_("Variant"))), Column(look.t(N_("Target")), 92),
             Column(look.t(N_("p90")), 96, right=True)],
            dense=True,
        )  # fmt: skip
        self.runs.selected_key.connect(self._show_run)
        self.runs.setMinimumHeight(110)
        self.runs_card.add(self.runs)
        side = QWidget()
        side.setFixedWidth(324)
        side.setLayout(column(spread, self.trust_card, self.runs_card, gap=12))
        left = column(numbers, happening, None, gap=12)
        body = row(gap=12)
        body.addLayout(left)
        body.addLayout(column(side, None))
        body.setStretch(0, 1)
        self.add(self.choices, body, None)
        model.changed.connect(self.refresh)
        model.arrived.connect(self.redraw)
        model.key_question.connect(self.ask)
        self.refresh()

    def _build_choices(self) -> None:
        look, model = self.look, self.model
        self.choices = Card(look, gap=8)
        self.target = Combo(look)
        self.target.picked.connect(lambda key: model.pick(target=key))
        self.variant = Combo(look)
        self.variant.picked.connect(lambda key: model.pick(variant_id=key))
        self.runtime = Combo(look, [(r, r) for r in RUNTIMES], model.runtime)
        self.runtime.picked.connect(lambda key: model.pick(runtime=key))
        self.duration = UnitField(
            look, model.duration_s, "s", width=96,
            check=lambda v: "" if 1 <= v <= 86_400 else look.t(N_("1 to 86,400 s.")),
        )  # fmt: skip
        self.duration.committed.connect(lambda v: model.pick(duration_s=v))
        self.scenario = label(look, "", "small", "inkSecondary")
        self.address = QLineEdit()
        self.address.setFont(look.font("body"))
        self.address.setPlaceholderText("user@host")
        self.address.setFixedWidth(150)
        self.address.returnPressed.connect(self._add_target)
        add = button(look, look.t(N_("Add target")), self._add_target, small=True)
        self.trust_button = button(
            look, look.t(N_("Check its host key")), model.ask_key, small=True
        )
        self.choices.add(
            row(
                field_label(look, look.t(N_("Target"))), self.target, self.trust_button, 8,
                field_label(look, look.t(N_("Variant"))), self.variant, 8,
                field_label(look, look.t(N_("Runtime"))), self.runtime, 8,
                field_label(look, look.t(N_("Duration"))), self.duration, None,
            ),
            row(self.scenario, None, self.address, add),
        )  # fmt: skip

    def refresh(self) -> None:
        """Choices, state, numbers, plots."""
        model, look = self.model, self.look
        self.show_error(model.error, retry=model.retry, close=model.dismiss)
        measuring = model.busy and bool(model.phase)
        waiting = model.busy and model.phase not in ("warmup", "measure")
        self.show_work(waiting, model.progress, model.cancel)
        state, message = model.answer
        self.set_answer(state, look.message(message))
        self.stop_button.setVisible(measuring)
        self.stop_button.setEnabled(not model.stopping and model.live.total > 0)
        self.cancel_button.setVisible(measuring)
        self.cancel_button.setEnabled(not model.stopping)
        self.start_button.setVisible(not measuring)
        blocked = model.blocked
        self.start_button.setEnabled(blocked is None and not model.busy)
        self.start_button.setToolTip(look.message(blocked) if blocked is not None else "F5")
        self.block_next("" if model.variants else look.t(N_("Import a model first.")))
        if self.next_button is not None and not measuring and model.run_shown is None:
            self.next_button.setToolTip(look.t(N_("Without a run the case rests on predictions.")))
        self.demo.setVisible(model.demo)
        targets = [(t.name, _target_name(look, t.name)) for t in model.targets]
        self.target.set_choices(targets or [("demo", _target_name(look, "demo"))], model.target)
        names = [(v.variant_id, look.t(v.name)) for v in model.variants]
        self.variant.set_choices(names, model.variant_id)
        self.runtime.set_choices([(r, r) for r in RUNTIMES], model.runtime)
        target = model.current_target
        untrusted = target is not None and not target.demo and not target.fingerprint
        self.trust_button.setVisible(untrusted)
        self.choices.setEnabled(not model.busy)
        scenario = model.scenario
        text = (
            look.t(
                N_("Generates {n} tokens from a prompt of {prompt}, one request after the other."),
                n=scenario.generate_tokens,
                prompt=scenario.prompt_tokens,
            )
            if scenario.kind == "generate"
            else look.t(N_("One request after the other, single-stream."))
        )
        self.scenario.setText(text)
        rows = sorted(self._all_runs(), key=lambda r: r.created_at, reverse=True)
        self.runs.set_rows(
            [
                Row(r.run_id, (Cell(look.t(r.variant_name)), Cell(r.target_name),
                               figure_cell(look, r.figures.get("latency_p90_ms"), short=True)))
                for r in rows
            ]
        )  # fmt: skip
        if model.run_shown is not None:
            self.runs.select(model.run_shown.run_id, quiet=True)
        self.runs_card.setVisible(bool(rows))
        self._fill_checks()
        self.redraw()

    def redraw(self) -> None:
        """The parts that follow live samples."""
        model, live = self.model, self.model.live
        limit = model.limit.value if model.limit is not None else None
        self.lanes.set_context(limit, model.predicted, model.demo and live.total > 0)
        self.distribution.set_demo(model.demo and live.total > 0)
        self.lanes.show_live(live, running=model.busy)
        self.distribution.show_live(live, limit, model.predicted)
        self._fill_percentiles(live)
        if model.busy:
            state, message = model.answer
            self.set_answer(state, self.look.message(message))
        started, shown = model.started, model.run_shown
        if shown is not None:
            self.device.setText(f"{shown.device_name} · {shown.runtime} {shown.runtime_version}")
        elif started is not None:
            self.device.setText(f"{started.device_name} · {started.runtime}")
        else:
            self.device.setText("")

    def _fill_percentiles(self, live: LiveBuffers) -> None:
        look, shown = self.look, self.model.run_shown
        for name, headline in self.percentiles.items():
            if shown is not None:
                figure = shown.figures.get(f"latency_{name}_ms")
                interval = look.figure(figure).interval if figure and figure.known else ""
                headline.show_figure(figure, interval)
                continue
            value = live.percentile_ms(name)
            if value is None:
                more = live.missing(name)
                note = look.t(N_("{n} more requests"), n=more) if live.total else ""
                headline.show_figure(None, note)
                continue
            live_figure = Figure(
                value=value, unit="ms", basis=Basis.MEASURED, ref=f"live/latency_{name}_ms",
                demo=self.model.demo,
            )  # fmt: skip
            headline.show_figure(live_figure, look.t(N_("so far")))
        key: tuple[object, ...] = (shown,)
        if key != self._facts:
            self._facts = key
            self._fill_summary()

    def _fill_summary(self) -> None:
        clear(self.summary)
        shown, look = self.model.run_shown, self.look
        if shown is None:
            return
        wanted = (*_GENERATING, *_SUMMARY) if self.model.generating else _SUMMARY
        for name, title in wanted:
            figure = shown.figures.get(name)
            if figure is not None:
                holder = column(
                    label(look, look.t(title), "small", "inkSecondary"),
                    FigureLabel(look, figure),
                    None,
                    gap=6,
                )
                self.summary.addLayout(holder)
        self.summary.addStretch(1)

    def _fill_checks(self) -> None:
        shown, look = self.model.run_shown, self.look
        self.trust_card.setVisible(shown is not None)
        if shown is None or shown is self._trusted:
            return
        self._trusted = shown
        clear(self._checks)
        measured = shown.samples_count
        counts = look.t(
            N_("{n} requests, {warm} of warm-up left out"), n=measured, warm=shown.warmup_count
        )
        items: list[tuple[str, str]] = [("done" if measured else "attention", counts)]
        if shown.complete:
            items.append(("done", look.t(N_("complete, nothing lost"))))
        else:
            items.append(("attention", look.t(N_("stopped early; the samples are kept"))))
        if shown.demo:
            items.append(("attention", look.t(N_("demo device: true for this computer only"))))
        items += [("attention", look.message(w)) for w in shown.warnings[:4]]
        for state, text in items:
            mark = top(StateMark(look, state, small=True), 3)
            entry = row(mark, label(look, text, "small", wrap=True), gap=8)
            entry.setStretch(1, 1)
            self._checks.addLayout(entry)

    def _all_runs(self) -> tuple[Any, ...]:
        view = self.model.opened.view
        return view.runs if view is not None else ()

    def _show_run(self, run_id: str) -> None:
        shown = self.model.run_shown
        if shown is None or shown.run_id != run_id:
            self.model.show_run(run_id)

    def _add_target(self) -> None:
        address = self.address.text().strip()
        if address:
            self.address.clear()
            self.model.add_target(address)

    def ask(self, key: Any) -> None:
        """Put the host key's question; a changed key is a stop, not a question."""
        name = self.model.target
        dialog = HostKeyDialog(self.look, self, name, key)
        if dialog.exec() == QDialog.DialogCode.Accepted:
            self.model.trust(str(key.fingerprint))


def _target_name(look: Look, name: str) -> str:
    return look.t(N_("demo (this computer)")) if name == "demo" else name
