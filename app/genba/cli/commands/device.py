"""`genba device`: the catalogue of device profiles."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from genba.cli.parser import Commands
from genba.cli.terminal import Terminal
from genba.errors import N_
from genba.study.device import DeviceProfile, Quantity
from genba.study.words import CHIP_STAGES


def register(commands: Commands) -> None:
    """Declare the verbs."""
    group = commands.group("device", N_("list, show and add device profiles; probe a target"))
    group.add("list", N_("list the device profiles"), list_)
    parser = group.add("show", N_("show one profile with the sources of its facts"), show)
    parser.add_argument("device", metavar="ID")
    parser = group.add("add", N_("add a device profile of your own"), add)
    parser.add_argument("file", metavar="FILE", type=Path)
    parser = group.add("probe", N_("ask a target what it is and what it has"), probe)
    parser.add_argument("target", metavar="TARGET")


def list_(options: argparse.Namespace, terminal: Terminal) -> None:
    """List the device profiles."""
    from genba.usecases import devices

    found = devices.list_devices()
    quantity = terminal.language.quantity
    terminal.answer(
        {"devices": [_summary(profile) for profile in found]},
        lambda: terminal.table(
            [N_("Id"), N_("Name"), N_("Stage"), N_("Memory"), N_("Price")],
            [
                [
                    profile.id,
                    profile.name,
                    terminal.language.text(CHIP_STAGES[profile.stage]),
                    _text(profile.memory_bytes, lambda v: quantity(v, "byte")),
                    _text(
                        profile.price,
                        lambda v, c=profile.price_currency: terminal.language.money(v, c),
                    ),
                ]
                for profile in found
            ],
        ),
    )


def show(options: argparse.Namespace, terminal: Terminal) -> None:
    """Show one profile."""
    from genba.usecases import devices

    _answer(devices.show(options.device), terminal)


def add(options: argparse.Namespace, terminal: Terminal) -> None:
    """Add a profile of one's own."""
    from genba.usecases import devices

    _answer(devices.add(options.file), terminal)


def probe(options: argparse.Namespace, terminal: Terminal) -> None:
    """Ask a target what it is."""
    from genba.usecases import targets

    facts = terminal.work(targets.probe, options.target)

    def human() -> None:
        terminal.table([N_("Fact"), N_("Value")], sorted((k, str(v)) for k, v in facts.items()))

    terminal.answer(facts, human)


def _text(quantity: Quantity, render: Any) -> str:
    return "" if quantity.value is None else str(render(quantity.value))


def _summary(profile: DeviceProfile) -> dict[str, Any]:
    document = profile.model_dump(mode="json", exclude={"sources"})
    return {"device_id": document.pop("id"), **document}


def _answer(profile: DeviceProfile, terminal: Terminal) -> None:
    document = profile.model_dump(mode="json")
    document = {"device_id": document.pop("id"), **document}

    def human() -> None:
        rows = []
        for name, value in profile:
            if isinstance(value, Quantity) and value.value is not None:
                rows.append([name, value.value, value.confidence, value.source])
            elif isinstance(value, str | tuple) and value:
                rows.append(
                    [name, value if isinstance(value, str) else ", ".join(map(str, value)), "", ""]
                )
        terminal.table([N_("Fact"), N_("Value"), N_("Confidence"), N_("Source")], rows)

    terminal.answer(document, human)
