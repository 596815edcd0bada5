"""Renders every page to PNG without a screen: ``python -m genba.gui.shoot OUTDIR``.

Options: ``--home DIR`` (workspace), ``--study S`` (id, prefix or name; default: the newest),
``--lang en,ja``, ``--theme light,dark``, ``--size 1440x900``, ``--pages start,model``.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from genba.gui.door import Door
from genba.study.view import PAGES

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

_SETTLE_S = 20.0


def main(argv: Sequence[str] | None = None) -> int:
    """Render and print the paths. Returns 0, or 1 when a page did not settle in time."""
    options = _options(argv)
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    from PySide6.QtWidgets import QApplication

    from genba.gui.main import prepare

    app = QApplication.instance() or QApplication(["genba"])
    assert isinstance(app, QApplication)  # noqa: S101 - narrows the type of instance()
    prepare(app)
    home = Path(options.home) if options.home else None
    return shoot(
        Door(home),
        Path(options.out),
        study=options.study,
        languages=options.lang.split(","),
        themes=options.theme.split(","),
        size=_size(options.size),
        pages=options.pages.split(",") if options.pages else ["start", *PAGES],
    )


def shoot(
    door: Door,
    out: Path,
    *,
    study: str = "",
    languages: Sequence[str] = ("en", "ja"),
    themes: Sequence[str] = ("light", "dark"),
    size: tuple[int, int] = (1440, 900),
    pages: Sequence[str] = ("start", *PAGES),
) -> int:
    """Render pages of a study in every language and theme; files are ``page-lang-theme.png``."""
    from PySide6.QtCore import QSettings

    from genba.gui.main_window import MainWindow
    from genba.gui.settings import WindowSettings

    out.mkdir(parents=True, exist_ok=True)
    settings = WindowSettings(out)
    window = MainWindow(door, settings)
    window.resize(*size)
    window.show()
    settled = wait_until(lambda: window.start.loaded and not window.board.running)
    if study or window.start.studies:
        window.open_study(study or window.start.studies[0].study_id)
        settled = wait_until(lambda: window.opened.view is not None) and settled
    for language in languages:
        for theme in themes:
            window.set_language(language)
            if window.look.theme.name != theme:
                window.toggle_theme()
            for page in pages:
                window.go(page)
                settled = wait_until(lambda: not window.board.running) and settled
                _settle(window)
                file = out / f"{page}-{language}-{theme}.png"
                window.grab().save(str(file))
                print(file)
    QSettings(str(out / "window.ini"), QSettings.Format.IniFormat).sync()
    (out / "window.ini").unlink(missing_ok=True)
    window.board.cancel_all()
    window.board.wait(5)
    return 0 if settled else 1


def _settle(window: QWidget) -> None:
    """Let layouts and plots come to rest: until two pictures in a row are the same."""
    wait_until(lambda: False, 0.2)
    before = window.grab().toImage()
    for _ in range(20):
        wait_until(lambda: False, 0.1)
        after = window.grab().toImage()
        if after == before:
            return
        before = after


def wait_until(done: Callable[[], bool], limit_s: float = _SETTLE_S) -> bool:
    """Let the window work until something is so, or the time is over."""
    from PySide6.QtCore import QEventLoop
    from PySide6.QtWidgets import QApplication

    end = time.monotonic() + limit_s
    while not done():
        if time.monotonic() > end:
            return False
        QApplication.processEvents(QEventLoop.ProcessEventsFlag.AllEvents, 20)
        time.sleep(0.005)
    return True


def _size(text: str) -> tuple[int, int]:
    width, _, height = text.partition("x")
    return int(width), int(height)


def _options(argv: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="genba.gui.shoot", description=__doc__)
    parser.add_argument("out")
    for name, default in (
        ("home", ""), ("study", ""), ("lang", "en,ja"), ("theme", "light,dark"),
        ("size", "1440x900"), ("pages", ""),
    ):  # fmt: skip
        parser.add_argument(f"--{name}", default=default)
    return parser.parse_args(argv)


if __name__ == "__main__":
    sys.exit(main())
