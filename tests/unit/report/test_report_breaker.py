"""Line breaking: what may not start or end a line, and what is never divided."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from genba.report.pdf.breaker import NOT_AT_END, NOT_AT_START, balanced, break_lines


def wide(line: str) -> float:
    """Full-width characters count 2, others 1."""
    return float(sum(2 if ord(c) > 0x2FFF else 1 for c in line))


def lines(text: str, width: float) -> list[str]:
    return break_lines(text, width, wide)


@pytest.mark.parametrize("width", range(14, 40))
def test_closing_signs_never_start_and_opening_brackets_never_end_a_line(width: int) -> None:
    text = "関門（第1段階）で止める場合、「撤退」の費用ー。ショッピングャ（税抜）です。"
    for line in lines(text, width):
        assert line[0] not in NOT_AT_START, line
        assert line[-1] not in NOT_AT_END, line


@pytest.mark.parametrize("width", range(10, 40))
@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("計画のNPVは517 万円、中央値は242 万円です", ["517 万円", "242 万円"]),
        ("今日の決裁は第0段階だけで、次は関門です", ["第0段階"]),
        ("応答時間のNPVbenchmarkを実機で計測しました", ["NPVbenchmark"]),
        ("幅は▲221～710 万円で、確率は26 %です", ["▲221", "26 %"]),
        ("latency is 13.6 s at p99 and costs JPY 5.17 M now", ["13.6 s", "JPY 5.17 M"]),
    ],
)
def test_numbers_stay_with_their_unit_and_words_stay_whole(
    text: str, kept: list[str], width: int
) -> None:
    broken = lines(text, width)
    for piece in kept:
        if wide(piece) <= width:
            assert any(piece in line for line in broken), broken


def test_english_breaks_at_spaces_only() -> None:
    assert lines("Approve the PoC with conditions", 16) == ["Approve the PoC", "with conditions"]


def test_a_number_does_not_hold_on_to_an_ordinary_word() -> None:
    assert lines("in 2027 and later", 9) == ["in 2027", "and later"]


def test_a_word_wider_than_the_line_is_cut_rather_than_set_outside() -> None:
    broken = lines("a" * 25, 10)
    assert broken == ["a" * 10, "a" * 10, "a" * 5]


def test_headlines_break_between_phrases_and_prefer_the_end_of_a_sentence() -> None:
    text = "4つの目標をすべて満たす候補は1つだけ。残りの候補は最大メモリが足りません"
    assert balanced(text, 46, wide) == [
        "4つの目標をすべて満たす候補は1つだけ。",
        "残りの候補は最大メモリが足りません",
    ]


def test_the_last_line_of_a_japanese_paragraph_is_not_a_lonely_syllable() -> None:
    text = "計測は内蔵のデモ機で行いましたので根拠には使えません。"
    width = wide(text) - 4
    assert len(lines(text, width)[-1]) > 3


@given(st.text("あアっー、。「」（）漢字 abc12.%～・", min_size=1, max_size=60), st.integers(6, 40))
def test_nothing_is_lost_and_nothing_is_wider_than_the_line(text: str, width: int) -> None:
    broken = lines(text, width)
    assert "".join(broken).replace(" ", "") == text.replace(" ", "")
    assert all(wide(line) <= width or len(line) == 1 for line in broken)
