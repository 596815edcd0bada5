"""Inputs from the device and the candidate: price, latency, energy, idle power, recall."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from genba.business.prices import PriceBook
from genba.figures import Basis, Figure, weakest
from genba.study.business import BusinessInput
from genba.study.candidate import Candidate
from genba.study.device import DeviceProfile
from genba.study.workload import Task, Workload

_LATENCIES = ("latency_mean_ms", "latency_p50_ms", "latency_ms")


class TechnicalInputs:
    """What a chosen Candidate and its device profile say, each with the basis it deserves."""

    def __init__(
        self,
        workload: Workload,
        chosen: Candidate | None,
        device: DeviceProfile | None,
        prices: PriceBook,
        facts: Mapping[str, Any],
        assumed: Mapping[str, BusinessInput],
    ) -> None:
        self._workload, self._chosen, self._device = workload, chosen, device
        self._prices, self._facts, self._assumed = prices, facts, assumed
        self._figures: Mapping[str, Figure] = chosen.figures if chosen else {}

    def inputs(self) -> dict[str, BusinessInput]:
        """The inputs that could be filled; the others keep their assumption."""
        latency = self._latency()
        found = [latency, self._energy(latency), self._idle(), self._price(), *self._recall()]
        return {value.key: value for value in found if value is not None}

    def _latency(self) -> BusinessInput | None:
        for name in _LATENCIES:
            if (figure := self._known(name)) is not None:
                return self._from_figure("latency_mean_ms", figure)
        first, token = self._known("ttft_ms"), self._known("tpot_ms")
        if self._workload.task is not Task.TEXT_GENERATION or first is None or token is None:
            return None
        # The first token comes with the prefill; each further one takes a decode step.
        steps = max(0, self._workload.generate_tokens - 1)
        parts = [self._from_figure("latency_mean_ms", f) for f in (first, token)]
        (a, b) = parts
        return a.model_copy(
            update={
                "value": a.value + steps * b.value,
                "low": (a.low or a.value) + steps * (b.low or b.value),
                "high": (a.high or a.value) + steps * (b.high or b.value),
                "basis": weakest((a.basis, b.basis)),
                "source": f"{a.source}; {b.source}",
                "ref": "",  # a result of two Figures is neither of them
                "demo": a.demo or b.demo,
            }
        )

    def _energy(self, latency: BusinessInput | None) -> BusinessInput | None:
        """Measured or predicted energy, else power × time (1 W · 1 ms = 1 mJ)."""
        if (figure := self._known("energy_mj")) is not None:
            return self._from_figure("energy_mj", figure)
        if latency is None:
            return None
        if (power := self._known("power_w")) is not None and power.value is not None:
            basis = weakest((Basis.PREDICTED, power.basis, latency.basis))
            return self._product(latency, power.value, 1.0, 1.0, basis, power.ref)
        typical = self._device.typical_w if self._device else None
        if self._device is None or typical is None or not typical.value:
            return None
        spread = self._facts["device"]
        source = f"device/{self._device.id}/typical_w"
        return self._product(
            latency,
            typical.value,
            spread["typical_power_low"],
            spread["typical_power_high"],
            Basis.ASSUMED,
            source,
        )

    def _product(
        self,
        latency: BusinessInput,
        power_w: float,
        low: float,
        high: float,
        basis: Basis,
        source: str,
    ) -> BusinessInput:
        value = latency.value * power_w
        return BusinessInput(
            key="energy_mj",
            value=value,
            low=min(value, (latency.low or latency.value) * power_w * low),
            high=max(value, (latency.high or latency.value) * power_w * high),
            unit="mJ",
            basis=basis,
            source=f"{power_w:g} W ({source}) × {latency.source}",
            demo=latency.demo,
        )

    def _idle(self) -> BusinessInput | None:
        quantity = self._device.idle_w if self._device else None
        if self._device is None or quantity is None or quantity.value is None:
            return None
        return BusinessInput(
            key="idle_w",
            value=quantity.value,
            low=quantity.value * 0.8,
            high=quantity.value * 1.3,
            unit="W",
            source=f"{self._device.name}: {quantity.source} ({quantity.confidence})",
            date=str(self._device.sources.get(quantity.source or "", {}).get("date", "")),
            ref=f"device/{self._device.id}/idle_w",
        )

    def _price(self) -> BusinessInput | None:
        """The board at its dated price, converted, with what it needs around it."""
        device = self._device
        if device is None or device.stage in ("demo", "cloud") or not device.price.value:
            return None
        spread, around = self._facts["device"], self._facts["device"]["accessories"]
        currency = self._workload.currency
        rate = self._prices.exchange(device.price_currency, currency)
        home = self._prices.exchange(self._facts["currency"], currency)
        board = device.price.value * rate
        return BusinessInput(
            key="unit_price",
            value=board + around["value"] * home,
            low=board * spread["price_low"] + around["low"] * home,
            high=board * spread["price_high"] + around["high"] * home,
            unit=currency,
            source=(
                f"{device.name}: {device.price.value:g} {device.price_currency}"
                f" ({device.price_kind}) × {rate:g}; {around['source']}"
            ),
            date=device.price_date,
            ref=f"device/{device.id}/price",
        )

    def _recall(self) -> list[BusinessInput]:
        """The study's quality metric in place of recall, where the task's file allows it.

        Only recall itself keeps its basis; another metric stands in for it and is a prediction.
        """
        metric, figure = self._workload.quality_metric, self._known("quality")
        out: list[BusinessInput] = []
        for key, metrics in self._facts["quality_stands_for"].items():
            if figure is None or metric not in metrics or not 0 <= (figure.value or 0) <= 1:
                continue
            value = self._from_figure(key, figure, ceiling=1.0)
            if metric != "recall":
                weak = weakest((value.basis, Basis.PREDICTED))
                value = value.model_copy(
                    update={"basis": weak, "source": f"{value.source} ({metric})", "ref": ""}
                )
            out.append(value)
        return out

    def _known(self, name: str) -> Figure | None:
        figure = self._figures.get(name)
        return figure if figure is not None and figure.value is not None else None

    def _from_figure(
        self, key: str, figure: Figure, ceiling: float = float("inf")
    ) -> BusinessInput:
        """An input from a Figure: its interval, or the spread that its basis gets by default."""
        value = figure.value or 0.0
        measured = figure.basis in (Basis.MEASURED, Basis.EXACT)
        spread = self._facts[f"{'measured' if measured else 'predicted'}_without_interval"]
        low = figure.low if figure.low is not None else value * spread["low"]
        high = figure.high if figure.high is not None else value * spread["high"]
        name = self._chosen.device_name if self._chosen else ""
        return BusinessInput(
            key=key,
            value=value,
            low=min(low, value),
            high=min(ceiling, max(high, value)),
            unit=self._assumed[key].unit if key in self._assumed else figure.unit,
            basis=figure.basis,
            source=f"{name}, {self._chosen.variant_name}" if self._chosen else "",
            ref=figure.ref,
            demo=figure.demo or bool(self._chosen and self._chosen.demo),
        )
