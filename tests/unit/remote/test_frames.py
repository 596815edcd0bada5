"""Frames are found in whatever a device prints, and nothing else is."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from genba.remote.frames import DEPTH_LIMIT, LINE_LIMIT, FrameReader, parse_document


def frame(nonce: str, **message: object) -> bytes:
    return b"@" + nonce.encode() + b" " + json.dumps(message).encode() + b"\n"


def test_noise_before_between_and_on_the_same_line_is_skipped_and_counted() -> None:
    reader = FrameReader("abc")
    noise = b"Welcome!\n\x1b[31mstty: no tty @abd {}\n"
    messages = reader.feed(noise + b"prompt$ " + frame("abc", t="hello") + frame("abc", n=1))
    assert [message for message, _ in messages] == [{"t": "hello"}, {"n": 1}]
    assert reader.noise_bytes == len(noise.replace(b"\n", b"")) + len(b"prompt$ ")
    assert reader.noise.startswith(b"Welcome!")


def test_another_session_s_frames_are_noise() -> None:
    reader = FrameReader("abc")
    assert reader.feed(frame("xyz", t="hello")) == []
    assert reader.noise_bytes > 0


@settings(deadline=None)
@given(st.lists(st.integers(1, 40), max_size=30))
def test_any_cut_of_the_stream_gives_the_same_messages(cuts: list[int]) -> None:
    stream = b"noise\n" + b"".join(frame("abc", n=i) for i in range(10))
    reader, got, at = FrameReader("abc"), [], 0
    for cut in [*cuts, len(stream)]:
        got += [message["n"] for message, _ in reader.feed(stream[at : at + cut])]
        at += cut
    assert got == list(range(10))


def test_endless_noise_uses_little_memory_and_a_frame_after_it_is_found() -> None:
    reader = FrameReader("abc")
    for _ in range(100):
        assert reader.feed(b"x" * 10_000) == []
    assert reader.feed(frame("abc", t="hello"))[0][0] == {"t": "hello"}
    assert reader.noise_bytes == 1_000_000
    assert len(reader._pending) <= LINE_LIMIT


def test_a_frame_longer_than_allowed_is_refused_and_the_next_one_read() -> None:
    reader = FrameReader("abc")
    assert reader.feed(b'@abc {"t":"' + b"y" * (2 * LINE_LIMIT)) == []
    assert reader.feed(b'"}\n' + frame("abc", n=2))[0][0] == {"n": 2}
    assert reader.refused == 1


@pytest.mark.parametrize(
    "text",
    [
        b'{"x": NaN}', b'{"x": Infinity}', b"[1, 2]", b"1", b"{", b'{"x": "\xff"}',
        b'{"x":' * (DEPTH_LIMIT + 1) + b"1" + b"}" * (DEPTH_LIMIT + 1),
        b"[" * 60_000,
    ],
)  # fmt: skip
def test_hostile_documents_are_refused(text: bytes) -> None:
    assert parse_document(text) is None


def test_brackets_in_strings_are_no_depth() -> None:
    assert parse_document(b'{"x": "[[[[[[[[[[[[[[[[[[[[[["}') == {"x": "[" * 22}
