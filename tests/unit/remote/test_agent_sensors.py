"""What the agent reads of temperature, power and clock, on trees like those of real boards."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))
from sysfs import unfold

from genba.remote.agent import Sensors, cpu_quota, describe_moment, throttle_count

SECOND = 1_000_000_000


def test_the_input_rail_of_an_orin_nano_is_the_whole_power(tmp_path: Path) -> None:
    """5.016 V times 0.952 A; the other rails are fed by it and must not be added."""
    sensors = Sensors(str(unfold("jetson-orin-nano", tmp_path)))
    assert sensors.power_w(SECOND) == pytest.approx(5.016 * 0.952)
    assert sensors.describe()["power_source"] == "VDD_IN"


def test_without_an_input_rail_the_rails_add_up(tmp_path: Path) -> None:
    """20 V x 0.25 A + 20 V x 0.1 A + 5 V x 0.8 A + 5 V x 0.1 A; the NC channel does not count."""
    sensors = Sensors(str(unfold("jetson-agx-orin", tmp_path)))
    assert sensors.power_w(SECOND) == pytest.approx(5.0 + 2.0 + 4.0 + 0.5)
    assert "NC" not in sensors.describe()["power_source"]


def test_the_older_jetson_driver_gives_milliwatts(tmp_path: Path) -> None:
    sensors = Sensors(str(unfold("jetson-nano-r32", tmp_path)))
    assert sensors.power_w(SECOND) == pytest.approx(2.147)
    assert sensors.describe()["power_source"] == "POM_5V_IN"


def test_a_constant_zone_of_the_power_chip_is_no_temperature(tmp_path: Path) -> None:
    sensors = Sensors(str(unfold("jetson-nano-r32", tmp_path)))
    assert sensors.temperature_c() == 39.5


def test_the_hottest_readable_zone_counts(tmp_path: Path) -> None:
    """cv0-thermal has no readable temperature while its unit is off."""
    sensors = Sensors(str(unfold("jetson-orin-nano", tmp_path)))
    assert sensors.temperature_c() == 48.0
    assert sensors.describe()["temperature_zones"] == ["cpu-thermal", "gpu-thermal", "tj-thermal"]


def test_rapl_is_energy_over_time_and_wraps(tmp_path: Path) -> None:
    """328,850 uJ to the range's end and 1,671,150 uJ after it: 2 J in half a second are 4 W."""
    root = unfold("x86-rapl", tmp_path)
    sensors = Sensors(str(root))
    counter = root / "class/powercap/intel-rapl:0/energy_uj"
    sensors.power_w(10 * SECOND)
    counter.write_text("1671150\n")
    assert sensors.power_w(10 * SECOND + SECOND // 2) == pytest.approx(4.0)
    assert sensors.describe()["power_source"] == "rapl:package-0"


def test_rapl_prefers_the_whole_platform(tmp_path: Path) -> None:
    root = unfold("x86-rapl", tmp_path)
    for name, value in (("name", "psys"), ("energy_uj", "5"), ("max_energy_range_uj", "1000000")):
        path = root / "class/powercap/intel-rapl:1" / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(value)
    assert Sensors(str(root)).describe()["power_source"] == "rapl:psys"


def test_a_board_without_a_power_sensor_says_so(tmp_path: Path) -> None:
    sensors = Sensors(str(unfold("raspberry-pi-4", tmp_path)))
    assert sensors.power_w(SECOND) is None
    assert sensors.describe()["power_source"] == ""
    assert sensors.temperature_c() == pytest.approx(62.322)
    assert sensors.cpu_mhz() == 1800.0


def test_the_clock_is_the_mean_over_the_cores(tmp_path: Path) -> None:
    sensors = Sensors(str(unfold("jetson-orin-nano", tmp_path)))
    assert sensors.cpu_mhz() == pytest.approx((1510.4 + 729.6) / 2)


def test_a_sensor_that_stops_answering_is_missing_not_zero(tmp_path: Path) -> None:
    root = unfold("jetson-orin-nano", tmp_path)
    sensors = Sensors(str(root))
    (root / "class/hwmon/hwmon1/curr1_input").unlink()
    assert sensors.power_w(SECOND) is None


def test_throttling_is_counted_where_the_system_says_it(tmp_path: Path) -> None:
    assert throttle_count(str(unfold("x86-rapl", tmp_path / "x86"))) == 7
    # 0x50005: under-voltage and throttled, now (bits 0 and 2) and before (bits 16 and 18).
    assert throttle_count(str(unfold("raspberry-pi-4", tmp_path / "pi"))) == 2
    assert throttle_count(str(tmp_path / "nothing")) is None


def test_governor_and_cpu_quota(tmp_path: Path) -> None:
    root = unfold("raspberry-pi-4", tmp_path)
    assert describe_moment(str(root))["governor"] == "ondemand"
    assert cpu_quota(str(root)) is None
    (root / "fs/cgroup").mkdir(parents=True)
    (root / "fs/cgroup/cpu.max").write_text("50000 100000\n")
    assert cpu_quota(str(root)) == 0.5
    (root / "fs/cgroup/cpu.max").write_text("max 100000\n")
    assert cpu_quota(str(root)) is None
