"""Targets: machines reachable over SSH, and the trust in their host keys."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from genba.errors import N_, GenbaError, InvalidValue, Message
from genba.jobs import JobContext
from genba.store.workspace import Workspace
from genba.study.base import new_id
from genba.study.device import Target
from genba.usecases.connecting import DEMO, connected, find, known_hosts

if TYPE_CHECKING:
    from genba.remote.trust import HostKey


class FingerprintDiffers(GenbaError):
    """The fingerprint that was given is not the one that the host shows."""

    code = "fingerprint_differs"
    what = N_("{name} shows the host key {shown}, not {wanted}, so it stays untrusted.")
    fix = N_("Compare the fingerprint on the device itself before you trust it.")


class DemoIsBuiltIn(GenbaError):
    """The demo device cannot be changed."""

    code = "demo_is_built_in"
    what = N_("The demo device is built in; its name cannot be used and it needs no trust.")


def add(
    ssh: str,
    *,
    name: str | None = None,
    identity: Path | None = None,
    python: str | None = None,
    home: Path | None = None,
) -> Target:
    """Remember a machine ``[user@]host[:port]``; nothing is connected yet.

    Raises:
        BadAddress: the text is no address. InvalidValue: the key file is not there.
        NameTaken: another target has this name.
    """
    from genba.remote.address import parse_address

    user, host, port = parse_address(ssh)
    if (name or host) == DEMO.name:
        raise DemoIsBuiltIn
    if identity is not None and not Path(identity).expanduser().is_file():
        rule = Message(text=N_("there is no such file"))
        raise InvalidValue(value=identity, field="--identity", rule=rule)
    target = Target(
        target_id=new_id(),
        name=name or host,
        host=host,
        port=port,
        user=user,
        identity=str(Path(identity).expanduser().resolve()) if identity else "",
        python=python or "",
    )
    with Workspace.open(home) as workspace:
        return workspace.targets.add(target)


def list_targets(*, home: Path | None = None) -> tuple[Target, ...]:
    """The built-in demo device, then the user's targets."""
    with Workspace.open(home) as workspace:
        return (DEMO, *workspace.targets.list())


def remove(name: str, *, home: Path | None = None) -> None:
    """Forget a target and its host key.

    Raises:
        DemoIsBuiltIn, UnknownId.
    """
    if name == DEMO.name:
        raise DemoIsBuiltIn
    with Workspace.open(home) as workspace:
        target = workspace.targets.remove(name)
    known_hosts(home).forget(target.host, target.port)


def host_key(name: str, *, job: JobContext, home: Path | None = None) -> HostKey:
    """The host key that a target shows now, compared with the trusted one.

    Raises:
        HostUnknown, HostSilent, PortClosed, NotSsh: no key came.
    """
    from genba.remote.trust import fetch_host_key

    target = _real(name, home)
    job.report(N_("Asking {name} for its host key"), name=target.name)
    return fetch_host_key(target.host, target.port, known_hosts(home), job=job)


def trust(name: str, fingerprint: str, *, job: JobContext, home: Path | None = None) -> Target:
    """Trust the key that the target shows now; its fingerprint must be the given one.

    Raises:
        FingerprintDiffers: it is not.
    """
    target = _real(name, home)
    key = host_key(target.name, job=job, home=home)
    if key.fingerprint != fingerprint.strip():
        raise FingerprintDiffers(name=target.name, shown=key.fingerprint, wanted=fingerprint)
    known_hosts(home).trust(target.host, target.port, key.public)
    with Workspace.open(home) as workspace:
        return workspace.targets.update(
            target.target_id, lambda t: t.model_copy(update={"fingerprint": key.fingerprint})
        )


def probe(name: str, *, job: JobContext, home: Path | None = None) -> dict[str, Any]:
    """What a target is and has: processor, memory, sensors, Pythons, runtimes."""
    from genba.remote.probe import probe as ask

    with connected(find(name, home), job=job, home=home) as link:
        return ask(link.connection, job=job)


def _real(name: str, home: Path | None) -> Target:
    target = find(name, home)
    if target.demo:
        raise DemoIsBuiltIn
    return target
