"""What the integration tests share: small models, an OpenSSH server, a look at processes."""

from __future__ import annotations

import contextlib
import hashlib
import os
import shutil
import socket
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

from genba.remote.address import Endpoint
from genba.remote.connection import Connection, connect
from genba.remote.trust import KnownHosts, fetch_host_key
from genba.study.model import ModelFile
from genba.study.run import SampleBatch

SSHD = shutil.which("sshd", path="/usr/sbin:/usr/local/sbin:/usr/bin")


def free_port() -> int:
    """A port on which nothing listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def model_file(path: Path) -> ModelFile:
    """A file as the records name it."""
    content = path.read_bytes()
    return ModelFile(name=path.name, size=len(content), sha256=hashlib.sha256(content).hexdigest())


@dataclass
class TinyModel:
    """A model on disk."""

    path: Path
    files: tuple[ModelFile, ...]


@dataclass
class SshServer:
    """A running sshd that lets root in with one key. `home` is what its sessions have as $HOME."""

    folder: Path
    port: int
    identity: Path
    home: Path
    process: subprocess.Popen[bytes] | None = None
    known: KnownHosts = field(init=False)

    def __post_init__(self) -> None:
        self.known = KnownHosts(self.folder / "known_hosts")

    def endpoint(self, python: str = sys.executable) -> Endpoint:
        return Endpoint(
            "lab", "127.0.0.1", self.port, "root", identity=str(self.identity), python=python
        )

    def trust(self) -> None:
        key = fetch_host_key("127.0.0.1", self.port, self.known)
        self.known.trust("127.0.0.1", self.port, key.public)

    def connect(self, python: str = sys.executable) -> Connection:
        return connect(self.endpoint(python), self.known)

    def new_host_key(self, kind: str = "ed25519") -> None:
        for name in ("host_key", "host_key.pub"):
            (self.folder / name).unlink(missing_ok=True)
        make_key(self.folder / "host_key", kind)

    def start(self) -> None:
        assert SSHD is not None
        self.process = subprocess.Popen(
            [SSHD, "-D", "-e", "-f", str(self.folder / "sshd_config")],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        deadline = time.monotonic() + 10
        while time.monotonic() < deadline:
            with (
                contextlib.suppress(OSError),
                socket.create_connection(("127.0.0.1", self.port), 1) as link,
            ):
                if link.recv(4) == b"SSH-":
                    return
            time.sleep(0.02)
        raise AssertionError("sshd did not start")

    def stop(self) -> None:
        if self.process is not None:
            self.process.terminate()
            self.process.wait()
            self.process = None

    def kill_sessions(self) -> None:
        """Kill the processes that serve open connections, as a dropped link would end them."""
        assert self.process is not None
        for pid in descendants(self.process.pid):
            if "sshd" in command_line(pid).split(" ")[0]:
                with contextlib.suppress(OSError):
                    os.kill(pid, 9)


def make_key(path: Path, kind: str = "ed25519") -> None:
    subprocess.run(["ssh-keygen", "-q", "-t", kind, "-N", "", "-f", str(path)], check=True)


def descendants(parent: int) -> list[int]:
    """All processes below one."""
    children: dict[int, list[int]] = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError, IndexError, ValueError):
            above = int(stat.read_text().rpartition(")")[2].split()[1])
            children.setdefault(above, []).append(int(stat.parent.name))
    found, waiting = [], [parent]
    while waiting:
        below = children.get(waiting.pop(), [])
        found += below
        waiting += below
    return found


def command_line(pid: int) -> str:
    with contextlib.suppress(OSError):
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode()
    return ""


def processes_with(variable: str) -> list[int]:
    """Processes whose environment holds `variable` (``NAME=value``)."""
    found = []
    for environ in Path("/proc").glob("[0-9]*/environ"):
        with contextlib.suppress(OSError):
            if variable.encode() in environ.read_bytes().split(b"\0"):
                found.append(int(environ.parent.name))
    return found


def gone_within(seconds: float, variable: str) -> bool:
    """Whether no process with that variable is left after at most `seconds`."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if not processes_with(variable):
            return True
        time.sleep(0.05)
    return False


def is_measured(event: object) -> bool:
    """Whether samples of the measured phase came."""
    return isinstance(event, SampleBatch) and any(not s.warmup for s in event.samples)
