"""Reads the agent's frames out of whatever else a device prints. Nothing it says is trusted."""

from __future__ import annotations

from typing import Any

from genba.files import strict_json

LINE_LIMIT = 65536
DEPTH_LIMIT = 16
NOISE_KEPT = 2048


class FrameReader:
    """Finds lines ``@<nonce> <json>`` in a stream of bytes.

    Noise (a banner, an echo of a login script, escape sequences) before or between frames, also
    on the same line, is skipped, counted in `noise_bytes`, and its beginning kept in `noise`.
    """

    def __init__(self, nonce: str) -> None:
        self._mark = b"@" + nonce.encode("ascii") + b" "
        self._pending = b""
        self._discarding = False
        self.noise_bytes = 0
        self.noise = b""
        self.refused = 0

    def feed(self, data: bytes) -> list[tuple[dict[str, Any], bytes]]:
        """Take bytes; return the messages completed by them, each with its JSON text."""
        messages = []
        *lines, rest = (self._pending + data).split(b"\n")
        for line in lines:
            if self._discarding:
                self._discarding = False
                self._skip(line)
                continue
            message = self._line(line)
            if message is not None:
                messages.append(message)
        self._pending = self._shortened(rest)
        return messages

    def _shortened(self, rest: bytes) -> bytes:
        """Bound what is kept of an unfinished line: a frame may still begin in it."""
        if self._discarding:
            self._skip(rest)
            return b""
        if len(rest) <= LINE_LIMIT:
            return rest
        begin = rest.find(self._mark)
        if begin < 0:
            begin = len(rest) - len(self._mark) + 1
        self._skip(rest[:begin])
        rest = rest[begin:]
        if len(rest) > LINE_LIMIT:  # a frame longer than any may be
            self._skip(rest)
            self._discarding, self.refused, rest = True, self.refused + 1, b""
        return rest

    def _line(self, line: bytes) -> tuple[dict[str, Any], bytes] | None:
        before, mark, text = line.partition(self._mark)
        if not mark:
            self._skip(line)
            return None
        if before:
            self._skip(before)
        document = parse_document(text)
        if document is None:
            self.refused += 1
            return None
        return document, text

    def _skip(self, noise: bytes) -> None:
        self.noise_bytes += len(noise)
        self.noise += noise[: NOISE_KEPT - len(self.noise)]


def parse_document(text: bytes) -> dict[str, Any] | None:
    """A JSON object of at most 64 KiB and 16 levels, without NaN or infinity; else None."""
    if len(text) > LINE_LIMIT:
        return None
    try:
        document = strict_json(text)
    except ValueError:
        return None
    if not isinstance(document, dict) or not (_is_flat(text) or _is_shallow(document)):
        return None
    return document


_NO_BRACKETS = bytes(set(range(256)) - set(b"[]{}"))


def _is_flat(text: bytes) -> bool:
    """A quick proof that the brackets nest no deeper than the limit; it may fail on strings."""
    brackets = text.translate(None, _NO_BRACKETS)
    for _ in range(DEPTH_LIMIT):
        brackets = brackets.replace(b"[]", b"").replace(b"{}", b"")
    return not brackets


def _is_shallow(value: Any, levels: int = DEPTH_LIMIT) -> bool:
    """Whether a parsed value nests at most that deep."""
    if not isinstance(value, list | dict):
        return True
    members = value.values() if isinstance(value, dict) else value
    return levels > 0 and all(_is_shallow(member, levels - 1) for member in members)
