"""Whom we trust: host keys, seen once and confirmed by the user, in a file of Genba's own."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Literal, Protocol

from genba.errors import N_, InvalidValue, Message, NotWritable
from genba.files import disk_errors, reason_of, replacing
from genba.jobs import JobContext

if TYPE_CHECKING:
    import asyncssh

KNOWN_HOSTS_NAME = "known_hosts"
CONNECT_TIMEOUT_S = 10.0

State = Literal["new", "same", "changed"]


@dataclass(frozen=True, slots=True)
class HostKey:
    """The key that a host shows, and what we knew about it. `public` is its OpenSSH line."""

    algorithm: str
    fingerprint: str
    state: State
    old_fingerprint: str = ""
    public: str = ""


class HostKeys(Protocol):
    """Where trusted host keys come from."""

    def lines(self, host: str, port: int) -> tuple[str, ...]:
        """The trusted public keys of a host, as ``ssh-ed25519 AAAA…``."""
        ...


@dataclass(frozen=True, slots=True)
class FixedHostKeys:
    """Keys known beforehand, such as the demo device's."""

    keys: dict[tuple[str, int], str] = field(default_factory=dict)

    def lines(self, host: str, port: int) -> tuple[str, ...]:
        """The one key given for that host and port."""
        key = self.keys.get((host, port))
        return () if key is None else (key,)


@dataclass(frozen=True, slots=True)
class KnownHosts:
    """Genba's own file in OpenSSH's format: one key a host, ``[host]:port`` off port 22."""

    path: Path

    def lines(self, host: str, port: int) -> tuple[str, ...]:
        """The trusted public keys of exactly this host and port."""
        name = host_name(host, port)
        return tuple(key for known, key in self._entries() if known == name)

    def trust(self, host: str, port: int, public: str) -> None:
        """Trust exactly this key for the host from now on; the old one is forgotten.

        Raises:
            InvalidValue: `public` is no public key.
            NotWritable, DiskFull: the file cannot be written.
        """
        fingerprint_of(public)
        name = host_name(host, port)
        kept = [f"{known} {key}" for known, key in self._entries() if known != name]
        self._write([*kept, f"{name} {' '.join(public.split()[:2])}"])

    def forget(self, host: str, port: int) -> None:
        """Trust no key of this host any more."""
        name = host_name(host, port)
        self._write([f"{known} {key}" for known, key in self._entries() if known != name])

    def _entries(self) -> list[tuple[str, str]]:
        try:
            text = self.path.read_text(encoding="utf-8", errors="replace")
        except FileNotFoundError:
            return []
        except OSError as error:
            raise NotWritable(path=str(self.path), reason=reason_of(error)) from error
        entries = []
        for line in text.splitlines():
            parts = line.split()
            if len(parts) >= 3 and not line.startswith(("#", "@", "|")):
                entries.append((parts[0], " ".join(parts[1:3])))
        return entries

    def _write(self, lines: list[str]) -> None:
        with disk_errors(self.path):
            self.path.parent.mkdir(parents=True, exist_ok=True)
            with replacing(self.path) as draft:
                draft.chmod(0o600)
                draft.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")


def host_name(host: str, port: int) -> str:
    """How OpenSSH writes a host in its file."""
    return host if port == 22 else f"[{host}]:{port}"


def fingerprint_of(public: str) -> str:
    """``SHA256:…`` of a public key line.

    Raises:
        InvalidValue: it is none.
    """
    return _import(public).get_fingerprint("sha256")


def _import(public: str) -> asyncssh.SSHKey:
    import asyncssh

    try:
        return asyncssh.import_public_key(public)
    except (asyncssh.KeyImportError, ValueError) as error:
        raise InvalidValue(
            field="host_key", value=public[:40], rule=Message(text=N_("an OpenSSH public key"))
        ) from error


def fetch_host_key(
    host: str, port: int, known: HostKeys, *, job: JobContext | None = None
) -> HostKey:
    """Ask a host for its key without logging in, and compare it with what we know.

    Asks for the algorithm of the known key first, so that a host with several keys is not taken
    for a changed one.

    Raises:
        HostUnknown, HostSilent, PortClosed, NotSsh: no key came.
        Cancelled: the job was cancelled.
    """
    from genba.remote.loop import call

    old = known.lines(host, port)
    algorithm, public = call(_fetch(host, port, old), job)
    fingerprint = fingerprint_of(public)
    if not old:
        return HostKey(algorithm, fingerprint, "new", "", public)
    fingerprints = [fingerprint_of(line) for line in old]
    if fingerprint in fingerprints:
        return HostKey(algorithm, fingerprint, "same", fingerprint, public)
    return HostKey(algorithm, fingerprint, "changed", fingerprints[0], public)


async def _fetch(host: str, port: int, old: tuple[str, ...]) -> tuple[str, str]:
    import asyncio

    import asyncssh

    from genba.remote.algorithms import HOST_KEYS, KEY_EXCHANGES, host_key_algorithms
    from genba.remote.problems import translated

    async def ask(algorithms: list[str]) -> asyncssh.SSHKey | None:
        return await asyncio.wait_for(
            asyncssh.get_server_host_key(
                host, port, config=None, kex_algs=KEY_EXCHANGES, server_host_key_algs=algorithms
            ),
            CONNECT_TIMEOUT_S,
        )

    with translated(host, port, CONNECT_TIMEOUT_S):
        preferred = [name for line in old for name in host_key_algorithms(line.split()[0])]
        key = None
        if preferred:
            try:
                key = await ask(preferred)
            except (asyncssh.DisconnectError, ConnectionError):
                key = None  # it no longer has such a key; whichever side said so first
        key = key or await ask(HOST_KEYS)
        if key is None:
            raise asyncssh.ProtocolError("no host key")
    return key.get_algorithm(), key.export_public_key().decode().strip()
