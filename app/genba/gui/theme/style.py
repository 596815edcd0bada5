"""Tokens to Qt: the palette, and `style.qss` for all widgets. Fonts are set in code."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtGui import QColor, QPalette

from genba.gui.theme.tokens import Theme, radius

_ROLES = {
    QPalette.ColorRole.Window: "window",
    QPalette.ColorRole.Base: "surface",
    QPalette.ColorRole.AlternateBase: "surfaceSunken",
    QPalette.ColorRole.Button: "surface",
    QPalette.ColorRole.Text: "ink",
    QPalette.ColorRole.WindowText: "ink",
    QPalette.ColorRole.ButtonText: "ink",
    QPalette.ColorRole.ToolTipBase: "surfaceRaised",
    QPalette.ColorRole.ToolTipText: "ink",
    QPalette.ColorRole.PlaceholderText: "inkTertiary",
    QPalette.ColorRole.Highlight: "accent",
    QPalette.ColorRole.HighlightedText: "onAccent",
    QPalette.ColorRole.Link: "accent",
}


def palette(theme: Theme) -> QPalette:
    """The palette of the application."""
    result = QPalette()
    for role, token in _ROLES.items():
        result.setColor(role, theme.color(token))
    for role in (QPalette.ColorRole.Text, QPalette.ColorRole.ButtonText):
        result.setColor(QPalette.ColorGroup.Disabled, role, theme.color("inkTertiary"))
    return result


def style_sheet(theme: Theme) -> str:
    """The style sheet of the application."""
    names = dict(theme.colors)
    names["pressed"] = _mix(theme, "accent", "ink", 0.18)
    names["hover"] = _mix(theme, "surface", "ink", 0.06)
    text = Path(__file__).with_name("style.qss").read_text(encoding="utf-8")
    for name in sorted(names, key=len, reverse=True):
        text = text.replace(f"@{name};", f"{names[name]};")
    return text.replace("@r_chip", f"{radius('chip')}px").replace(
        "@r_control", f"{radius('control')}px"
    ).replace("@r_card", f"{radius('card')}px")  # fmt: skip


def _mix(theme: Theme, first: str, second: str, share: float) -> str:
    a, b = theme.color(first), theme.color(second)
    return QColor(
        *(
            round(x * (1 - share) + y * share)
            for x, y in zip(a.getRgb()[:3], b.getRgb()[:3], strict=True)  # type: ignore[index]
        )
    ).name()
