from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

from genba.devices import catalogue
from genba.devices.catalogue import DeviceFileInvalid
from genba.errors import NotWritable, UnknownId
from genba.resources import asset
from genba.study.device import DeviceProfile, Quantity

MINUS_ONE = {"value": -1, "confidence": "derived"}


def write(path: Path, **changes: Any) -> Path:
    """A small valid profile with some fields changed (None: left out)."""
    content: dict[str, Any] = {
        "id": "my-board", "name": "My board", "vendor": "We", "device_class": "sbc",
        "stage": "existing_edge_chip", "cpu_arch": "arm64", "cpu_name": "Cortex-A76",
        "memory_bytes": {"value": 8 * 2**30, "confidence": "measured_here"},
        "runtimes": ["onnxruntime:CPUExecutionProvider"],
    }  # fmt: skip
    content |= changes
    path.write_text(json.dumps({k: v for k, v in content.items() if v is not None}))
    return path


def test_42_devices_ship_and_this_computer_is_one_more() -> None:
    ids = [p.id for p in catalogue.profiles(None)]
    assert len(ids) == 43
    assert ids == sorted(ids)
    assert "demo" in ids


def test_every_known_fact_names_its_source_and_its_confidence() -> None:
    for profile in catalogue.profiles(None):
        for field, quantity in catalogue._quantities(profile):
            if quantity.value is not None:
                assert quantity.confidence, f"{profile.id} {field}"
                assert quantity.source in profile.sources or profile.id == "demo", field


def test_shipped_files_hold_nothing_that_the_profile_does_not() -> None:
    for path in asset("devices").glob("*-*.json"):
        raw = json.loads(path.read_text("utf-8"))
        assert catalogue.to_file(DeviceProfile.model_validate(raw)) == raw, path.name


def test_facts_are_those_of_the_collection() -> None:
    orin = catalogue.profile("jetson-agx-orin-64gb", None)
    assert orin.bandwidth_theoretical_gbs.value == 204.8
    assert orin.compute["gpu"].int8.value == 85.2
    assert orin.headline is not None
    assert orin.headline.sparse
    pi = catalogue.profile("raspberry-pi-5", None)
    assert (pi.price.value, pi.price_currency, pi.price_date) == (80, "USD", "2023-10")
    assert not any(p.verified_on_hardware for p in catalogue.profiles(None))


def test_the_demo_device_is_this_computer_and_admits_what_it_does_not_know() -> None:
    demo = catalogue.profile("demo", None)
    assert demo.stage == "demo"
    assert demo.cpu_cores.value == len(os.sched_getaffinity(0))
    total, free = demo.memory_bytes.value, demo.memory_usable_bytes.value
    assert total is not None
    assert free is not None
    assert 2**28 < free <= total
    assert demo.compute == {}
    assert demo.bandwidth_theoretical_gbs == Quantity()


def test_a_device_is_found_by_id_or_unique_beginning() -> None:
    assert catalogue.profile("raspberry-pi-5", None).name.startswith("Raspberry Pi 5")
    assert catalogue.profile("nxp-imx95", None) == catalogue.profile("nxp-imx9", None)
    for missing in ("raspberry", "nonsense", ""):
        with pytest.raises(UnknownId):
            catalogue.profile(missing, None)


def test_a_user_s_profile_is_kept_and_wins_over_a_shipped_one(tmp_path: Path) -> None:
    home = tmp_path / "home"
    added = catalogue.add(write(tmp_path / "f.json", id="raspberry-pi-5"), home)

    assert catalogue.profile("raspberry-pi-5", home) == added
    assert len(catalogue.profiles(home)) == 43
    assert catalogue.profile("raspberry-pi-5", None) != added
    renamed = catalogue.add(write(tmp_path / "f.json", name="New name"), home)
    assert catalogue.profile("my-board", home) == renamed


def test_what_is_shown_can_be_edited_and_added(tmp_path: Path) -> None:
    shown = catalogue.profile("intel-n100", None).model_dump(mode="json")
    (tmp_path / "f.json").write_text(json.dumps(shown | {"id": "my-n100"}))
    added = catalogue.add(tmp_path / "f.json", tmp_path / "home")
    assert (
        added.bandwidth_theoretical_gbs
        == catalogue.profile("intel-n100", None).bandwidth_theoretical_gbs
    )


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"name": None}, "name"),
        ({"stage": "toy"}, "stage"),
        ({"colour": "red"}, "colour"),
        ({"id": "Bad Id"}, "id"),
        ({"id": "demo"}, "id"),
        ({"memory_bytes": {"value": 8, "confidence": "derived"}}, "memory_bytes"),
        ({"memory_bytes": {"value": 8e9}}, "memory_bytes"),
        ({"memory_bytes": {"value": 8e9, "confidence": "guess"}}, "memory_bytes.confidence"),
        ({"typical_w": MINUS_ONE}, "typical_w"),
        ({"compute": {"tpu": {}}}, "compute.tpu"),
        (
            {"compute": {"cpu": {"fp32": {"value": -1, "confidence": "derived"}}}},
            "compute.cpu.fp32",
        ),
    ],
)
def test_a_profile_that_breaks_a_rule_is_refused_by_file_and_field(
    tmp_path: Path, changes: dict[str, Any], field: str
) -> None:
    with pytest.raises(DeviceFileInvalid) as caught:
        catalogue.add(write(tmp_path / "mine.json", **changes), tmp_path / "home")
    assert caught.value.params["file"] == "mine.json"
    assert caught.value.params["field"] == field
    assert not (tmp_path / "home").exists()


@pytest.mark.parametrize("text", ["", "{", "[" * 100_000, "[]", '{"id": NaN}', "\x80"])
def test_what_is_no_profile_at_all_is_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / "f.json").write_bytes(text.encode("latin-1"))
    with pytest.raises(DeviceFileInvalid):
        catalogue.add(tmp_path / "f.json", tmp_path / "home")
    for path in (tmp_path, tmp_path / "absent"):
        with pytest.raises(DeviceFileInvalid):
            catalogue.add(path, tmp_path / "home")


def test_one_broken_file_does_not_hide_the_others(tmp_path: Path) -> None:
    catalogue.add(write(tmp_path / "f.json"), tmp_path)
    (tmp_path / "devices" / "broken.json").write_text("{")

    assert len(catalogue.profiles(tmp_path)) == 44
    (problem,) = catalogue.problems(tmp_path)
    assert problem.params["file"] == "broken.json"
    with pytest.raises(DeviceFileInvalid):
        catalogue.profile("broken", tmp_path)


def test_a_home_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(NotWritable):
        catalogue.add(write(tmp_path / "f.json"), tmp_path / "file")
