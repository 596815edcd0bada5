"""Fixtures of the window's tests: an application with fonts, a window over the example."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtWidgets import QApplication

from genba.gui import main_window
from genba.gui.bridge import JobBoard
from genba.gui.main import prepare
from genba.gui.main_window import MainWindow
from genba.gui.settings import WindowSettings
from genba.gui.viewmodels.opened import OpenedStudy
from gui.example import ExampleDoor


@pytest.fixture
def app(qapp: QApplication) -> QApplication:
    """The application with the bundled fonts."""
    prepare(qapp)
    return qapp


@pytest.fixture
def door() -> ExampleDoor:
    """The example's use cases."""
    return ExampleDoor()


@pytest.fixture
def board(qapp: QApplication) -> Iterator[JobBoard]:
    """A job board that has nothing running at the end."""
    result = JobBoard()
    yield result
    result.cancel_all()
    assert result.wait(5)


@pytest.fixture
def idle(qtbot, board: JobBoard) -> Callable[[], None]:  # type: ignore[no-untyped-def]
    """Waits until no job runs and every signal has arrived."""

    def wait() -> None:
        qtbot.waitUntil(lambda: not board.running, timeout=5000)

    return wait


@pytest.fixture
def opened(door: ExampleDoor, board: JobBoard, idle: Callable[[], None]) -> OpenedStudy:
    """The example study, read."""
    result = OpenedStudy(door, board)
    result.open("0123456789abcdef")
    idle()
    return result


@pytest.fixture
def window(
    app: QApplication, qtbot, door: ExampleDoor, board: JobBoard, tmp_path: Path,  # type: ignore[no-untyped-def]
    idle: Callable[[], None], monkeypatch: pytest.MonkeyPatch,
) -> Iterator[MainWindow]:  # fmt: skip
    """A visible window with the example study open, in English and light."""
    settings = WindowSettings(tmp_path)
    settings.language, settings.theme = "en", "light"
    result = MainWindow(door, settings, board)
    qtbot.addWidget(result)
    result.resize(1440, 900)
    result.show()
    result.activateWindow()
    qtbot.waitUntil(result.isActiveWindow)
    idle()
    result.open_study("0123456789abcdef")
    idle()
    yield result
    # A failed test may leave work running; closing must then not wait for an answer.
    monkeypatch.setattr(main_window, "confirm", lambda *_, **__: True)
    board.cancel_all()
    idle()
