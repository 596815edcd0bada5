"""The few dialogs: only for what needs an answer now. The safe choice has focus and Esc."""

from __future__ import annotations

from typing import Any

from PySide6.QtWidgets import QDialog, QFrame, QWidget

from genba.errors import N_
from genba.gui.theme.look import Look
from genba.gui.widgets.controls import button
from genba.gui.widgets.layout import column, label, row
from genba.gui.widgets.marks import StateMark


def confirm(look: Look, parent: QWidget, *, title: str, text: str, safe: str, act: str) -> bool:
    """Ask before something is lost; True when the user wants it."""
    dialog = ConfirmDialog(look, parent, title=title, text=text, safe=safe, act=act)
    return dialog.exec() == QDialog.DialogCode.Accepted


class ConfirmDialog(QDialog):
    """A situation, a question, a safe choice and another."""

    def __init__(
        self, look: Look, parent: QWidget | None, *, title: str, text: str, safe: str, act: str
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle(title)
        self.setMinimumWidth(420)
        self.safe = button(look, safe, self.reject)
        self.act = button(look, act, self.accept, kind="danger")
        head = row(StateMark(look, "attention"), label(look, title, "card_title"), None)
        body = label(look, text, "body", "inkSecondary", wrap=True)
        buttons = row(None, self.act, self.safe, gap=8)
        self.setLayout(column(head, body, 8, buttons, gap=8, margins=(20, 16, 20, 16)))
        self.safe.setDefault(True)
        self.safe.setFocus()


class HostKeyDialog(QDialog):
    """Is this machine the one it claims to be? A changed key offers no way to go on."""

    def __init__(self, look: Look, parent: QWidget | None, name: str, key: Any) -> None:
        super().__init__(parent)
        self.setMinimumWidth(480)
        changed = _state(key) == "changed"
        situation = N_("The key has changed") if changed else N_("First contact")
        self.setWindowTitle(look.t(situation))
        if changed:
            question = N_(
                "“{name}” shows another host key than the one on record. Genba does not connect: "
                "somebody may be in between. If the machine was set up anew, remove the target and "
                "add it again after comparing the fingerprint on its own screen."
            )
        else:
            question = N_(
                "Is “{name}” genuine? Its host key is not on record yet. Compare the fingerprint "
                "with the one on the machine’s own screen."
            )
        head = row(
            StateMark(look, "failed" if changed else "attention"),
            label(look, look.t(situation), "card_title"),
            None,
        )
        layout = column(head, gap=10, margins=(20, 16, 20, 16))
        layout.addWidget(
            label(look, look.t(question, name=name), "body", "inkSecondary", wrap=True)
        )
        if changed:
            layout.addWidget(_code(look, look.t(N_("on record")), str(key.old_fingerprint)))
        caption = look.t(N_("{algorithm} fingerprint"), algorithm=str(key.algorithm))
        layout.addWidget(_code(look, caption, str(key.fingerprint)))
        if not changed:
            how = look.t(N_("On the machine, this prints it:"))
            layout.addWidget(_code(look, how, "ssh-keyscan localhost | ssh-keygen -lf -"))
        self.refuse = button(look, look.t(N_("Do not connect")), self.reject)
        buttons = row(self.refuse, None, gap=8)
        if not changed:
            self.trust = button(look, look.t(N_("Record and connect")), self.accept, kind="filled")
            buttons.addWidget(self.trust)
        layout.addLayout(buttons)
        note = look.t(
            N_("Written to Genba’s own record only; known_hosts of this PC stays as it is.")
        )
        layout.addWidget(label(look, note, "caption", "inkSecondary", wrap=True))
        self.setLayout(layout)
        self.refuse.setDefault(True)
        self.refuse.setFocus()


def _state(key: Any) -> str:
    return str(getattr(key, "known", "") or getattr(key, "state", ""))


def _code(look: Look, caption: str, text: str) -> QFrame:
    frame = QFrame()
    frame.setProperty("part", "sunken")
    shown = label(look, text, "code", wrap=True)
    from PySide6.QtCore import Qt

    shown.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    frame.setLayout(
        column(label(look, caption, "caption", "inkSecondary"), shown, gap=2,
               margins=(12, 8, 12, 8))
    )  # fmt: skip
    return frame
