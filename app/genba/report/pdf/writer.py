"""Write a report tree as a PDF file."""

from __future__ import annotations

import errno
import os
import threading
from pathlib import Path

from genba.errors import N_, NotWritable
from genba.files import disk_errors, replacing
from genba.i18n import Language
from genba.report import tree

_lock = threading.Lock()  # ReportLab registers fonts per process and warns of sharing them
LANGUAGE_TAGS = {"en": "en-GB", "ja": "ja-JP"}
SIGN_WORDS = {
    "●": N_("measured"),
    "◐": N_("predicted"),
    "○": N_("assumed"),
    "✓": N_("met"),
    "✗": N_("missed"),
}


def write_pdf(report: tree.Report, path: Path, language_code: str) -> Path:
    """Write `report` to `path` in one language, whole or not at all.

    Args:
        report: the tree from `report.build`.
        path: the file to write; an existing one is replaced only by a complete new one.
        language_code: ``en`` or ``ja``.

    Raises:
        NotWritable: the place cannot be written.
        DiskFull: there is no room for the file.
    """
    path = Path(path)
    if path.is_dir():
        raise NotWritable(path=str(path), reason=os.strerror(errno.EISDIR))
    with disk_errors(path), replacing(path) as draft, _lock:
        _write(report, draft, Language(language_code))
    return path


def page_count(path: Path) -> int:
    """The number of pages of a PDF."""
    import pikepdf

    with pikepdf.open(path) as document:
        return len(document.pages)


def _write(report: tree.Report, draft: Path, language: Language) -> None:
    from reportlab.pdfgen.canvas import Canvas

    from genba.report.pdf import fonts
    from genba.report.pdf.finish import finish
    from genba.report.pdf.layout import DryPen, Layout
    from genba.report.pdf.pen import Pen
    from genba.report.pdf.registry import RENDERERS
    from genba.report.pdf.sheets import Sheets
    from genba.report.pdf.style import PAGE_HEIGHT, PAGE_WIDTH
    from genba.report.pdf.wording import Words

    fonts.register()
    words = Words(language)
    total = Sheets(Layout(DryPen(), words, RENDERERS), report).run()
    canvas = Canvas(
        str(draft),
        pagesize=(PAGE_WIDTH, PAGE_HEIGHT),
        invariant=1,
        pageCompression=1,
        initialFontName=fonts.LATIN,
        initialFontSize=10,
        lang=LANGUAGE_TAGS[language.code],
    )
    title = words.say(report.title)
    canvas.setTitle(title)
    canvas.setAuthor("Genba")
    canvas.setCreator(f"Genba {report.program_version}")
    canvas.setViewerPreference("DisplayDocTitle", "true")
    pen = Pen(canvas, {sign: language.text(word) for sign, word in SIGN_WORDS.items()})
    Sheets(Layout(pen, words, RENDERERS), report, total=total).run()
    canvas.showOutline()
    canvas.save()
    finish(draft, pen.root, title, LANGUAGE_TAGS[language.code])
