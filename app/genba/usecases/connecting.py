"""Finds a target and connects to it; the built-in demo device is started for the occasion."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from genba.errors import N_
from genba.jobs import JobContext
from genba.store.home import resolve_home
from genba.store.workspace import Workspace
from genba.study.device import Target

if TYPE_CHECKING:
    from genba.remote.connection import Connection
    from genba.remote.trust import HostKeys, KnownHosts

DEMO = Target(target_id="demo", name="demo", host="127.0.0.1", device_id="demo")


@dataclass(frozen=True, slots=True)
class Link:
    """An open connection, and the host keys with which it may be made again."""

    connection: Connection
    host_keys: HostKeys


def find(name: str, home: Path | None) -> Target:
    """One target by name, id or prefix.

    Raises:
        UnknownId: there is none.
    """
    if name == DEMO.name:
        return DEMO
    with Workspace.open(home) as workspace:
        return workspace.targets.find(name)


@contextmanager
def connected(target: Target, *, job: JobContext, home: Path | None = None) -> Iterator[Link]:
    """A connection to a target; the demo device is started for it and ends with it.

    Raises:
        HostUntrusted, HostKeyChanged, HostSilent, LoginRefused and their kin.
    """
    from genba.remote.address import endpoint_of
    from genba.remote.connection import connect
    from genba.remote.demo_device import start_demo_device

    if target.demo:
        job.report(N_("Starting the demo device"), None)
        with (
            start_demo_device(job=job) as device,
            connect(device.endpoint, device.host_keys, job=job) as connection,
        ):
            yield Link(connection, device.host_keys)
        return
    job.report(N_("Connecting to {name}"), None, name=target.name)
    keys = known_hosts(home)
    with connect(endpoint_of(target), keys, job=job) as connection:
        yield Link(connection, keys)


def known_hosts(home: Path | None) -> KnownHosts:
    """Genba's own file of trusted host keys."""
    from genba.remote.trust import KNOWN_HOSTS_NAME, KnownHosts

    return KnownHosts(resolve_home(home) / KNOWN_HOSTS_NAME)
