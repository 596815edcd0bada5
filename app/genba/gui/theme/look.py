"""How a widget is drawn and worded: the theme and the language, handed down, never global."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from PySide6.QtGui import QFont

from genba.errors import Message
from genba.figures import Figure
from genba.gui.theme.fonts import font
from genba.gui.theme.tokens import Theme, theme
from genba.i18n import FigureText, Language, format_figure


@dataclass(frozen=True)
class Look:
    """Theme and language of a widget. A change of either builds the widgets anew."""

    theme: Theme
    language: Language

    @classmethod
    def of(cls, theme_name: str, language_code: str) -> Look:
        """The look by names, for example ``Look.of("dark", "ja")``."""
        return cls(theme(theme_name), Language(language_code))

    def t(self, template: str, /, **params: Any) -> str:
        """A template in this language, its fields filled."""
        return self.language.text(template, **params)

    def message(self, message: Message) -> str:
        """A Message in this language."""
        return self.language.message(message)

    def figure(self, figure: Figure, digits: int = 3) -> FigureText:
        """A Figure as text in parts."""
        return format_figure(figure, self.language, digits)

    def font(self, role: str) -> QFont:
        """The font of a role."""
        return font(role)
