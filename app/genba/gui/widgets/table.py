"""Tables: rows of drawn cells over a Qt model, quick with thousands of rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView

from genba.figures import Basis, Figure
from genba.gui.theme.look import Look
from genba.gui.theme.tokens import size
from genba.gui.widgets.figure import figure_hint

Index = QModelIndex | QPersistentModelIndex
CELL_ROLE = Qt.ItemDataRole.UserRole + 1


@dataclass(frozen=True, slots=True)
class Bar:
    """An inline bar from zero to `value` on a scale up to `top`, whiskers, and a limit."""

    value: float
    top: float
    low: float | None = None
    high: float | None = None
    limit: float | None = None
    color: str = "plot1"


@dataclass(frozen=True, slots=True)
class Cell:
    """What one cell shows. `sort` is what a click on the header sorts by (default: the text)."""

    text: str = ""
    note: str = ""
    basis: Basis = Basis.EXACT
    state: str = ""
    chip: str = ""
    bar: Bar | None = None
    checked: bool | None = None
    bold: bool = False
    ink: str = "ink"
    ground: str = ""
    hint: str = ""
    sort: Any = None


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its head, width in pixels (0: takes what is left), and side."""

    title: str
    width: int = 0
    right: bool = False
    hint: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """A row: a key that survives sorting, its cells, and how it stands out."""

    key: str
    cells: Sequence[Cell] = field(default_factory=tuple)
    pinned: bool = False
    ground: str = ""


def figure_cell(
    look: Look, figure: Figure | None, *, bold: bool = False, unit: bool = True, short: bool = False
) -> Cell:
    """A Figure as a cell: right-hand number with unit and mark; a reason when there is none.

    `short` shows a dash for what is unknown, with the reason on hover, where a column is narrow.
    """
    if figure is None:
        return Cell("–", ink="inkTertiary", sort=float("inf"))
    parts = look.figure(figure)
    hint = figure_hint(figure, look)
    if not figure.known:
        text = "–" if short else parts.value
        return Cell(text, ink="inkTertiary", hint=hint, sort=float("inf"))
    text = f"{parts.value} {parts.unit}" if unit and parts.unit else parts.value
    return Cell(text, basis=figure.basis, bold=bold, hint=hint, sort=figure.value)


class RowsModel(QAbstractTableModel):
    """The rows as a Qt model."""

    def __init__(self, look: Look, columns: Sequence[Column]) -> None:
        super().__init__()
        self._look = look
        self.columns = list(columns)
        self.rows: list[Row] = []
        self._order: tuple[int, bool] | None = None

    def set_rows(self, rows: Sequence[Row]) -> None:
        """Show other rows; a sorting that the user chose stays."""
        self.beginResetModel()
        self.rows = list(rows)
        if self._order is not None:
            self._sort_rows(*self._order)
        self.endResetModel()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's signature
        """How many rows."""
        return 0 if parent.isValid() else len(self.rows)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's signature
        """How many columns."""
        return 0 if parent.isValid() else len(self.columns)

    def cell(self, index: Index) -> Cell:
        """The cell at an index."""
        cells = self.rows[index.row()].cells
        return cells[index.column()] if index.column() < len(cells) else Cell()

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Text, hint and the cell itself; the delegate draws."""
        cell = self.cell(index)
        if role == Qt.ItemDataRole.DisplayRole:
            return cell.text
        if role == Qt.ItemDataRole.ToolTipRole:
            return cell.hint or None
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return " ".join(part for part in (cell.state, cell.text, cell.basis.value) if part)
        if role == CELL_ROLE:
            return cell
        return None

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        """Column heads."""
        if orientation is not Qt.Orientation.Horizontal:
            return None
        head = self.columns[section]
        if role == Qt.ItemDataRole.DisplayRole:
            if self._order is not None and self._order[0] == section and head.title:
                return f"{head.title} {'▾' if self._order[1] else '▴'}"
            return head.title
        if role == Qt.ItemDataRole.TextAlignmentRole:
            side = Qt.AlignmentFlag.AlignRight if head.right else Qt.AlignmentFlag.AlignLeft
            return int(side | Qt.AlignmentFlag.AlignVCenter)
        if role == Qt.ItemDataRole.ToolTipRole:
            return head.hint or None
        if role == Qt.ItemDataRole.FontRole:
            return self._look.font("caption")
        return None

    def sort_by(self, section: int) -> None:
        """Sort by a column; again turns it round."""
        down = self._order is not None and self._order == (section, False)
        self.layoutAboutToBeChanged.emit()
        self._order = (section, down)
        self._sort_rows(section, down)
        self.layoutChanged.emit()

    def _sort_rows(self, section: int, down: bool) -> None:
        def key(entry: Row) -> tuple[int, float, str]:
            cell = entry.cells[section] if section < len(entry.cells) else Cell()
            value = cell.text if cell.sort is None else cell.sort
            numeric = isinstance(value, int | float)
            return (0, float(value), "") if numeric else (1, 0.0, str(value))

        pinned = [entry for entry in self.rows if entry.pinned]
        others = sorted((e for e in self.rows if not e.pinned), key=key, reverse=down)
        self.rows = pinned + others


class Table(QTableView):
    """A table of 30-pixel rows. `activated_key` on Enter or double click, `toggled_key` on Space
    or a click on a tick box, `selected_key` when the selection moves."""

    activated_key = Signal(str)
    toggled_key = Signal(str)
    selected_key = Signal(str)

    def __init__(self, look: Look, columns: Sequence[Column], *, dense: bool = False) -> None:
        from genba.gui.widgets.cells import CellDelegate

        super().__init__()
        self._rows = RowsModel(look, columns)
        self.setModel(self._rows)
        self.setItemDelegate(CellDelegate(look, self))
        self.setFont(look.font("body"))
        self.setShowGrid(False)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAsNeeded)
        self.setTabKeyNavigation(False)
        self.setWordWrap(False)
        self._row_height = size("table_row_dense" if dense else "table_row")
        self.verticalHeader().hide()
        self.verticalHeader().setDefaultSectionSize(self._row_height)
        head = self.horizontalHeader()
        head.setFixedHeight(size("table_header"))
        head.setHighlightSections(False)
        head.setSectionsClickable(True)
        head.sectionClicked.connect(self._rows.sort_by)
        head.setMinimumSectionSize(24)
        for index, entry in enumerate(columns):
            if entry.width:
                head.setSectionResizeMode(index, QHeaderView.ResizeMode.Interactive)
                self.setColumnWidth(index, entry.width)
            else:
                head.setSectionResizeMode(index, QHeaderView.ResizeMode.Stretch)
        self.clicked.connect(self._on_click)
        self.doubleClicked.connect(lambda index: self.activated_key.emit(self.key_at(index.row())))

    def set_rows(self, rows: Sequence[Row]) -> None:
        """Show other rows; the selected one stays selected when it is still there."""
        kept = self.current_key
        place = self.verticalScrollBar().value()
        self._rows.set_rows(rows)
        if kept:
            self.select(kept, quiet=True)
        self.verticalScrollBar().setValue(place)

    def set_row_height(self, pixels: int) -> None:
        """Higher rows, for cells with a note below."""
        self._row_height = pixels
        self.verticalHeader().setDefaultSectionSize(pixels)

    def fit_rows(self, at_most: int) -> None:
        """Be as high as the rows need, up to `at_most` rows."""
        count = min(max(len(self._rows.rows), 1), at_most)
        self.setFixedHeight(size("table_header") + count * self._row_height + 2)

    def key_at(self, index: int) -> str:
        """The key of a row."""
        return self._rows.rows[index].key if 0 <= index < len(self._rows.rows) else ""

    @property
    def current_key(self) -> str:
        """The key of the selected row, or an empty string."""
        return self.key_at(self.currentIndex().row())

    def select(self, key: str, *, quiet: bool = False) -> None:
        """Select a row by key."""
        for index, entry in enumerate(self._rows.rows):
            if entry.key == key:
                self.blockSignals(quiet)
                self.setCurrentIndex(self._rows.index(index, 0))
                self.blockSignals(False)
                return

    def currentChanged(self, current: Index, previous: Index) -> None:
        """Tell whoever listens which row is selected now."""
        super().currentChanged(current, previous)
        key = self.key_at(current.row())
        if key and not self.signalsBlocked():
            self.selected_key.emit(key)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Space toggles, Enter opens; the rest is Qt's."""
        if event.key() == Qt.Key.Key_Space and self.current_key:
            self.toggled_key.emit(self.current_key)
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.current_key:
            self.activated_key.emit(self.current_key)
        else:
            super().keyPressEvent(event)

    def _on_click(self, index: QModelIndex) -> None:
        if self._rows.cell(index).checked is not None:
            self.toggled_key.emit(self.key_at(index.row()))
