"""A connection to a device: asyncssh behind plain blocking calls.

Everything runs on the SSH loop's thread; the caller's thread waits, and a cancelled job ends its
wait at once. No agent, X11 or port forwarding, no passwords, no prompts, none of the user's
ssh_config: only a key, to a host whose key is trusted.
"""

from __future__ import annotations

import asyncio
import contextlib
import queue
import time
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import asyncssh

from genba.errors import N_, Message
from genba.files import reason_of
from genba.jobs import JobContext
from genba.remote.address import Endpoint
from genba.remote.algorithms import (
    CIPHERS,
    HOST_KEYS,
    KEY_EXCHANGES,
    MACS,
    host_key_algorithms,
)
from genba.remote.errors import (
    HostKeyChanged,
    HostUntrusted,
    IdentityUnusable,
    LinkLost,
    LoginRefused,
    NotSsh,
)
from genba.remote.loop import call, submit
from genba.remote.problems import translated
from genba.remote.trust import CONNECT_TIMEOUT_S, HostKeys, fetch_host_key

LOGIN_TIMEOUT_S = 20.0
KEEPALIVE_PERIOD_S = 5
KEEPALIVE_MISSES = 3
QUEUE_CHUNKS = 256
CHUNK_BYTES = 65536


@dataclass(frozen=True, slots=True)
class Completed:
    """A command that ended. `status` is None when a signal ended it or the link broke."""

    status: int | None
    output: bytes
    errors: bytes


def connect(
    endpoint: Endpoint, host_keys: HostKeys, *, job: JobContext | None = None
) -> Connection:
    """Log in to a device whose host key is trusted.

    Raises:
        HostUntrusted: no key of that host is trusted yet.
        HostKeyChanged: it shows another key than the trusted one; nothing was sent.
        HostUnknown, HostSilent, PortClosed, NotSsh: there is no way to it.
        LoginRefused, IdentityUnusable: our key does not open it.
        Cancelled: the job was cancelled.
    """
    trusted = host_keys.lines(endpoint.host, endpoint.port)
    if not trusted:
        shown = fetch_host_key(endpoint.host, endpoint.port, host_keys, job=job)
        raise HostUntrusted(name=endpoint.name, fingerprint=shown.fingerprint)
    options = _options(endpoint, trusted)
    try:
        return Connection(endpoint, call(_login(endpoint, options), job))
    except (NotSsh, LinkLost):
        # A host that has no key of the trusted algorithm any more ends the key exchange, and which
        # side does it first decides what we see. So look at the key that it has now.
        shown = fetch_host_key(endpoint.host, endpoint.port, host_keys, job=job)
        if shown.state != "changed":
            raise
        raise HostKeyChanged(
            name=endpoint.name,
            fingerprint=shown.fingerprint,
            old_fingerprint=shown.old_fingerprint,
        ) from None


def _options(endpoint: Endpoint, trusted: tuple[str, ...]) -> dict[str, Any]:
    """The arguments of asyncssh.connect. `known_hosts` is never None: that would check nothing."""
    keys = [asyncssh.import_public_key(line) for line in trusted]
    algorithms = [a for line in trusted for a in host_key_algorithms(line.split()[0])]
    options: dict[str, Any] = {
        "username": endpoint.login,
        "known_hosts": lambda _host, _address, _port: (keys, [], []),
        "server_host_key_algs": algorithms or HOST_KEYS,
        "kex_algs": KEY_EXCHANGES,
        "encryption_algs": CIPHERS,
        "mac_algs": MACS,
        "compression_algs": ["none"],
        "config": None,
        "preferred_auth": ["publickey"],
        "password": None,
        "gss_host": None,
        "x509_trusted_certs": None,
        "agent_forwarding": False,
        "connect_timeout": CONNECT_TIMEOUT_S,
        "login_timeout": LOGIN_TIMEOUT_S,
        "keepalive_interval": KEEPALIVE_PERIOD_S,
        "keepalive_count_max": KEEPALIVE_MISSES,
    }
    if endpoint.client_key is not None:
        options.update(client_keys=[asyncssh.import_private_key(endpoint.client_key)])
        options.update(agent_path=None)
    elif endpoint.identity:
        options.update(client_keys=[_identity(endpoint.identity)], agent_path=None)
    return options


def _identity(path: str) -> asyncssh.SSHKeyPair | asyncssh.SSHKey:
    file = Path(path).expanduser()
    try:
        return asyncssh.read_private_key(file)
    except FileNotFoundError:
        reason = Message(text=N_("there is no such file"))
    except OSError as error:
        reason = Message(text=reason_of(error))
    except asyncssh.KeyEncryptionError:
        reason = Message(text=N_("it needs a passphrase"))
    except (asyncssh.KeyImportError, ValueError):
        reason = Message(text=N_("it is not a private key"))
    raise IdentityUnusable(path=path, reason=reason)


async def _login(endpoint: Endpoint, options: dict[str, Any]) -> asyncssh.SSHClientConnection:
    with translated(endpoint.host, endpoint.port, CONNECT_TIMEOUT_S):
        try:
            return await asyncssh.connect(endpoint.host, endpoint.port, **options)
        except asyncssh.PermissionDenied as error:
            raise LoginRefused(host=endpoint.host, user=endpoint.login) from error


class Connection:
    """An open connection. Its methods block; any thread may call them, and `close` ends all."""

    def __init__(self, endpoint: Endpoint, link: asyncssh.SSHClientConnection) -> None:
        self.endpoint = endpoint
        self._link = link

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    @property
    def open(self) -> bool:
        """Whether the link still stands, as far as this side knows."""
        return not self._link.is_closed()

    @property
    def link(self) -> asyncssh.SSHClientConnection:
        """The library's connection, for `transfer`; use it on the SSH loop only."""
        return self._link

    def close(self) -> None:
        """Close the link; running commands see their input end. Never raises."""

        async def work() -> None:
            self._link.close()
            with contextlib.suppress(TimeoutError, OSError, asyncssh.Error):
                await asyncio.wait_for(self._link.wait_closed(), 2.0)

        submit(work()).result()

    def abort(self) -> None:
        """Drop the link without a goodbye, as a pulled cable would."""

        async def work() -> None:
            self._link.abort()

        submit(work()).result()

    def start(self, command: str, data: bytes = b"", *, job: JobContext | None = None) -> Channel:
        """Start a command, send `data` to it, and leave its input open.

        Raises:
            LinkLost: the link broke.
            Cancelled: the job was cancelled.
        """

        async def work() -> Channel:
            try:
                process = await self._link.create_process(command, encoding=None)
            except (asyncssh.Error, OSError) as error:
                raise LinkLost(host=self.endpoint.host) from error
            return Channel(self, process)

        channel = call(work(), job)
        if data:
            try:
                channel.send(data, job=job)
            except LinkLost:
                # A command that ended without reading its input looks the same from here; then
                # the link still stands, and its exit status says why.
                if not self.open:
                    raise
        return channel

    def run(
        self,
        command: str,
        data: bytes = b"",
        *,
        timeout_s: float = 30.0,
        job: JobContext | None = None,
    ) -> Completed:
        """Run a command to its end with `data` as its whole input; keeps 1 MiB of its output.

        Raises:
            LinkLost: the link broke, or the command took longer than `timeout_s`.
            Cancelled: the job was cancelled.
        """
        channel = self.start(command, data, job=job)
        try:
            channel.end_input()
            output, deadline = b"", time.monotonic() + timeout_s
            while not channel.ended:
                if time.monotonic() > deadline:
                    raise LinkLost(host=self.endpoint.host)
                output = (output + (channel.receive(0.5, job=job) or b""))[: 1 << 20]
            return Completed(channel.status, output, channel.errors)
        finally:
            channel.close()


class Channel:
    """One running command: bytes in, bytes out."""

    def __init__(self, connection: Connection, process: asyncssh.SSHClientProcess[bytes]) -> None:
        """Call on the SSH loop."""
        self._connection = connection
        self._process = process
        self._chunks: queue.Queue[bytes] = queue.Queue(QUEUE_CHUNKS)
        self._over = False
        self.errors = b""
        self._readers = [
            asyncio.ensure_future(self._read()),
            asyncio.ensure_future(self._read_errors()),
        ]

    async def _read(self) -> None:
        try:
            while data := await self._process.stdout.read(CHUNK_BYTES):
                while self._chunks.full():  # a slow consumer stops the window, not the loop
                    await asyncio.sleep(0.01)
                self._chunks.put_nowait(data)
            await asyncio.wait_for(self._process.wait_closed(), 5.0)
        except (asyncssh.Error, OSError, TimeoutError):
            pass
        finally:
            self._over = True
            with contextlib.suppress(queue.Full):
                self._chunks.put_nowait(b"")

    async def _read_errors(self) -> None:
        with contextlib.suppress(asyncssh.Error, OSError):
            while data := await self._process.stderr.read(4096):
                self.errors = (self.errors + data)[-4096:]

    @property
    def ended(self) -> bool:
        """Whether the command's output is over and all of it was received."""
        return self._over and self._chunks.empty()

    @property
    def status(self) -> int | None:
        """The exit status; None while it runs, after a signal, or when the link broke."""
        return self._process.exit_status

    @property
    def lost(self) -> bool:
        """Whether it ended without saying how: the link broke."""
        return (
            self._over and self._process.exit_status is None and self._process.exit_signal is None
        )

    def receive(self, timeout_s: float, *, job: JobContext | None = None) -> bytes | None:
        """The next bytes; None after `timeout_s` without any, and at the end (see `ended`).

        Raises:
            Cancelled: the job was cancelled.
        """
        job = job or JobContext()
        with job.when_cancelled(self._wake):
            job.check()
            try:
                data = self._chunks.get(timeout=timeout_s)
            except queue.Empty:
                data = b""
            job.check()
        return data or None

    def _wake(self) -> None:
        with contextlib.suppress(queue.Full):
            self._chunks.put_nowait(b"")

    def send(self, data: bytes, *, job: JobContext | None = None) -> None:
        """Send bytes, as fast as the device takes them.

        Raises:
            LinkLost: the link broke or the command no longer reads.
            Cancelled: the job was cancelled.
        """

        async def work() -> None:
            try:
                self._process.stdin.write(data)
                await self._process.stdin.drain()
            except (asyncssh.Error, OSError) as error:
                raise LinkLost(host=self._connection.endpoint.host) from error

        call(work(), job)

    def end_input(self) -> None:
        """Close the command's standard input."""

        async def work() -> None:
            with contextlib.suppress(asyncssh.Error, OSError):
                self._process.stdin.write_eof()

        submit(work()).result()

    def close(self) -> None:
        """Give the channel up. Never raises."""

        async def work() -> None:
            for reader in self._readers:
                reader.cancel()
            self._process.close()

        submit(work()).result()
