"""Reads plain technical prose out of the Python documentation and splits it by page."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from pathlib import Path

FOLDERS = (
    "tutorial",
    "howto",
    "faq",
    "using",
    "reference",
    "extending",
    "distutils",
    "install",
    "c-api",
    "library",
    "whatsnew",
)
"""Parts of the documentation that are read."""

HELD_OUT_PERMILLE = 50
"""Share of pages, in thousandths, that training never sees."""

_ROLE_WITH_TITLE = re.compile(r":[\w:+-]+:`([^`<]+?)\s*<[^`>]*>`")
_ROLE = re.compile(r":[\w:+-]+:`[!~]?([^`]+)`")
_LINK = re.compile(r"`([^`<]+?)\s*<[^`>]*>`__?")
_FOOTNOTE = re.compile(r"\s*\[[#\w]*\]_")
_EMPHASIS = re.compile(r"(?<!\w)\*{1,2}([^*\n]+?)\*{1,2}(?!\w)")
_LITERAL = re.compile(r"``([^`]*)``")
_SENTENCE = re.compile(r"[A-Z\"'(].*[.:!?)]$")


@dataclass(frozen=True, slots=True)
class Corpus:
    """Prose for training and unseen prose for evaluation; paragraphs end in a newline."""

    training: str
    unseen: str
    training_pages: int
    unseen_pages: int


def read(folder: Path) -> Corpus:
    """Reads every page below *folder* (reStructuredText sources) and splits by page.

    Which side a page falls on depends on the hash of its name alone, so that the
    split stays the same when pages come or go. A paragraph that occurs twice is kept
    where it occurs first; training goes first, so unseen text holds no copy of it.
    """
    pages = sorted(p for name in FOLDERS for p in (folder / name).rglob("*.rst.txt"))
    if not pages:
        raise FileNotFoundError(f"no *.rst.txt page below {folder}; install python3.11-doc")
    held_out = [p for p in pages if _is_held_out(p.relative_to(folder).as_posix())]
    training = [p for p in pages if p not in set(held_out)]
    seen: set[str] = set()
    return Corpus(
        training=_join(training, seen),
        unseen=_join(held_out, seen),
        training_pages=len(training),
        unseen_pages=len(held_out),
    )


def paragraphs(source: str) -> list[str]:
    """The prose paragraphs of one page, one line each, without mark-up, tables and code."""
    found = []
    for block in re.split(r"\n\s*\n", source):
        text = _plain(" ".join(line.strip() for line in block.splitlines()))
        if _is_prose(text):
            found.append(text)
    return found


def _join(pages: list[Path], seen: set[str]) -> str:
    """All new paragraphs of *pages*; adds them to *seen*."""
    kept = []
    for page in pages:
        for paragraph in paragraphs(page.read_text(encoding="utf-8")):
            if paragraph not in seen:
                seen.add(paragraph)
                kept.append(paragraph + "\n")
    return "".join(kept)


def _is_held_out(name: str) -> bool:
    digest = hashlib.sha256(name.encode()).digest()
    return int.from_bytes(digest[:4], "big") % 1000 < HELD_OUT_PERMILLE


def _plain(text: str) -> str:
    """*text* without reStructuredText roles, links, emphasis and list bullets."""
    text = re.sub(r"^([*#-]|\d+\.)\s+", "", text)
    text = _ROLE_WITH_TITLE.sub(r"\1", text)
    text = _ROLE.sub(r"\1", text)
    text = _LINK.sub(r"\1", text)
    text = _FOOTNOTE.sub("", text)
    text = _LITERAL.sub(r"\1", text)
    text = _EMPHASIS.sub(r"\1", text)
    text = re.sub(r"\\(.)", r"\1", text)
    text = re.sub(r"\s+", " ", text).strip()
    return re.sub(r"\s*::?$", ":", text)


def _is_prose(text: str) -> bool:
    """Whether *text* reads like sentences: long enough, mostly letters, not a directive."""
    if len(text.split()) < 8 or not _SENTENCE.match(text) or ">>>" in text or "===" in text:
        return False
    letters = sum(c.isalpha() or c == " " for c in text)
    return letters / len(text) > 0.88 and all(ord(c) < 0x2100 for c in text)
