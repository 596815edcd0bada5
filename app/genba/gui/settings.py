"""What the window remembers: language, theme, size. A small file beside the workspace."""

from __future__ import annotations

import os
from pathlib import Path

from PySide6.QtCore import QByteArray, QLocale, QSettings, Qt
from PySide6.QtGui import QGuiApplication

from genba.gui.theme.tokens import THEMES
from genba.i18n import LANGUAGES


class WindowSettings:
    """Kept values, with defaults from the desktop: its language and its colour scheme."""

    def __init__(self, home: Path | None = None) -> None:
        folder = home or (Path(os.environ["GENBA_HOME"]) if "GENBA_HOME" in os.environ else None)
        if folder is not None:
            self._store = QSettings(str(folder / "window.ini"), QSettings.Format.IniFormat)
        else:
            self._store = QSettings(
                QSettings.Format.IniFormat, QSettings.Scope.UserScope, "Genba", "window"
            )

    @property
    def language(self) -> str:
        """``en`` or ``ja``."""
        kept = str(self._store.value("language", ""))
        if kept in LANGUAGES:
            return kept
        return "ja" if QLocale.system().language() == QLocale.Language.Japanese else "en"

    @language.setter
    def language(self, code: str) -> None:
        self._store.setValue("language", code)

    @property
    def theme(self) -> str:
        """``light`` or ``dark``."""
        kept = str(self._store.value("theme", ""))
        if kept in THEMES:
            return kept
        hints = QGuiApplication.styleHints()
        return "dark" if hints.colorScheme() == Qt.ColorScheme.Dark else "light"

    @theme.setter
    def theme(self, name: str) -> None:
        self._store.setValue("theme", name)

    @property
    def geometry(self) -> QByteArray | None:
        """The window's place on the screen."""
        kept = self._store.value("geometry")
        return kept if isinstance(kept, QByteArray) else None

    @geometry.setter
    def geometry(self, value: QByteArray) -> None:
        self._store.setValue("geometry", value)
