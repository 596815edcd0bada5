"""Gives a size to every free dimension of a network's inputs.

A dimension that the user did not set gets the size that a single request would have, and a warning
names it: batch 1, past 0, sequence 128 tokens, height and width 224 pixels, anything else 1. The
total length of an attention mask is past + sequence.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from genba.errors import N_, GenbaError, Message
from genba.runtimes.generate import PAST
from genba.study.model import TensorSpec

BATCH, SEQUENCE, PAST_LENGTH, PIXELS, OTHER = 1, 128, 0, 224, 1

_ROLES = (
    ("total", re.compile(r"total|past.*[+_]\s*(seq|1)|kv_?len|attention", re.I)),
    ("past", re.compile(r"past|cache", re.I)),
    ("batch", re.compile(r"batch|^n$|^b$", re.I)),
    ("sequence", re.compile(r"seq|token|length|^l$|^s$|^t$", re.I)),
    ("pixels", re.compile(r"height|width|^h$|^w$", re.I)),
)


class UnknownDimension(GenbaError):
    """The user set a dimension that the network does not have."""

    code = "unknown_dimension"
    what = N_("The model has no free dimension called “{name}”.")
    fix = N_("Its free dimensions are: {known}")


class BadDimension(GenbaError):
    """A dimension's size is negative or absurd."""

    code = "bad_dimension"
    what = N_("{size} is not a size for the dimension “{name}”.")
    fix = N_("Give a whole number from 0 to 2147483647.")


def free_dimensions(inputs: tuple[TensorSpec, ...]) -> dict[str, str]:
    """The free dimensions by name, each with its role: batch, sequence, past, total, pixels, other.

    Where it stands tells more than its name: a cache input's is the past, an attention mask's the
    total, the second one of ``input_ids`` the sequence.
    """
    roles: dict[str, str] = {}
    for spec in inputs:
        for axis, dim in enumerate(spec.shape):
            if isinstance(dim, str):
                role = _role_by_place(spec, axis)
                if role or dim not in roles:
                    roles[dim] = role or _role_by_name(dim, axis)
    return roles


def assign(
    inputs: tuple[TensorSpec, ...], given: Mapping[str, int]
) -> tuple[dict[str, int], tuple[Message, ...]]:
    """Sizes for all free dimensions, and a warning for each that was assumed.

    Raises:
        UnknownDimension: `given` names one that the inputs do not have.
        BadDimension: a size is out of range.
    """
    roles = free_dimensions(inputs)
    for name, size in given.items():
        if name not in roles:
            raise UnknownDimension(name=name, known=", ".join(roles) or "–")
        if not 0 <= size < 1 << 31:
            raise BadDimension(name=name, size=str(size))
    sizes = {
        "batch": BATCH, "sequence": SEQUENCE, "past": PAST_LENGTH, "pixels": PIXELS, "other": OTHER,
    }  # fmt: skip
    for name, role in roles.items():
        if name in given and role in ("sequence", "past"):
            sizes[role] = given[name]
    sizes["total"] = sizes["past"] + sizes["sequence"]
    chosen = {name: given.get(name, sizes[role]) for name, role in roles.items()}
    return chosen, tuple(_assumed(name, chosen[name]) for name in roles if name not in given)


def _role_by_place(spec: TensorSpec, axis: int) -> str:
    if PAST.match(spec.name) and len(spec.shape) >= 3:
        return "batch" if axis == 0 else "past"
    if spec.name == "attention_mask" and len(spec.shape) == 2:
        return ("batch", "total")[axis]
    if spec.name in ("input_ids", "position_ids") and len(spec.shape) == 2:
        return ("batch", "sequence")[axis]
    return ""


def _role_by_name(name: str, axis: int) -> str:
    for role, pattern in _ROLES:
        if pattern.search(name):
            return role
    return "batch" if axis == 0 else "other"


def _assumed(name: str, size: int) -> Message:
    return Message(
        text=N_("The dimension “{name}” was not given; {size} was assumed."),
        params={"name": name, "size": size},
        code="dimension_assumed",
    )
