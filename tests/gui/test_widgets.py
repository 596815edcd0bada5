"""The parts: marks, Figures, fields, tables, sliders, cards."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QLabel, QPushButton

from genba.errors import InvalidValue
from genba.figures import Basis, not_measured
from genba.gui.theme.look import Look
from genba.gui.widgets.charts import ticks
from genba.gui.widgets.controls import Segmented, UnitField, parse_number, room_for, trimmed
from genba.gui.widgets.feedback import ErrorCard
from genba.gui.widgets.figure import FigureLabel, figure_hint
from genba.gui.widgets.layout import label
from genba.gui.widgets.marks import STATE_WORDS, BasisMark, StateMark
from genba.gui.widgets.slider import RangeSlider
from genba.gui.widgets.table import Cell, Column, Row, Table, figure_cell
from gui.example import assumed, predicted

LOOK = Look.of("light", "en")


def picture(widget) -> bytes:
    image = widget.grab().toImage()
    return bytes(image.constBits())


def test_states_differ_by_shape_not_only_by_colour(app, qtbot):
    shapes = set()
    for state in STATE_WORDS:
        mark = StateMark(LOOK, state)
        qtbot.addWidget(mark)
        image = mark.grab().toImage()
        ground = image.pixelColor(0, 0)
        drawn = tuple(
            image.pixelColor(x, y) != ground
            for x in range(image.width())
            for y in range(image.height())
        )
        shapes.add(drawn)
    # done and likely fill the same outline and differ inside it, which is compared below
    assert len(shapes) >= len(STATE_WORDS) - 1
    done, likely = StateMark(LOOK, "done"), StateMark(LOOK, "likely")
    assert picture(done) != picture(likely)


def test_basis_marks_differ_and_exact_takes_no_room(app, qtbot):
    marks = [BasisMark(LOOK, b) for b in (Basis.MEASURED, Basis.PREDICTED, Basis.ASSUMED)]
    assert len({picture(m) for m in marks}) == 3
    assert marks[0].accessibleName() == "measured"
    assert BasisMark(LOOK, Basis.EXACT).isHidden()


def test_a_figure_shows_number_unit_and_mark_and_tells_its_interval(app, qtbot):
    figure = predicted(9830.0, "ms", "prediction/x/latency_ms")
    widget = FigureLabel(LOOK, figure)
    texts = [part.text() for part in widget.findChildren(QLabel)]
    assert texts[:2] == ["9.83", "s"]
    assert "80 % interval: 6.39 to 13.3 s" in widget.toolTip()
    assert "prediction/x/latency_ms" in widget.toolTip()
    assert "predicted" in widget.accessibleName()


def test_what_was_not_measured_says_so_and_why(app, qtbot):
    figure = not_measured("no_power_sensor", "mJ", "run/x/energy_mj")
    widget = FigureLabel(LOOK, figure)
    assert widget.findChildren(QLabel)[0].text() == "not measured"
    assert "power sensor" in figure_hint(figure, LOOK)
    assert figure_cell(LOOK, figure).text == "not measured"


def test_foreign_text_is_never_read_as_markup(app, qtbot):
    assert label(LOOK, "<b>x</b>").textFormat() is Qt.TextFormat.PlainText


@pytest.mark.parametrize(
    ("typed", "unit", "value"),
    [
        ("12000 ms", "s", 12.0),
        ("1.5 GB", "MB", 1500.0),
        ("2,400", "", 2400.0),
        ("−3", "", -3.0),
        ("70 %", "%", 70.0),
        ("42万円", "JPY", 42.0),
        ("1e3", "ms", 1000.0),
        ("fast", "ms", None),
        ("1.2.3", "ms", None),
        ("", "ms", None),
    ],
)
def test_numbers_are_read_with_their_units(typed: str, unit: str, value: float | None):
    assert parse_number(typed, unit) == value


def test_a_field_checks_while_typing_and_restores_on_escape(app, qtbot):
    field = UnitField(LOOK, 12.0, "s", check=lambda v: "" if v > 0 else "Must be above 0.")
    qtbot.addWidget(field)
    field.show()
    told: list[float] = []
    field.committed.connect(told.append)
    field.edit.setText("")
    qtbot.keyClicks(field.edit, "-3")
    assert any(part.text() == "Must be above 0." for part in field.findChildren(QLabel))
    qtbot.keyClick(field.edit, Qt.Key.Key_Return)
    assert told == []
    qtbot.keyClick(field.edit, Qt.Key.Key_Escape)
    assert field.edit.text() == "12"
    field.edit.setText("")
    qtbot.keyClicks(field.edit, "8000 ms")
    qtbot.keyClick(field.edit, Qt.Key.Key_Return)
    assert told == [8.0]


def test_typed_numbers_have_no_zeros_at_the_end():
    assert trimmed(LOOK.language, 0.75) == "0.75"
    assert trimmed(LOOK.language, 8.0) == "8"
    assert trimmed(LOOK.language, 1200.6) == "1,201"


def test_the_slider_keeps_the_value_between_its_stops(app, qtbot):
    slider = RangeSlider(LOOK, 3.0, 3.5, 5.5)
    slider.move("value", 99.0)
    assert slider.value == 5.5
    slider.move("low", 99.0)
    assert slider.low == 5.5
    slider.move("high", -1.0)
    assert slider.high == 5.5


def test_the_slider_moves_by_keys_and_by_dragging(app, qtbot):
    slider = RangeSlider(LOOK, 0.0, 50.0, 100.0)
    qtbot.addWidget(slider)
    slider.resize(300, 24)
    slider.show()
    moved: list[float] = []
    slider.released.connect(lambda low, value, high: moved.append(value))
    qtbot.keyClick(slider, Qt.Key.Key_Right)
    assert moved[-1] > 50.0
    at = slider.value
    qtbot.mousePress(slider, Qt.MouseButton.LeftButton, pos=QPoint(round(slider._x(at)), 12))
    qtbot.mouseMove(slider, QPoint(round(slider._x(80.0)), 12))
    qtbot.mouseRelease(slider, Qt.MouseButton.LeftButton, pos=QPoint(round(slider._x(80.0)), 12))
    assert moved[-1] == pytest.approx(80.0, abs=2.0)


def rows(count: int) -> list[Row]:
    return [
        Row(f"row{i}", (Cell(checked=False), Cell(f"name {i:05d}"), Cell(str(i), sort=float(-i))))
        for i in range(count)
    ]


def test_a_table_sorts_by_value_keeps_its_selection_and_toggles_by_space(app, qtbot):
    table = Table(LOOK, [Column("", 40), Column("Name"), Column("Value", 80, right=True)])
    qtbot.addWidget(table)
    table.resize(500, 300)
    table.show()
    table.set_rows(rows(30))
    toggled: list[str] = []
    table.toggled_key.connect(toggled.append)
    table.select("row3")
    table.model().sort_by(2)
    assert table.key_at(0) == "row29"
    table.select("row3")
    table.set_rows(rows(30))
    assert table.current_key == "row3"
    qtbot.keyClick(table, Qt.Key.Key_Space)
    assert toggled == ["row3"]


def test_a_table_takes_ten_thousand_rows(app, qtbot):
    table = Table(LOOK, [Column("", 40), Column("Name"), Column("Value", 80, right=True)])
    qtbot.addWidget(table)
    table.set_rows(rows(10_000))
    assert table.model().rowCount() == 10_000
    assert not table.grab().isNull()


def test_segments_tell_the_chosen_key(app, qtbot):
    choice = Segmented(LOOK, [("en", "EN"), ("ja", "日本語")], "en")
    qtbot.addWidget(choice)
    with qtbot.waitSignal(choice.chosen) as told:
        qtbot.mouseClick(choice.findChildren(QPushButton)[1], Qt.MouseButton.LeftButton)
    assert told.args == ["ja"]
    assert choice.current == "ja"


def test_an_error_card_says_what_happened_and_what_to_do(app, qtbot):
    card = ErrorCard(LOOK, InvalidValue(value="-3", field="latency", rule="above 0"))
    qtbot.addWidget(card)
    texts = [part.text() for part in card.findChildren(QLabel)]
    assert "“-3” is not valid for latency: above 0." in texts


@pytest.mark.parametrize(("low", "high"), [(0.0, 1.0), (-9.8e6, 7.7e6), (0.001, 0.0042)])
def test_ticks_are_round_and_cover_the_range(low: float, high: float):
    found = ticks(low, high)
    assert found[0] <= low
    assert found[-1] >= high
    assert 3 <= len(found) <= 9


def test_ticks_of_an_empty_range_are_that_value():
    assert ticks(2.0, 2.0) == [2.0]


def test_an_assumed_figure_is_assumed_in_a_table():
    assert figure_cell(LOOK, assumed(249.0, "USD", "device/price")).basis is Basis.ASSUMED


@pytest.mark.parametrize("unit", ["JPY", "万円", "days/year", ""])
def test_a_field_with_room_for_ten_digits_shows_them_all(app, qtbot, unit: str):
    field = UnitField(LOOK, -8_888_888_888.0, unit, width=room_for(LOOK, -8_888_888_888, unit))
    qtbot.addWidget(field)
    field.show()
    text = field.edit.text()
    assert text.count(",") == 3
    assert field.edit.fontMetrics().horizontalAdvance(text) + 4 <= field.edit.width()
