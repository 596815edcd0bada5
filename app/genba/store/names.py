"""Which relative file names may lie in an artifact or in an exported study."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from pathlib import PurePosixPath

from genba.errors import N_, GenbaError, Message

LONGEST_NAME = 1024
_FORBIDDEN = frozenset('\\:*?"<>|')
_RESERVED = frozenset({"con", "prn", "aux", "nul"}) | {
    f"{device}{n}" for device in ("com", "lpt") for n in range(1, 10)
}


class UnsafeName(GenbaError):
    """A file name would leave its folder or cannot exist on every platform."""

    code = "unsafe_name"
    what = N_("The file name “{name}” is not allowed: {rule}.")
    fix = N_("Rename the file: use a relative name without “..” and without special characters.")


def safe_name(name: str) -> str:
    """Return `name` when it is a plain relative POSIX name that works on every platform.

    Raises:
        UnsafeName: absolute, with ``..``, a drive, a control character, too long, or reserved.
    """
    rule = _broken_rule(name)
    if rule:
        raise UnsafeName(name=name[:80], rule=Message(text=rule))
    return name


def check_distinct(names: Iterable[str]) -> None:
    """Refuse names that are one file on a case-insensitive file system.

    Raises:
        UnsafeName: two names are equal but for case or Unicode form.
    """
    seen: set[str] = set()
    for name in names:
        key = unicodedata.normalize("NFC", name).casefold()
        if key in seen:
            raise UnsafeName(name=name[:80], rule=Message(text=N_("it occurs twice")))
        seen.add(key)


def _broken_rule(name: str) -> str:
    if not name or len(name.encode("utf-8", "surrogatepass")) > LONGEST_NAME:
        return N_("it is empty or too long")
    if any(unicodedata.category(c) in ("Cc", "Cs", "Cf") or c in _FORBIDDEN for c in name):
        return N_("it holds a special character")
    if name.startswith("/") or name.endswith("/"):
        return N_("it is absolute or names a folder")
    parts = name.split("/")
    if any(part in ("", ".", "..") for part in parts):
        return N_("it leaves its folder")
    if any(part.endswith((" ", ".")) or _reserved(part) for part in parts):
        return N_("it is reserved on some systems")
    return ""


def _reserved(part: str) -> bool:
    return PurePosixPath(part).name.split(".")[0].lower() in _RESERVED
