"""Formatting: three significant digits, best unit, money the Japanese and the English way."""

import datetime as dt

import pytest

from genba.errors import Message
from genba.figures import measured, not_measured
from genba.i18n import Language, format_figure

EN, JA = Language("en"), Language("ja")


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [
        (9830, "ms", "9.83 s"),
        (0.0123, "ms", "12.3 µs"),
        (1.34e9, "byte", "1.34 GB"),
        (512, "byte", "512 B"),
        (240_000, "mJ", "240 J"),
        (0.264, "ratio", "26.4 %"),
        (0, "ms", "0 ms"),
        (99.96, "1", "100"),
        (-0.0112, "1", "−0.0112"),
    ],
)
def test_a_quantity_takes_the_unit_in_which_it_reads_best(value, unit, text):
    assert EN.quantity(value, unit) == text


@pytest.mark.parametrize(
    ("amount", "english", "japanese"),
    [
        (5_169_460, "JPY 5.17 M", "517 万円"),
        (-2_210_000, "JPY −2.21 M", "▲221 万円"),
        (0, "JPY 0", "0 万円"),
        (12_345_678_901, "JPY 12.3 bn", "123 億円"),
        (980, "JPY 980", "980 円"),
    ],
)
def test_yen_are_written_in_each_language_s_own_way(amount, english, japanese):
    assert EN.money(amount, "JPY") == english
    assert JA.money(amount, "JPY") == japanese


def test_a_figure_s_interval_is_in_the_unit_of_its_value():
    text = format_figure(measured(9830, "ms", "x", low=960, high=10_400, level=0.95), EN)
    assert (text.value, text.unit, text.interval, text.mark) == ("9.83", "s", "0.960 to 10.4", "●")


def test_what_was_not_measured_says_so_and_why():
    text = format_figure(not_measured("no_power_sensor", "W", "x"), EN)
    assert text.plain == "not measured"
    assert "power sensor" in text.interval


def test_fields_are_formatted_and_unknown_fields_stay_visible():
    inner = Message(text="inner {n}", params={"n": 1234.5})
    text = EN.text(
        "{a} {b} {day} {missing}", a=inner, b=measured(2, "ms", "x"), day=dt.date(2026, 11, 24)
    )
    assert text == "inner 1,230 2.00 ms ● 24 November 2026 {missing}"


def test_a_value_with_braces_is_not_a_template():
    assert EN.text("name {n}", n="{evil.__class__}") == "name {evil.__class__}"
