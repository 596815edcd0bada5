"""The ideal time of a piece of work on a unit: the larger of computing and moving its data.

The roofline model (Williams, Waterman, Patterson, CACM 52(4), 2009): a unit that reaches its peak
needs ``operations / peak`` and ``bytes / bandwidth`` seconds, and overlaps both. Peaks are dense
and count two operations per multiply-accumulate.
"""

from __future__ import annotations

from dataclasses import dataclass

from genba.devices.engines import Unit
from genba.study.costs import ModelCosts, OperatorCost
from genba.study.device import DeviceProfile, Quantity

COMPUTE = "compute"
BANDWIDTH = "memory bandwidth"
OVERHEAD = "overhead"
UNKNOWN = "unknown"

_FALLBACKS = {
    "int8": ("int8", "fp16", "fp32"),
    "fp16": ("fp16", "bf16", "fp32", "int8"),
    "fp32": ("fp32", "fp16", "int8"),
}
"""Which published peak stands for a precision: its own, else the nearest that is known."""

_INTEGER_OPERATORS = frozenset(
    {
        "MatMulInteger", "ConvInteger", "QLinearMatMul", "QLinearConv", "QGemm", "QAttention",
        "DynamicQuantizeMatMul", "QuantizeLinear", "DynamicQuantizeLinear",
    }
)  # fmt: skip
"""Operators that show that activations are quantised too; without them int8 is weights only."""

_BITS = {"float32": 32, "float16": 16, "bfloat16": 16, "int8": 8, "uint8": 8, "int4": 4, "uint4": 4}


@dataclass(frozen=True, slots=True)
class Peak:
    """A unit's peak in operations per second; `key` names the precision that was published."""

    per_s: float
    key: str
    quantity: Quantity


@dataclass(frozen=True, slots=True)
class Work:
    """What one pass asks for: multiply-accumulates, weight bytes, cache bytes, and how.

    `weight_bits` is the nominal width of the weights, `compute` the arithmetic (int8, fp16, fp32).
    """

    macs: float
    weight_bytes: float
    cache_bytes: float
    weight_bits: int
    compute: str


@dataclass(frozen=True, slots=True)
class Ideal:
    """Seconds at full peak and at full bandwidth; None where the device's fact is unknown."""

    compute_s: float | None
    traffic_s: float | None
    peak: Peak | None

    @property
    def seconds(self) -> float | None:
        """The larger of those that are known."""
        known = [t for t in (self.compute_s, self.traffic_s) if t is not None]
        return max(known) if known else None

    @property
    def bound(self) -> str:
        """Which ceiling is the lower one."""
        if self.compute_s is None or self.traffic_s is None:
            return UNKNOWN
        return COMPUTE if self.compute_s >= self.traffic_s else BANDWIDTH


def work_of(costs: ModelCosts, context_tokens: int = 0) -> Work:
    """What one pass of an analysed network asks for, with a cache of `context_tokens` read."""
    bits, compute = arithmetic_of(costs)
    cache = costs.kv_cache_bytes_per_token * context_tokens
    return Work(costs.macs, streamed_bytes(costs), cache, bits, compute)


def streamed_bytes(costs: ModelCosts) -> int:
    """The weights that one pass reads: the file's, or fewer where a table is only looked up."""
    read = sum(min(o.weight_bytes, _gathered(o)) for o in costs.operators)
    return read or costs.weight_bytes


def _gathered(operator: OperatorCost) -> int:
    """A Gather (token embedding) reads the rows that it writes, not the whole table."""
    return operator.write_bytes if operator.op_type == "Gather" else operator.weight_bytes


def arithmetic_of(costs: ModelCosts) -> tuple[int, str]:
    """(bits of most weights, arithmetic): weight-only formats compute in floating point."""
    elements: dict[str, int] = {}
    for operator in costs.operators:
        if operator.precision != "none" and operator.op_type != "Gather":
            weight = operator.weight_elements or operator.weight_bytes
            elements[operator.precision] = elements.get(operator.precision, 0) + weight
    precision = max(elements, key=lambda p: elements[p]) if elements else _by_size(costs)
    bits = _BITS.get(precision, 32)
    integer = any(o.op_type in _INTEGER_OPERATORS for o in costs.operators)
    if bits == 8 and integer:
        return bits, "int8"
    return bits, "fp32" if bits == 32 else "fp16"


def _by_size(costs: ModelCosts) -> str:
    """The format that the file's bytes per parameter suggest."""
    each = costs.weight_bytes / costs.parameters if costs.parameters else 4.0
    return "int4" if each < 0.75 else "int8" if each < 1.5 else "float16" if each < 3 else "float32"


def peak_of(device: DeviceProfile, unit: Unit, compute: str) -> Peak | None:
    """The peak that stands for this arithmetic on this unit."""
    peaks = device.compute.get(unit)
    if peaks is None:
        return None
    for key in _FALLBACKS[compute]:
        quantity: Quantity = getattr(peaks, key)
        if quantity.value:
            return Peak(quantity.value * 1e12, key, quantity)
    return None


def ideal_of(work: Work, device: DeviceProfile, unit: Unit, share: float = 1.0) -> Ideal:
    """Ideal seconds of one pass; `share` is the part of the unit's cores that is used."""
    peak = peak_of(device, unit, work.compute)
    bandwidth = device.bandwidth_theoretical_gbs.value
    traffic = work.weight_bytes + work.cache_bytes
    return Ideal(
        compute_s=2 * work.macs / (peak.per_s * share) if peak else None,
        traffic_s=traffic / (bandwidth * 1e9) if bandwidth else None,
        peak=peak,
    )


OVERHEAD_PER_PASS_S = {"cpu": 20e-6, "gpu": 50e-6, "npu": 200e-6}
OVERHEAD_PER_OPERATOR_S = {"cpu": 3e-6, "gpu": 8e-6, "npu": 2e-6}
OVERHEAD_SPREAD = (0.4, 4.0)
"""Time that passes whatever the size of the work: a call into the runtime, and a launch for every
operator that moves data. Assumed orders of magnitude; two checks: a decoder of 135 million
parameters and 30 layers takes some 5 ms a token on a Jetson Orin Nano, 16 % of its bandwidth; the
text sample in int4 (175 such operators, 3 MB) takes 0.45 ms a token on one core of an EPYC."""


def overhead_of(costs: ModelCosts, unit: Unit) -> tuple[float, float, float]:
    """Seconds below which one pass cannot fall: low, likely, high."""
    launched = sum(1 for o in costs.operators if o.read_bytes + o.write_bytes > 0) or 1
    likely = OVERHEAD_PER_PASS_S[unit] + launched * OVERHEAD_PER_OPERATOR_S[unit]
    return likely * OVERHEAD_SPREAD[0], likely, likely * OVERHEAD_SPREAD[1]


@dataclass(frozen=True, slots=True)
class Breakdown:
    """The graph operator by operator, every tensor through memory (nothing fused).

    `seconds` is the sum of each operator's ideal; `bandwidth_share` the part of it in operators
    that wait for memory; `largest` the operators that take most, with their share.
    """

    seconds: float
    bandwidth_share: float
    largest: tuple[tuple[str, float], ...]


def breakdown(costs: ModelCosts, device: DeviceProfile, unit: Unit) -> Breakdown | None:
    """Sum the roofline over operators; None where the device's facts do not allow it."""
    peak = peak_of(device, unit, arithmetic_of(costs)[1])
    bandwidth = device.bandwidth_theoretical_gbs.value
    if peak is None or not bandwidth or not costs.operators:
        return None
    total = waiting = 0.0
    by_type: dict[str, float] = {}
    for operator in costs.operators:
        moved = min(operator.weight_bytes, _gathered(operator))
        moved += max(0, operator.read_bytes - operator.weight_bytes) + operator.write_bytes
        if operator.op_type == "Gather":
            moved = 2 * operator.write_bytes
        compute_s, traffic_s = 2 * operator.macs / peak.per_s, moved / (bandwidth * 1e9)
        seconds = max(compute_s, traffic_s)
        total += seconds
        waiting += seconds if traffic_s > compute_s else 0.0
        by_type[operator.op_type] = by_type.get(operator.op_type, 0.0) + seconds
    if not total:
        return None
    order = sorted(by_type, key=lambda name: -by_type[name])[:3]
    return Breakdown(total, waiting / total, tuple((n, by_type[n] / total) for n in order))
