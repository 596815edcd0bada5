"""Model: does it fit, where do memory and time go?"""

from __future__ import annotations

from pathlib import Path

from PySide6.QtWidgets import QFileDialog, QLineEdit

from genba.errors import N_
from genba.gui.pages.start import DropZone
from genba.gui.theme.look import Look
from genba.gui.viewmodels.model import ModelModel, OperatorGroup
from genba.gui.widgets.charts import ShareBar
from genba.gui.widgets.controls import Segmented, UnitField, field_label
from genba.gui.widgets.figure import Headline
from genba.gui.widgets.layout import (
    Card,
    ElidedLabel,
    clear,
    column,
    label,
    row,
    top,
    upright_line,
)
from genba.gui.widgets.marks import StateMark
from genba.gui.widgets.page import Page
from genba.gui.widgets.table import Bar, Cell, Column, Row, Table

_SHARE_COLORS = ("plot3", "plot1", "plot2", "plot4", "plot7")


class ModelPage(Page):
    """Headline facts, operators, and what is worth knowing."""

    def __init__(self, look: Look, model: ModelModel) -> None:
        super().__init__(look, look.t(N_("Does it fit, and where do memory and time go?")))
        self.model = model
        self._shape: tuple[object, ...] = ()
        self._dims_shape: tuple[str, ...] = ()
        self._costs: object = None
        self.replace = self.add_action(look.t(N_("Replace model…")), self.browse)
        self.drop = DropZone(look, model.import_file, models_only=True)
        self.facts = Card(look, gap=4)
        self._headlines = row(gap=20)
        self.file = ElidedLabel(look, "", "caption", "inkSecondary")
        self.facts.add(self._headlines, self.file)
        self.tools = row(gap=8)
        self.grouping = Segmented(
            look,
            [("type", look.t(N_("By type"))), ("flat", look.t(N_("Every operator")))],
            model.grouping,
        )
        self.grouping.chosen.connect(model.set_grouping)
        self.search = QLineEdit(model.filter)
        self.search.setFont(look.font("small"))
        self.search.setPlaceholderText(look.t(N_("Filter by name or type")))
        self.search.setFixedWidth(190)
        self.search.textChanged.connect(model.set_filter)
        self.dims = row(gap=8)
        self.operators = Card(look, gap=0, padded=False)
        self.count = label(look, "", "small", "inkSecondary")
        self.operators.add(
            row(label(look, look.t(N_("Operators")), "card_title"), self.count, None, self.search,
                self.grouping, gap=10, margins=(16, 10, 16, 8))
        )  # fmt: skip
        self.table = Table(
            look,
            [
                Column(look.t(N_("Name"))),
                Column(look.t(N_("Type")), 124),
                Column(look.t(N_("Precision")), 92),
                Column(look.t(N_("MACs")), 92, right=True),
                Column("", 92),
                Column(look.t(N_("Weights")), 92, right=True),
                Column(look.t(N_("Read + write")), 104, right=True),
            ],
            dense=True,
        )
        self.operators.add(self.table, 8)
        self.work = Card(look, look.t(N_("Where the work is")), gap=6)
        self.share = ShareBar(look)
        self._shares = column(gap=4)
        self.work.add(self.share, 2, self._shares)
        self.notes = Card(look, look.t(N_("Things to know")), gap=8)
        self._notes = column(gap=8)
        self.notes.add(self._notes)
        side = column(self.work, self.notes, None, gap=12)
        self.lower_row = row(column(self.operators, None), gap=12)
        self.lower_row.addLayout(side)
        self.lower_row.setStretch(0, 1)
        self.work.setFixedWidth(300)
        self.notes.setFixedWidth(300)
        self.add(self.drop, self.facts, self.dims, self.lower_row, None)
        model.changed.connect(self.refresh)
        self.refresh()

    def browse(self) -> None:
        """Pick another model file."""
        name, _ = QFileDialog.getOpenFileName(
            self, self.look.t(N_("Choose a model")), "", "ONNX (*.onnx)"
        )
        if name:
            self.model.import_file(Path(name))

    def refresh(self) -> None:
        """Everything that the view model holds."""
        model, look = self.model, self.look
        self.show_work(model.busy, model.progress, model.cancel)
        self.show_error(model.error, retry=model.retry, close=model.dismiss)
        if not model.loaded:
            self.set_answer("running", look.t(N_("Reading the study.")))
            return
        state, message = model.answer
        self.set_answer(state, look.message(message))
        view = model.opened.view
        found = view.model if view is not None else None
        for widget in (self.facts, self.operators, self.work, self.notes, self.replace):
            widget.setVisible(found is not None)
        self.drop.setVisible(found is None)
        self.block_next("" if found is not None else look.t(N_("Import a model first.")))
        if found is None:
            return
        names = ", ".join(f.name for f in found.files)
        self.file.set_whole(
            look.t(
                N_("{name} · {format} · {files} · SHA-256 {hash}"),
                name=found.name,
                format=found.format.upper(),
                files=names,
                hash=f"{found.sha256[:12]}…",
            )
        )
        self._fill_headlines()
        self._fill_dims()
        if self._costs is not model.costs:
            self._costs = model.costs
            self._fill_side()
        self._fill_table()

    def _fill_headlines(self) -> None:
        model, look = self.model, self.look
        shape = tuple(name for name, _ in model.headline)
        if shape != self._shape:
            self._shape = shape
            clear(self._headlines)
            self._heads = []
            for index, name in enumerate(shape):
                if index:
                    self._headlines.addWidget(upright_line())
                head = Headline(look, look.t(name))
                self._heads.append(head)
                self._headlines.addWidget(head)
            self._headlines.addStretch(1)
        for head, (_, figure) in zip(self._heads, model.headline, strict=True):
            head.show_figure(figure)

    def _fill_dims(self) -> None:
        model, look = self.model, self.look
        names = tuple(model.dimensions)[:4]
        if names != self._dims_shape:
            self._dims_shape = names
            clear(self.dims)
            self._fields = {}
            if names:
                self.dims.addWidget(field_label(look, look.t(N_("Counted for"))))
            for name in names:
                field = UnitField(look, model.dimensions[name], "", width=84)
                field.committed.connect(lambda value, n=name: model.set_dimension(n, round(value)))
                self._fields[name] = field
                self.dims.addWidget(field_label(look, name if len(name) <= 20 else f"{name[:19]}…"))
                self.dims.addWidget(field)
            self.dims.addStretch(1)
        for name in names:
            self._fields[name].set_value(float(model.dimensions[name]))

    def _fill_table(self) -> None:
        model, look = self.model, self.look
        groups = model.operators
        total = len(model.costs.operators) if model.costs else 0
        self.count.setText(look.t(N_("{n} nodes"), n=total) if total else "")
        top = max((g.macs for g in groups), default=0)
        self.table.set_rows([self._row(i, g, top) for i, g in enumerate(groups)])
        self.table.fit_rows(22)

    def _row(self, index: int, group: OperatorGroup, top: int) -> Row:
        language = self.look.language
        kind = group.op_type if group.count == 1 else f"{group.op_type} ×{group.count}"
        macs = language.quantity(group.macs, "MAC").replace("MAC", "") if group.macs else "–"
        weights = language.quantity(group.weight_bytes, "byte") if group.weight_bytes else "–"
        shape = " × ".join(str(d) for d in group.output_shape)
        return Row(
            f"{index}",
            (
                Cell(group.name, hint=shape, bold=self.model.grouping == "type"),
                Cell(kind),
                Cell(group.precision or "–", ink="inkSecondary"),
                Cell(macs.strip(), sort=group.macs),
                Cell(bar=Bar(group.macs, top, color="plot1"), sort=group.macs),
                Cell(weights, sort=group.weight_bytes),
                Cell(language.quantity(group.traffic_bytes, "byte"), sort=group.traffic_bytes),
            ),
        )

    def _fill_side(self) -> None:
        model, look = self.model, self.look
        clear(self._shares)
        clear(self._notes)
        shares = model.shares
        self.share.show_parts([(s, _SHARE_COLORS[i]) for i, (_, _, s) in enumerate(shares)])
        for index, (name, macs, share) in enumerate(shares):
            swatch = ShareBar(look, 10)
            swatch.setFixedWidth(10)
            swatch.show_parts([(1.0, _SHARE_COLORS[index])])
            amount = look.language.quantity(macs, "MAC")
            self._shares.addLayout(
                row(
                    swatch,
                    label(look, name or look.t(N_("other")), "small"),
                    None,
                    label(look, look.language.percent(share, 1), "small", "inkSecondary"),
                    label(look, amount, "small"),
                )
            )
        warnings = model.costs.warnings if model.costs else ()
        attention = model.costs.attention if model.costs else ()
        for block in attention[:3]:
            text = look.t(
                N_("{layers} attention layers, {heads} heads, {kv} KV heads ({kind})."),
                layers=block.layers, heads=block.heads, kv=block.kv_heads, kind=block.kind,
            )  # fmt: skip
            self._notes.addLayout(_note(look, "done", text))
        for warning in warnings[:6]:
            self._notes.addLayout(_note(look, "attention", look.message(warning)))
        if not warnings and model.costs is not None:
            text = look.t(N_("Every operator has a shape; nothing was assumed."))
            self._notes.addLayout(_note(look, "done", text))


def _note(look: Look, state: str, text: str):  # type: ignore[no-untyped-def]
    mark = top(StateMark(look, state, small=True), 3)
    result = row(mark, label(look, text, "small", wrap=True), gap=8)
    result.setStretch(1, 1)
    return result
