"""Qt's own words (file dialogs, standard buttons, menus of fields) in the window's language."""

from __future__ import annotations

import shiboken6
from PySide6.QtCore import QCoreApplication, QLibraryInfo, QTranslator

_NAME = "qtbase"


def follow(app: QCoreApplication, code: str) -> None:
    """Install Qt's translation for a language, and remove it again for English."""
    wanted = f"{_NAME}_{code}"
    for old in app.findChildren(QTranslator):
        if old.objectName() == wanted:
            return
        if old.objectName().startswith(_NAME):
            app.removeTranslator(old)
            shiboken6.delete(old)
    if code == "en":  # what Qt speaks by itself
        return
    words = QTranslator(app)
    words.setObjectName(wanted)
    if words.load(wanted, QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)):
        app.installTranslator(words)
