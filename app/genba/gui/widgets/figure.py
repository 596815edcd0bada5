"""A Figure on the screen: number, unit, basis mark; interval and source on hover."""

from __future__ import annotations

from PySide6.QtWidgets import QSizePolicy, QWidget

from genba.errors import N_
from genba.figures import Basis, Figure
from genba.gui.theme.look import Look
from genba.gui.widgets.layout import column, label, row, set_ink
from genba.gui.widgets.marks import BasisMark


def figure_hint(figure: Figure, look: Look) -> str:
    """The sentence on hover: interval with its level, basis, and what it came from."""
    parts = look.figure(figure)
    if not figure.known:
        return look.t(N_("not measured: {reason}"), reason=parts.interval)
    lines = [look.t(N_("{value} · {basis}"), value=parts.plain.rstrip("●◐○ "), basis=parts.basis)]
    if parts.interval and figure.level is not None:
        lines.append(
            look.t(
                N_("{level} interval: {interval} {unit}"),
                level=look.language.percent(figure.level),
                interval=parts.interval,
                unit=parts.unit,
            )
        )
    if figure.ref:
        lines.append(look.t(N_("from {source}"), source=figure.ref))
    if figure.demo:
        lines.append(look.t(N_("DEMO: true for this computer only")))
    return "\n".join(lines)


class FigureLabel(QWidget):
    """A Figure: the number in its role's font, the unit small beside it, the mark after both."""

    def __init__(
        self, look: Look, figure: Figure | None = None, role: str = "number", *, digits: int = 3
    ) -> None:
        super().__init__()
        self._look = look
        self._digits = digits
        self._number = label(look, "", role)
        self._unit = label(look, "", "small" if role == "headline" else "caption", "inkSecondary")
        self._mark = BasisMark(look, Basis.EXACT)
        self._role = role
        shift = 5 if role == "headline" else 1
        self.setLayout(
            row(
                self._number,
                column(self._unit, margins=(0, shift, 0, 0)),
                column(self._mark, margins=(2, shift, 0, 0)),
                None,
                gap=4,
            )
        )
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.set_figure(figure)

    def set_figure(self, figure: Figure | None, ink: str = "ink") -> None:
        """Show another Figure; None reads *not yet*."""
        self.figure = figure
        if figure is None:
            self._set(self._look.t(N_("not yet")), "", Basis.EXACT, "inkTertiary", "")
            return
        parts = self._look.figure(figure, self._digits)
        basis = figure.basis if figure.known else Basis.EXACT
        shown_ink = ink if figure.known else "inkTertiary"
        self._set(parts.value, parts.unit, basis, shown_ink, figure_hint(figure, self._look))

    def _set(self, number: str, unit: str, basis: Basis, ink: str, hint: str) -> None:
        small = self.figure is None or not self.figure.known
        self._number.setFont(self._look.font("body_bold" if small else self._role))
        self._number.setText(number)
        set_ink(self._number, ink)
        self._unit.setText(unit)
        self._unit.setVisible(bool(unit))
        self._mark.set_basis(basis)
        self.setToolTip(hint)
        self.setAccessibleName(f"{number} {unit} {self._mark.accessibleName()}".strip())


class Headline(QWidget):
    """One headline Figure: its name above, a note below."""

    def __init__(self, look: Look, name: str, *, role: str = "headline") -> None:
        super().__init__()
        self.name = label(look, name, "small", "inkSecondary")
        self.value = FigureLabel(look, None, role)
        self.note = label(look, "", "caption", "inkSecondary")
        self.setLayout(column(self.name, self.value, self.note, None, gap=2))

    def show_figure(self, figure: Figure | None, note: str = "", ink: str = "ink") -> None:
        """Show a Figure and the note under it."""
        self.value.set_figure(figure, ink)
        self.note.setText(note)
        self.note.setVisible(bool(note))
