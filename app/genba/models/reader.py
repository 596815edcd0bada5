"""Recognises a model file by its content, and refuses what is none, without ever hanging."""

from __future__ import annotations

import errno
import os
import stat
from pathlib import Path
from typing import Literal

from genba.errors import N_, GenbaError, Message
from genba.files import reason_of

Format = Literal["onnx", "openvino", "gguf"]

_HEAD_BYTES = 4096


class ModelNotFound(GenbaError):
    """Nothing lies at the path, or it cannot be opened."""

    code = "model_not_found"
    what = N_("The model {path} cannot be opened: {reason}.")
    fix = N_("Check the path and the access rights.")


class NotAModel(GenbaError):
    """The file is something else than a model that Genba reads."""

    code = "not_a_model"
    what = N_("{path} is not a model that Genba reads: {reason}.")
    fix = N_("Export the network to ONNX, for example with torch.onnx.export, and give that file.")


class FormatNotYet(GenbaError):
    """A model format that Genba knows but does not read yet."""

    code = "format_not_yet"
    what = N_("{path} is a model in {format}, which Genba does not read yet.")
    fix = N_("Give the model as ONNX.")


class ModelDamaged(GenbaError):
    """The file claims to be a model, and its contents contradict themselves."""

    code = "model_damaged"
    what = N_("The model {path} is damaged: {reason}.")
    fix = N_("Export or copy the model again.")


def recognise(path: Path) -> Format:
    """The format of the file at `path`, by its first bytes.

    Raises:
        ModelNotFound: no such file, no access, a loop of links.
        NotAModel: a folder, a pipe, a device, an empty file, or another kind of content.
        FormatNotYet: OpenVINO IR or GGUF.
    """
    head = read_head(path)
    for starts, reason in _FOREIGN:
        if head.startswith(starts):
            raise NotAModel(path=str(path), reason=Message(text=reason))
    if head.startswith(b"GGUF"):
        raise FormatNotYet(path=str(path), format="GGUF")
    if head[4:8] == b"TFL3":
        raise FormatNotYet(path=str(path), format="TensorFlow Lite")
    if head[8:9] == b"{" and int.from_bytes(head[:8], "little") < 1 << 32:
        raise NotAModel(
            path=str(path), reason=Message(text=N_("it holds safetensors weights only"))
        )
    if _is_text(head):
        if head.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<") and b"<net" in head:
            raise FormatNotYet(path=str(path), format="OpenVINO IR")
        raise NotAModel(path=str(path), reason=Message(text=N_("it is a text file")))
    return "onnx"


def read_head(path: Path) -> bytes:
    """The first bytes of a regular file.

    Raises:
        ModelNotFound, NotAModel: see `recognise`.
    """
    try:
        _refuse_special(path, path.stat().st_mode)
        # O_NONBLOCK and the second look: a pipe put there meanwhile would block in open or read.
        flags = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
        descriptor = os.open(path, flags)
    except OSError as error:
        raise ModelNotFound(path=str(path), reason=_reason(error)) from error
    except ValueError as error:  # a NUL in the name
        raise ModelNotFound(path=repr(str(path)), reason=str(error)) from error
    try:
        _refuse_special(path, os.fstat(descriptor).st_mode)
        head = os.read(descriptor, _HEAD_BYTES)
    finally:
        os.close(descriptor)
    if not head:
        raise NotAModel(path=str(path), reason=Message(text=N_("it is empty")))
    return head


def _refuse_special(path: Path, mode: int) -> None:
    if stat.S_ISDIR(mode):
        raise NotAModel(path=str(path), reason=Message(text=N_("it is a folder")))
    if not stat.S_ISREG(mode):
        raise NotAModel(path=str(path), reason=Message(text=N_("it is not a file")))


_PICKLE = N_("it is a Python pickle, which can run code when it is opened")
_FOREIGN = (
    (b"PK\x03\x04", N_("it is a zip archive, as torch.save and Keras write them")),
    (b"\x80\x02", _PICKLE),
    (b"\x80\x03", _PICKLE),
    (b"\x80\x04", _PICKLE),
    (b"\x80\x05", _PICKLE),
    (b"\x89HDF\r\n\x1a\n", N_("it is an HDF5 file, as Keras writes it")),
    (b"\x93NUMPY", N_("it is a numpy array")),
    (b"\x1f\x8b", N_("it is a compressed archive")),
    (b"\x7fELF", N_("it is a program")),
    (b"MZ", N_("it is a program")),
    (b"%PDF", N_("it is a PDF document")),
    (b"\x89PNG", N_("it is a picture")),
    (b"\xff\xd8\xff", N_("it is a picture")),
)  # fmt: skip


def _is_text(head: bytes) -> bool:
    control = set(range(32)) - {9, 10, 12, 13}
    return not any(byte in control for byte in head)


def _reason(error: OSError) -> Message | str:
    known = {
        errno.ENOENT: N_("there is no such file"),
        errno.ENOTDIR: N_("there is no such file"),
        errno.EACCES: N_("access is denied"),
        errno.ELOOP: N_("its links lead in a circle"),
        errno.ENAMETOOLONG: N_("its name is too long"),
    }
    text = known.get(error.errno or 0)
    return Message(text=text) if text else reason_of(error)
