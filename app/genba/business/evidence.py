"""On how much evidence the money rests: |present value| split by the basis of the drivers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from genba.figures import Basis

COUNTED = (Basis.MEASURED, Basis.PREDICTED, Basis.ASSUMED)


@dataclass(frozen=True)
class Evidence:
    """Shares of Σ|PV| (0..1); `strict_measured_lines` counts lines with nothing but measured."""

    measured: float
    predicted: float
    assumed: float
    strict_measured_lines: float


def coverage(
    line_pv: Mapping[str, float], line_basis: Mapping[str, Sequence[Basis | str]]
) -> Evidence:
    """Split each line's |PV| evenly over its drivers. Exact drivers are facts and count not.

    Lines without a listed driver are left out; without any money all shares are 0.
    """
    share = dict.fromkeys(COUNTED, 0.0)
    strict = total = 0.0
    for line, pv in line_pv.items():
        bases = [Basis(b) for b in line_basis.get(line, ()) if Basis(b) in COUNTED]
        if not bases:
            continue
        total += abs(pv)
        for basis in bases:
            share[basis] += abs(pv) / len(bases)
        if all(basis is Basis.MEASURED for basis in bases):
            strict += abs(pv)
    over = total or 1.0
    return Evidence(
        share[Basis.MEASURED] / over,
        share[Basis.PREDICTED] / over,
        share[Basis.ASSUMED] / over,
        strict / over,
    )
