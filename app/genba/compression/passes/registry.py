"""All passes by name."""

from __future__ import annotations

from genba.compression.passes import fp16, int4_weights, int8_dynamic
from genba.compression.passes.base import Pass
from genba.errors import N_, GenbaError

PASSES: dict[str, Pass] = {p.name: p for p in (fp16.PASS, int8_dynamic.PASS, int4_weights.PASS)}


class UnknownPass(GenbaError):
    """A recipe names a pass that does not exist."""

    code = "unknown_pass"
    what = N_("There is no compression pass called “{name}”.")
    fix = N_("Choose from: {known}")


def find(name: str) -> Pass:
    """The pass of that name.

    Raises:
        UnknownPass: there is none.
    """
    if name not in PASSES:
        raise UnknownPass(name=name, known=", ".join(PASSES))
    return PASSES[name]
