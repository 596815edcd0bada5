"""Energy of one request: power while working times the time it takes."""

from __future__ import annotations

from dataclasses import dataclass

from genba.study.device import DeviceProfile, Quantity

_TYPICAL_SPREAD = (0.6, 1.5)
_OF_MAXIMUM = (0.3, 0.6, 1.0)
"""Working power as a share of the maximum where no typical power is known. MLPerf's wall power of
Jetson and H100 systems lies at 0.35 to 0.9 of the module limit (assets/measurements)."""


@dataclass(frozen=True, slots=True)
class Power:
    """Watts while working: low, likely, high; `facts` are the profile's quantities behind them."""

    low: float
    value: float
    high: float
    facts: tuple[Quantity, ...]


def power_of(device: DeviceProfile) -> Power | None:
    """The device's working power; None where the profile knows neither typical nor maximum."""
    typical, most = device.typical_w.value, device.max_w.value
    if typical:
        high = max(most or 0.0, typical) if most else typical * _TYPICAL_SPREAD[1]
        low = max(typical * _TYPICAL_SPREAD[0], min(device.idle_w.value or 0.0, typical))
        facts = (device.typical_w, device.max_w) if most else (device.typical_w,)
        return Power(low, typical, high, facts)
    if most:
        low, likely, high = (most * share for share in _OF_MAXIMUM)
        return Power(low, likely, high, (device.max_w,))
    return None
