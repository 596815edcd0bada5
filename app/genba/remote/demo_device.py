"""The built-in demo device: an SSH server on the loopback interface that runs the real agent here.

It is a process of its own, so that neither side's work disturbs the other's clock, and it is gone
with its parent: when its standard input ends, however that happened, it kills all that it started,
removes its folder and exits. The keys are made for this start, never written to a disk, and only
that one client key opens it. It offers no shell, terminal or forwarding: nothing but the agent's
own start command, and SFTP inside its temporary folder.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from genba.jobs import JobContext
from genba.remote.address import Endpoint
from genba.remote.bootstrap import start_command
from genba.remote.errors import DemoFailed
from genba.remote.trust import FixedHostKeys

USER = "demo"
PYTHON = os.path.abspath(sys.executable)  # noqa: PTH100 - resolve() would leave the venv
"""One spelling for client and server; a symbolic link of a virtual environment is kept."""
GRACE_MAX_S = 5.0
"""Should even the demo device be killed, its supervisor gives up after this time."""
_PREFIX = "genba-demo-"
_ENVIRONMENT_KEPT = ("PATH", "LD_LIBRARY_PATH", "TMPDIR", "SYSTEMROOT")


class DemoDevice:
    """A running demo device. Leave it with `close`, or use it as a context manager."""

    def __init__(self, process: subprocess.Popen[bytes], greeting: dict[str, Any]) -> None:
        self._process = process
        port, self.folder = int(greeting["port"]), Path(greeting["folder"])
        self.endpoint = Endpoint(
            name="demo", host="127.0.0.1", port=port, user=USER, python=PYTHON,
            client_key=greeting["client_key"].encode(), demo=True,
        )  # fmt: skip
        self.host_keys = FixedHostKeys({("127.0.0.1", port): greeting["host_key"]})

    @property
    def pid(self) -> int:
        """The server's process id."""
        return self._process.pid

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Stop the device and wait until it has cleared everything away."""
        with contextlib.suppress(OSError):
            if self._process.stdin is not None:
                self._process.stdin.close()
        try:
            self._process.wait(10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
            shutil.rmtree(self.folder, ignore_errors=True)
        if self._process.stdout is not None:
            self._process.stdout.close()


def start_demo_device(*, job: JobContext | None = None) -> DemoDevice:
    """Start the demo device and wait until it listens.

    Raises:
        DemoFailed: it did not start.
        Cancelled: the job was cancelled.
    """
    job = job or JobContext()
    job.check()
    process = subprocess.Popen(
        [PYTHON, "-P", "-m", "genba.remote.demo_device"],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip
    with job.when_cancelled(process.kill):
        line = process.stdout.readline() if process.stdout else b""
        if not line:
            _, errors = process.communicate()
            job.check()
            text = errors.decode("utf-8", "replace").strip()
            raise DemoFailed(reason=text.splitlines()[-1] if text else "no answer")
    if process.stderr is not None:
        process.stderr.close()
    return DemoDevice(process, json.loads(line))


# ---------------------------------------------------------------------------------------------
# The server process


def serve() -> None:
    """Run the demo device until standard input ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the parent, which then closes us
    _become_reaper()
    _sweep()
    folder = Path(tempfile.mkdtemp(prefix=f"{_PREFIX}{os.getpid()}-"))
    try:
        asyncio.run(_serve(folder))
    finally:
        _kill_descendants()
        shutil.rmtree(folder, ignore_errors=True)


async def _serve(folder: Path) -> None:
    import asyncssh

    host_key = asyncssh.generate_private_key("ssh-ed25519")
    client_key = asyncssh.generate_private_key("ssh-ed25519")
    public = client_key.export_public_key().decode()
    allowed = start_command(PYTHON)
    environment = _environment(folder)

    async def run_agent(process: asyncssh.SSHServerProcess[bytes]) -> None:
        if process.command != allowed or process.subsystem:
            process.stderr.write(b"Only the agent runs here.\n")
            process.exit(126)
            return
        await _run_agent(process, environment)

    server = await asyncssh.listen(
        "127.0.0.1", 0, family=2, server_host_keys=[host_key],
        authorized_client_keys=asyncssh.import_authorized_keys(public),
        password_auth=False, kbdint_auth=False, host_based_auth=False, gss_host=None,
        process_factory=run_agent, encoding=None, allow_scp=False, allow_pty=False,
        agent_forwarding=False, x11_forwarding=False, line_editor=False,
        sftp_factory=_confined_sftp(folder),
    )  # fmt: skip
    greeting = {
        "port": server.get_port(),
        "folder": str(folder),
        "host_key": host_key.export_public_key().decode().strip(),
        "client_key": client_key.export_private_key().decode(),
    }
    sys.stdout.write(json.dumps(greeting) + "\n")
    sys.stdout.flush()
    # From here on nobody reads what asyncio or asyncssh may complain about.
    os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
    stopped = asyncio.Event()
    loop = asyncio.get_running_loop()
    loop.add_reader(0, lambda: stopped.set() if not os.read(0, 4096) else None)
    loop.add_signal_handler(signal.SIGTERM, stopped.set)
    reaping = asyncio.ensure_future(_reap_orphans())
    await stopped.wait()
    reaping.cancel()
    server.close()


def _environment(folder: Path) -> dict[str, str]:
    kept = {name: os.environ[name] for name in _ENVIRONMENT_KEPT if name in os.environ}
    return {
        **kept,
        "HOME": str(folder),
        "XDG_CACHE_HOME": str(folder / "cache"),
        "LANG": "C.UTF-8",
        "GENBA_AGENT_GRACE_MAX_S": str(GRACE_MAX_S),
    }


_own: set[int] = set()
"""Processes that asyncio waits for; all other children came to us as orphans."""


async def _reap_orphans() -> None:
    """Take the exit status of ended supervisors, as process 1 does it on a real device."""
    seen: set[int] = set()
    while True:
        ended = set(_children(os.getpid(), "Z"))
        for pid in (ended & seen) - _own:  # twice: one of ours may not have been noted yet
            with contextlib.suppress(OSError):
                os.waitpid(pid, os.WNOHANG)
        seen = ended
        await asyncio.sleep(0.3)


async def _run_agent(process: Any, environment: dict[str, str]) -> None:
    """Run the start command as its shell would, with the channel as its standard streams."""
    agent = await asyncio.create_subprocess_exec(
        "/bin/sh", "-c", process.command,
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        env=environment, cwd=environment["HOME"], start_new_session=True,
    )  # fmt: skip
    _own.add(agent.pid)
    # Not SSHServerProcess.redirect: in asyncssh 2.24.1 a write to the standard input of a process
    # that has just ended is an internal error, which closes the whole connection.
    into = asyncio.ensure_future(_pump_in(process, agent.stdin))
    out = asyncio.gather(
        _pump_out(agent.stdout, process.stdout), _pump_out(agent.stderr, process.stderr)
    )
    await asyncio.wait((out,))
    status = await agent.wait()
    _own.discard(agent.pid)
    into.cancel()
    process.exit(status if status >= 0 else 255)


async def _pump_in(source: Any, target: Any) -> None:
    """From the client to the agent; a broken channel ends the agent's input, as sshd does it."""
    import asyncssh

    with contextlib.suppress(OSError, asyncssh.Error):
        while data := await source.stdin.read(1 << 16):
            target.write(data)
            await target.drain()
    target.close()


async def _pump_out(source: Any, target: Any) -> None:
    """From the agent to the client. Without a client the agent's output is read and dropped."""
    import asyncssh

    there = True
    while data := await source.read(1 << 16):
        with contextlib.suppress(OSError, asyncssh.Error):
            if there:
                target.write(data)
                await target.drain()
                continue
        there = False


def _confined_sftp(folder: Path) -> Any:
    """An SFTP server class that reaches nothing outside `folder` and makes no links."""
    import asyncssh

    base = os.path.realpath(folder).encode()

    class Confined(asyncssh.SFTPServer):
        def map_path(self, path: bytes) -> bytes:
            real = os.path.realpath(os.path.join(base, path))  # noqa: PTH118 - bytes
            if real != base and not real.startswith(base + b"/"):
                raise asyncssh.SFTPPermissionDenied("outside of the demo device's folder")
            return real

        def symlink(self, oldpath: bytes, newpath: bytes) -> None:
            raise asyncssh.SFTPPermissionDenied("no links here")

        def link(self, oldpath: bytes, newpath: bytes) -> None:
            raise asyncssh.SFTPPermissionDenied("no links here")

    return Confined


def _become_reaper() -> None:
    """Orphans of our processes become our children, so that none is overlooked at the end."""
    if sys.platform != "linux":
        return
    import ctypes

    pr_set_child_subreaper = 36
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL(None).prctl(pr_set_child_subreaper, 1)


def _kill_descendants() -> None:
    """Kill children until there are none: each death hands its children to us."""
    if sys.platform != "linux":
        return
    for _ in range(20):
        children = _children(os.getpid())
        if not children:
            return
        for pid in children:
            with contextlib.suppress(OSError):
                os.kill(pid, signal.SIGKILL)
        for pid in children:
            with contextlib.suppress(OSError):
                os.waitpid(pid, 0)


def _children(parent: int, state: str = "") -> list[int]:
    """The children of a process; only those in one state (``Z``: ended), where given."""
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError, ValueError, IndexError):
            fields = stat.read_text().rpartition(")")[2].split()
            if int(fields[1]) == parent and fields[0].startswith(state):
                found.append(int(stat.parent.name))
    return found


def _sweep() -> None:
    """Remove the folders of demo devices that were killed themselves."""
    if sys.platform != "linux":
        return
    for folder in Path(tempfile.gettempdir()).glob(_PREFIX + "[0-9]*-*"):
        pid = folder.name[len(_PREFIX) :].partition("-")[0]
        with contextlib.suppress(OSError):
            if folder.stat().st_uid == os.getuid() and not Path("/proc", pid).exists():
                shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    serve()
