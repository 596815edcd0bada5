"""Errors and notices that a person reads: a code, a sentence template and its parameters.

Nothing here is translated. A template is an English sentence with named fields; it is also the
key of the catalogue, and a face renders it with `i18n.Language.message`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from pydantic import BaseModel, ConfigDict


def N_(text: str) -> str:  # noqa: N802 - the name that message extractors look for
    """Mark a template for extraction into the catalogue; it is translated later, by a face."""
    return text


class Message(BaseModel):
    """A translatable sentence as data: `text` is the template, `params` fill its fields.

    Parameters are plain values, Figures or other Messages; a face formats each for its language.
    `code` names warnings and notices for scripts; it is empty for ordinary text.
    """

    model_config = ConfigDict(frozen=True)

    text: str
    params: Mapping[str, Any] = {}
    code: str = ""

    def __str__(self) -> str:
        """The English sentence, for logs and for an error's own text."""
        return self.text.format_map(_Lenient(self.params))


def known_text(text: str) -> Message:
    """A text of a bundled file or of a person: translated where the catalogue knows it."""
    if "{" in text or "}" in text:  # a person's own; never a template
        return Message(text="{text}", params={"text": text})
    return Message(text=text)


class GenbaError(Exception):
    """The root of all errors that a user sees. Subclasses live next to what raises them.

    `what` says what is wrong in one sentence, `fix` what to do about it.
    """

    code: ClassVar[str] = "error"
    what: ClassVar[str] = N_("Something went wrong.")
    fix: ClassVar[str] = ""
    exit_code: ClassVar[int] = 1

    def __init__(self, **params: Any) -> None:
        super().__init__(self.code, params)
        self.params = params

    @property
    def message(self) -> Message:
        """What is wrong, for a face to render."""
        return Message(text=self.what, params=self.params, code=self.code)

    @property
    def hint(self) -> Message:
        """What to do about it; its text may be empty."""
        return Message(text=self.fix, params=self.params, code=self.code)

    def __str__(self) -> str:
        return self.what.format_map(_Lenient(self.params))

    def __reduce__(self) -> tuple[Any, ...]:
        # Exceptions cross from a worker process to its parent; keyword parameters survive this way.
        return _rebuild, (type(self), self.params)


class Cancelled(GenbaError):
    """The user stopped the work."""

    code = "cancelled"
    what = N_("Stopped on request.")
    exit_code = 130


class UnknownId(GenbaError):
    """No object of this kind has that id, id prefix or name."""

    code = "unknown_id"
    what = N_("There is no {kind} called “{name}”.")
    fix = N_("List what there is with: {command}")


class InvalidValue(GenbaError):
    """A value that the user gave breaks a rule."""

    code = "invalid_value"
    what = N_("“{value}” is not valid for {field}: {rule}.")


class DiskFull(GenbaError):
    """The disk of this computer is full."""

    code = "disk_full"
    what = N_("The disk is full: {path} could not be written.")
    fix = N_("Free some space or set GENBA_HOME to another disk, then try again.")


class NotWritable(GenbaError):
    """A file or folder of this computer cannot be written."""

    code = "not_writable"
    what = N_("{path} cannot be written: {reason}.")
    fix = N_("Choose another place.")


class MissingExtra(GenbaError):
    """An optional package is not installed."""

    code = "missing_extra"
    what = N_("{package} is not installed, and {feature} needs it.")
    fix = N_("Install it with: pip install {package}")


class _Lenient(dict[str, Any]):
    def __missing__(self, key: str) -> str:
        return "{" + key + "}"


def _rebuild(cls: type[GenbaError], params: dict[str, Any]) -> GenbaError:
    return cls(**params)
