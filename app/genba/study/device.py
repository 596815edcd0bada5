"""Device profiles and targets."""

from __future__ import annotations

from typing import Any, Literal

from genba.study.base import Data

DEMO_ID = "demo"
"""The built-in demo device: the id of its profile and the name of its target."""

Confidence = Literal[
    "vendor_datasheet", "vendor_page", "independent_measurement", "third_party_report",
    "derived", "from_memory", "measured_here",
]  # fmt: skip

Stage = Literal[
    "existing_edge_chip", "low_power_accelerator_or_fpga", "dedicated_asic", "cloud", "demo"
]


class Quantity(Data):
    """A fact with its source; `value` is None where it was not found or not published."""

    value: float | None = None
    source: str | None = None
    confidence: Confidence | None = None
    note: str | None = None


class ComputePeaks(Data):
    """Dense peaks of one unit: TFLOPS for floating point, TOPS for integers (two per MAC)."""

    fp32: Quantity = Quantity()
    fp16: Quantity = Quantity()
    bf16: Quantity = Quantity()
    fp8: Quantity = Quantity()
    fp4: Quantity = Quantity()
    int8: Quantity = Quantity()
    int4: Quantity = Quantity()


class PowerMode(Data):
    """A named power mode; `overrides` hold what changes with it (clocks, bandwidth, peaks)."""

    name: str
    power_w: Quantity = Quantity()
    overrides: dict[str, Quantity] = {}


class CpuCluster(Data):
    """Equal cores of a CPU that has several kinds."""

    name: str
    cores: int
    freq_ghz: float


class Headline(Data):
    """The number of the vendor's brochure; `sparse` when structured sparsity is counted in it."""

    value: Quantity
    unit: Literal["TOPS", "TFLOPS"]
    precision: str
    sparse: bool = False


class DeviceProfile(Data):
    """The facts of a device type, each with its source.

    `compute` maps a unit (``cpu``, ``gpu``, ``npu``) to its peaks. Bandwidth in GB/s (10^9),
    memory in bytes, power in W, price in its own currency.
    """

    id: str
    name: str
    vendor: str
    device_class: str
    stage: Stage
    cpu_arch: str
    cpu_name: str
    cpu_cores: Quantity = Quantity()
    cpu_freq_ghz: Quantity = Quantity()
    cpu_isa: tuple[str, ...] = ()
    cpu_isa_source: str = ""
    cpu_clusters: tuple[CpuCluster, ...] = ()
    compute: dict[str, ComputePeaks] = {}
    memory_bytes: Quantity = Quantity()
    memory_usable_bytes: Quantity = Quantity()
    memory_type: str = ""
    memory_note: str = ""
    bandwidth_theoretical_gbs: Quantity = Quantity()
    bandwidth_measured_gbs: Quantity = Quantity()
    memory_shared: bool = True
    idle_w: Quantity = Quantity()
    typical_w: Quantity = Quantity()
    max_w: Quantity = Quantity()
    power_modes: tuple[PowerMode, ...] = ()
    price: Quantity = Quantity()
    price_currency: str = ""
    price_date: str = ""
    price_kind: str = ""
    runtimes: tuple[str, ...] = ()
    host_device_ids: tuple[str, ...] = ()
    temperature_c_min: Quantity = Quantity()
    temperature_c_max: Quantity = Quantity()
    available_until: str = ""
    available_until_source: str = ""
    available_until_confidence: Confidence | None = None
    lifetime_note: str = ""
    headline: Headline | None = None
    storage: str = ""
    storage_source: str = ""
    notes: str = ""
    sources: dict[str, dict[str, Any]] = {}
    verified_on_hardware: bool = False


class Target(Data):
    """One real machine reachable over SSH. Nothing secret is stored.

    `identity` is the path of a private key, `python` the interpreter on the device to use,
    `fingerprint` the trusted host key's (empty while not trusted). ``demo`` is built in.
    """

    target_id: str
    name: str
    host: str
    port: int = 22
    user: str = ""
    identity: str = ""
    python: str = ""
    fingerprint: str = ""
    host_key: str = ""
    device_id: str = ""

    @property
    def demo(self) -> bool:
        """Whether this is the built-in demo device."""
        return self.name == DEMO_ID
