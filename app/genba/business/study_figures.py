"""Wraps plain results as Figures: weakest declared driver, P10–P90, ids of the inputs."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from genba.business.case import Case
from genba.business.cashflow import Alternative, Array
from genba.business.sampling import interval
from genba.business.study_inputs import input_figure
from genba.figures import Basis, Figure, weakest
from genba.study.business import BusinessInputs

LEVEL = 0.8


class Figures:
    """Makes the Figures of one evaluation; ids are ``business/<name>``."""

    def __init__(self, inputs: BusinessInputs, case: Case) -> None:
        self._inputs = inputs
        self._case = case
        self._by_key = {key: input_figure(value) for key, value in inputs.values.items()}

    @property
    def currency(self) -> str:
        """The unit of money."""
        return self._inputs.currency

    def basis_of(self, key: str) -> Basis:
        """The basis of one input."""
        return self._by_key[key].basis

    def drivers(self, *alternatives: Alternative) -> tuple[str, ...]:
        """The declared drivers of all lines and assets that take part in the case."""
        keys: dict[str, None] = {}
        for alternative in alternatives:
            for part in alternative.parts(self._case.plan):
                keys.update(dict.fromkeys(part.drivers))
        return tuple(keys)

    def make(
        self,
        name: str,
        value: float | None,
        unit: str,
        keys: Iterable[str],
        draws: Array | None = None,
        *,
        missing: float = np.nan,
        reason: str = "not_applicable",
    ) -> Figure:
        """`value` with the basis of its `keys`; None becomes *not measured* for `reason`."""
        used = [self._by_key[key] for key in keys if key in self._by_key]
        basis = weakest(figure.basis for figure in used)
        demo = any(figure.demo for figure in used)
        refs = tuple(dict.fromkeys(figure.ref for figure in used))
        ref = f"business/{name}"
        if value is None or not np.isfinite(value):
            return Figure(
                value=None,
                unit=unit,
                basis=basis,
                ref=ref,
                inputs=refs,
                not_measured=reason,
                demo=demo,
            )
        ends = interval(draws, missing) if draws is not None else None
        return Figure(
            value=value,
            unit=unit,
            basis=basis,
            ref=ref,
            low=ends[0] if ends else None,
            high=ends[1] if ends else None,
            level=LEVEL if ends else None,
            inputs=refs,
            demo=demo,
        )

    def money(
        self, name: str, value: float | None, keys: Iterable[str], draws: Array | None = None
    ) -> Figure:
        """An amount in the case's currency."""
        return self.make(name, value, self.currency, keys, draws)
