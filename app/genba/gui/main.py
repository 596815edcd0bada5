"""Opens the window."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

_LAST_WAIT_S = 3.0


def main(argv: Sequence[str] | None = None) -> int:
    """Open the window; a `.genba` or `.onnx` path on the command line is opened in it.

    Returns the exit code of the application.
    """
    arguments = list(sys.argv[1:] if argv is None else argv)
    import shiboken6
    from PySide6.QtWidgets import QApplication

    app = QApplication.instance() or QApplication([sys.argv[0], *arguments])
    assert isinstance(app, QApplication)  # noqa: S101 - narrows the type of instance()
    prepare(app)
    from genba.gui.door import Door
    from genba.gui.main_window import MainWindow
    from genba.gui.settings import WindowSettings

    window = MainWindow(Door(), WindowSettings())
    window.show()
    paths = [Path(a) for a in arguments if not a.startswith("-")]
    if paths:
        window.open_file(paths[0])
    code = app.exec()
    # Nothing may call into Qt once it is being taken down: end the jobs, then the window.
    window.board.cancel_all()
    window.board.wait(_LAST_WAIT_S)
    shiboken6.delete(window)
    return code


def prepare(app: object) -> None:
    """Name, style and fonts of the application; palette and style sheet follow the window."""
    from PySide6.QtWidgets import QApplication

    from genba.gui.theme.fonts import font, load_fonts

    assert isinstance(app, QApplication)  # noqa: S101 - callers pass the application
    app.setApplicationName("Genba")
    app.setApplicationDisplayName("")
    app.setOrganizationName("Genba")
    app.setStyle("Fusion")
    load_fonts()
    app.setFont(font("body"))


if __name__ == "__main__":
    sys.exit(main())
