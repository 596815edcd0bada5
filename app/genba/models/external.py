"""Checks where a model keeps its external data, before anybody opens those files.

`onnx.checker` is no gate: it accepts negative and too large offsets and lengths and a NUL in the
path, and onnx and onnxruntime both hang for ever on a named pipe. So every location is judged
here: relative, inside the model's folder after all links are followed, a regular file, and every
offset and length within it.
"""

from __future__ import annotations

import stat
from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import Any

from genba.errors import N_, GenbaError, Message
from genba.figures import Basis, Figure
from genba.models import dtypes
from genba.models.reader import ModelDamaged


class ExternalDataMissing(GenbaError):
    """A file with weights is not beside the model."""

    code = "external_data_missing"
    what = N_("The weights of {model} are missing: there is no file {name} beside it ({size}).")
    fix = N_("Copy {name} into the folder of the model.")


class ExternalDataOutside(GenbaError):
    """The model points to weights outside its folder."""

    code = "external_data_outside"
    what = N_("{model} wants to read {name}, which lies outside its own folder.")
    fix = N_("Put the weights beside the model and export it with relative names.")


class ExternalDataNotAFile(GenbaError):
    """The model's weights are a folder, a pipe or a device."""

    code = "external_data_not_a_file"
    what = N_("The weights of {model} are not a regular file: {name}.")
    fix = N_("Copy the weights into a plain file beside the model.")


class ExternalDataTooShort(GenbaError):
    """A file with weights is smaller than the model says."""

    code = "external_data_too_short"
    what = N_("The weights in {name} are cut short: {model} needs {needed} bytes, it has {size}.")
    fix = N_("Copy {name} again; the last copy was not complete.")


def external_files(tensors: list[Any], model_path: Path) -> dict[str, Path]:
    """The files that hold contents of `tensors` (`TensorProto`s), by location; all are checked.

    The model file is among them when contents were left in it (see `slimming`).

    Raises:
        ExternalDataMissing, ExternalDataOutside, ExternalDataNotAFile, ExternalDataTooShort:
            see the classes.
        ModelDamaged: an entry contradicts itself or the tensor's shape.
    """
    files: dict[str, Path] = {}
    sizes: dict[str, int] = {}
    needed: dict[str, int] = {}
    for tensor in tensors:
        if tensor.data_location != tensor.EXTERNAL:
            continue
        location, offset, length = _entry(tensor, model_path)
        needed[location] = max(needed.get(location, 0), offset + length)
        if location == model_path.name:  # left in the model file itself, see `slimming`
            files[location] = model_path
        elif location not in files:
            _refuse_outside(location, model_path)
            files[location] = model_path.parent / location
    for location, path in files.items():
        sizes[location] = _size_of(path, location, model_path, needed[location])
    for location, size in sizes.items():
        if needed[location] > size:
            raise ExternalDataTooShort(
                model=model_path.name, name=location, needed=needed[location], size=size
            )
    return files


def _entry(tensor: Any, model_path: Path) -> tuple[str, int, int]:
    """(location, offset, length) of one tensor; the length follows from the shape."""
    entries: dict[str, str] = {}
    for item in tensor.external_data:
        if item.key in entries:
            raise _damaged(
                model_path, tensor, N_("an entry of the external data of {tensor} is given twice")
            )
        entries[item.key] = item.value
    location = entries.get("location", "")
    if not location:
        raise _damaged(model_path, tensor, N_("the external data of {tensor} has no location"))
    offset = _natural(entries.get("offset", "0"), tensor, model_path)
    elements = 1
    for dim in tensor.dims:
        elements *= dim
    expected = dtypes.size_bytes(elements, tensor.data_type)
    length = _natural(entries.get("length", str(expected)), tensor, model_path)
    if length != expected:
        raise _damaged(
            model_path,
            tensor,
            N_("the length of the contents of {tensor} contradicts its shape"),
        )
    return location, offset, length


def _natural(text: str, tensor: Any, model_path: Path) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 20):
        raise _damaged(
            model_path,
            tensor,
            N_("an offset or length of the external data of {tensor} is not a number"),
        )
    return int(text)


def _refuse_outside(location: str, model_path: Path) -> None:
    """Names are judged by the rules of every system: a model may be moved to another one."""
    windows, posix = PureWindowsPath(location), PurePosixPath(location)
    outside = (
        "\0" in location
        or windows.drive
        or windows.root
        or posix.is_absolute()
        or ".." in windows.parts
        or ".." in posix.parts
        or "://" in location
    )
    folder = model_path.parent.resolve()
    try:
        inside = not outside and (folder / location).resolve().is_relative_to(folder)
    except (OSError, RuntimeError):  # a loop of links
        inside = False
    if not inside:
        shown = location.encode("unicode_escape").decode("ascii")[:120]
        raise ExternalDataOutside(model=model_path.name, name=shown)


def _size_of(path: Path, location: str, model_path: Path, needed: int) -> int:
    try:
        status = path.stat()
    except OSError as error:
        size = Figure(value=needed, unit="byte", basis=Basis.EXACT, ref="file/size")
        raise ExternalDataMissing(model=model_path.name, name=location, size=size) from error
    if not stat.S_ISREG(status.st_mode):
        raise ExternalDataNotAFile(model=model_path.name, name=location)
    return status.st_size


def _damaged(model_path: Path, tensor: Any, reason: str) -> ModelDamaged:
    message = Message(text=reason, params={"tensor": tensor.name})
    return ModelDamaged(path=str(model_path), reason=message)
