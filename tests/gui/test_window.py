"""The window as a person uses it: every page, both languages, both themes, keys, closing."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import pytest
from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtWidgets import QApplication, QLabel

from genba.errors import InvalidValue, Message
from genba.gui import main_window
from genba.gui.dialogs import ConfirmDialog, HostKeyDialog
from genba.gui.main_window import MainWindow
from genba.gui.theme.look import Look
from genba.gui.widgets.feedback import ErrorCard
from genba.study.view import PAGES
from gui.example import ExampleDoor

HEAVY = ("onnx", "onnxruntime", "openvino", "scipy", "sqlalchemy", "asyncssh", "reportlab",
         "pyqtgraph", "numpy", "pyxirr")  # fmt: skip


def texts(widget) -> list[str]:
    return [part.text() for part in widget.findChildren(QLabel) if part.isVisible()]


def test_the_title_names_genba_and_the_study(window: MainWindow):
    assert window.windowTitle() == "Pump fault diagnosis, line 3 – Genba"
    window.go("start")
    assert window.windowTitle() == "Genba"


@pytest.mark.parametrize("language", ["en", "ja"])
@pytest.mark.parametrize("page", ["start", *PAGES])
def test_every_page_asks_a_question_and_answers_it(
    window: MainWindow, idle: Callable[[], None], page: str, language: str
):
    window.set_language(language)
    window.go(page)
    idle()
    shown = window._pages[page]
    assert shown.question.text()
    assert shown.answer
    assert "{" not in shown.question.text() + shown.answer, "a field was left unfilled"
    assert not shown.findChildren(ErrorCard)
    assert not window.grab().isNull()


@pytest.mark.parametrize("page", ["start", *PAGES])
def test_no_page_needs_a_horizontal_scroll_bar_at_1280(
    window: MainWindow, idle: Callable[[], None], page: str
):
    window.resize(1280, 800)
    window.go(page)
    idle()
    QApplication.processEvents()
    shown = window._pages[page]
    assert shown.scroller.horizontalScrollBar().maximum() == 0


@pytest.mark.parametrize("page", ["start", *PAGES])
def test_a_page_opens_no_window_of_its_own(window: MainWindow, idle, page: str):
    window.go(page)
    idle()
    window.set_language("ja")
    others = [w for w in QApplication.topLevelWidgets() if w.isVisible() and w is not window]
    assert others == []
    assert window.isActiveWindow()


def test_language_and_theme_change_without_a_restart(window: MainWindow, idle):
    window.go("workload")
    window.top.languages.chosen.emit("ja")
    QApplication.processEvents()
    assert window.look.language.code == "ja"
    assert window.page == "workload", "the page stays"
    window.toggle_theme()
    assert window.look.theme.name == "dark"
    assert window.settings.theme == "dark", "it is remembered"
    idle()


def test_qts_own_words_follow_the_language(window: MainWindow):
    """File dialogs and standard buttons are Qt's; without its translation they stay English."""

    def said() -> str:
        return QCoreApplication.translate("QFileDialog", "Look in:")

    assert said() == "Look in:"
    window.set_language("ja")
    assert not said().isascii()
    window.set_language("en")
    assert said() == "Look in:"


def test_view_models_survive_the_change_of_language(window: MainWindow, idle):
    window.go("device")
    idle()
    model = window.models["device"]
    window.set_language("ja")
    assert window.models["device"] is model
    assert window._pages["device"].model is model
    model.changed.emit()
    QApplication.processEvents()


def test_keys_lead_through_the_window(window: MainWindow, qtbot, idle):
    for number, page in enumerate(PAGES, start=1):
        qtbot.keyClick(window, str(number))
        idle()
        assert window.page == page
    qtbot.keyClick(window, Qt.Key.Key_F1)
    assert window.help.isVisible()
    qtbot.keyClick(window, Qt.Key.Key_Escape)
    assert not window.help.isVisible()
    qtbot.keyClick(window, Qt.Key.Key_N, Qt.KeyboardModifier.ControlModifier)
    idle()
    assert window.page == "start"
    assert window._pages["start"].questions.name.hasFocus()


def test_digits_typed_into_a_field_stay_there(window: MainWindow, qtbot, idle):
    window.go("start")
    idle()
    name = window._pages["start"].questions.name
    name.setFocus()
    qtbot.keyClicks(name, "Line 3")
    assert name.text() == "Line 3"
    assert window.page == "start"


def test_escape_stops_a_benchmark(window: MainWindow, door: ExampleDoor, qtbot, idle):
    door.slow_s = 0.5
    window.go("measure")
    idle()
    model = window.models["measure"]
    model.start()
    qtbot.waitUntil(lambda: model.live.total > 0)
    qtbot.keyClick(window, Qt.Key.Key_Escape)
    idle()
    assert not model.busy
    assert model.error is None, "stopping is no failure"


def test_next_is_blocked_with_a_reason_and_leads_on(window: MainWindow, idle):
    window.go("workload")
    page = window._pages["workload"]
    assert page.next_button.isEnabled()
    page.next_button.click()
    idle()
    assert window.page == "model"
    for row in window.models["workload"].rows:
        window.models["workload"].remove_limit(row.limit.measure)
    window.go("workload")
    assert not page.next_button.isEnabled()
    assert page.next_button.toolTip() == "Set at least one limit."


def test_a_page_follows_what_happens_while_it_is_open(window: MainWindow, door: ExampleDoor, idle):
    """An imported model is counted, and a case evaluated, without leaving the page."""
    full = door.study
    door.study = full.model_copy(update={"model_id": None})
    window.opened.reload()
    idle()
    window.go("model")
    idle()
    assert "analyze" not in dict(door.calls)
    window.models["model"].import_file(Path("model.onnx"))
    idle()
    assert "analyze" in dict(door.calls)

    door.study = full.model_copy(update={"model_id": None})
    window.opened.reload()
    idle()
    window.go("business")
    idle()
    assert window.models["business"].result is None
    door.study = full
    window.opened.saved()
    idle()
    assert window.models["business"].result is not None


def test_a_failed_work_stays_as_a_card(window: MainWindow, door: ExampleDoor, idle):
    door.failing["analyze"] = InvalidValue(value="x", field="dim", rule="a number")
    window.go("model")
    idle()
    assert len(window._pages["model"].findChildren(ErrorCard)) == 1
    del door.failing["analyze"]
    window.models["model"].retry()
    idle()
    QApplication.sendPostedEvents(None, 52)  # deferred deletes
    assert window.models["model"].error is None


def test_an_empty_workspace_offers_the_demo(app, qtbot, board, idle, tmp_path, door: ExampleDoor):
    door.empty = True
    settings = main_window.WindowSettings(tmp_path)
    settings.language = "en"
    window = MainWindow(door, settings, board)
    qtbot.addWidget(window)
    window.show()
    idle()
    qtbot.waitUntil(lambda: "Your studies will be here" in texts(window))
    window._pages["start"].demo_button.click()
    idle()
    assert ("run_demo", None) in door.calls
    assert window.page == "workload", "the demo study opens by itself"


def test_closing_during_a_benchmark_asks_and_leaves_nothing_running(
    window: MainWindow, door: ExampleDoor, qtbot, board, idle, monkeypatch
):
    door.slow_s = 0.5
    window.go("measure")
    idle()
    window.models["measure"].start()
    answers = iter([False, True])
    asked: list[str] = []

    def answer(*args, **options) -> bool:
        asked.append(options["text"])
        return next(answers)

    monkeypatch.setattr(main_window, "confirm", answer)
    window.close()
    assert window.isVisible(), "the safe answer keeps the window"
    assert "Measuring on demo" in asked[0]
    assert board.running
    window.close()
    qtbot.waitUntil(lambda: not board.running)
    assert not window.isVisible()


def test_the_safe_choice_has_the_focus(app, qtbot):
    dialog = ConfirmDialog(
        Look.of("light", "en"), None, title="Remove?", text="Sure?", safe="Keep", act="Remove"
    )
    qtbot.addWidget(dialog)
    dialog.show()
    assert dialog.safe.isDefault()
    qtbot.keyClick(dialog, Qt.Key.Key_Return)
    assert dialog.result() == ConfirmDialog.DialogCode.Rejected


class Key:
    algorithm = "ssh-ed25519"
    fingerprint = "SHA256:new"
    old_fingerprint = "SHA256:old"

    def __init__(self, state: str) -> None:
        self.state = state


def test_a_new_host_key_is_a_question(app, qtbot):
    dialog = HostKeyDialog(Look.of("light", "en"), None, "bench-1", Key("new"))
    qtbot.addWidget(dialog)
    dialog.show()
    assert "SHA256:new" in texts(dialog)
    assert dialog.refuse.isDefault()
    assert dialog.trust.isEnabled()


def test_a_changed_host_key_is_a_hard_stop(app, qtbot):
    dialog = HostKeyDialog(Look.of("light", "en"), None, "bench-1", Key("changed"))
    qtbot.addWidget(dialog)
    dialog.show()
    assert {"SHA256:new", "SHA256:old"} <= set(texts(dialog))
    assert not hasattr(dialog, "trust"), "there is no way to go on"


def test_the_window_opens_without_the_heavy_libraries():
    code = (
        "import os, sys; os.environ['QT_QPA_PLATFORM'] = 'offscreen'\n"
        "import tempfile, pathlib\n"
        "from PySide6.QtWidgets import QApplication\n"
        "from genba.gui.main import prepare\n"
        "app = QApplication([]); prepare(app)\n"
        "from genba.gui.door import Door\n"
        "from genba.gui.bridge import JobBoard\n"
        "from genba.gui.main_window import MainWindow\n"
        "from genba.gui.settings import WindowSettings\n"
        "class Quiet(Door):\n"
        "    def list_studies(self, *, job): return ()\n"
        "    def list_samples(self, *, job): return ()\n"
        "window = MainWindow(Quiet(), WindowSettings(pathlib.Path(tempfile.mkdtemp())))\n"
        "window.show(); app.processEvents()\n"
        f"print([m for m in {HEAVY!r} if m in sys.modules])\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_the_program_opens_and_ends_cleanly(tmp_path):
    code = (
        "import sys\n"
        "from PySide6.QtCore import QTimer\n"
        "from PySide6.QtWidgets import QApplication\n"
        "app = QApplication(['genba'])\n"
        "QTimer.singleShot(300, lambda: app.closeAllWindows())\n"
        "from genba.gui.main import main\n"
        "sys.exit(main([]))\n"
    )
    environment = os.environ | {"GENBA_HOME": str(tmp_path), "QT_QPA_PLATFORM": "offscreen"}
    done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True)
    assert done.returncode == 0, done.stderr.decode()


def test_the_report_page_claims_no_draft_mark(window: MainWindow, idle):
    """The PDF carries none, whatever the check found."""
    window.go("report")
    idle()
    page = window._pages["report"]
    page.model.findings = (SimpleNamespace(severity="error", message=Message(text="x"), place=""),)
    page.refresh()
    assert page.export_button.text() == "Export report"
    assert page.blocking.isVisible()
    assert [t for t in texts(page) if "draft" in t.lower()] == [page.blocking.text()]
    assert "no draft mark" in page.blocking.text()
