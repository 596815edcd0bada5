"""Puts files on a device: only what is missing, resumed where it stopped, never by scp.

SFTP where the device has it; else through the agent's standard input. A file lands as ``.part``
and gets its name when the agent has checked its hash.
"""

from __future__ import annotations

import asyncio
import stat
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import asyncssh

from genba.errors import N_
from genba.jobs import JobContext
from genba.remote.agent_link import ask, started
from genba.remote.connection import Connection
from genba.remote.errors import DeviceDiskFull, FileChanged, LinkLost
from genba.remote.loop import call
from genba.remote.probe import Package
from genba.study.model import ModelFile

BLOCK_BYTES = 1 << 18
SPARE_BYTES = 32 << 20
"""Room that stays free on the device, for the journal and the runner's log."""


@dataclass(frozen=True, slots=True)
class Deployable:
    """A file and where it goes: `artifact` names the folder on the device (hexadecimal digits)."""

    artifact: str
    file: ModelFile
    path: Path

    def entry(self) -> dict[str, Any]:
        """The file as the agent's requests name it."""
        return {
            "artifact": self.artifact,
            "name": self.file.name,
            "size": self.file.size,
            "sha256": self.file.sha256,
        }


@dataclass(frozen=True, slots=True)
class Prepared:
    """What the device answered: its folder, its facts, the packages its Python finds."""

    root: str
    device: dict[str, Any]
    packages: dict[str, str]
    python: str


def deploy(
    connection: Connection,
    files: tuple[Deployable, ...],
    packages: tuple[Package, ...],
    job: JobContext,
) -> Prepared:
    """Put the missing files on the device, and learn what it has.

    Raises:
        DeviceDiskFull: they do not fit.
        FileChanged: a local file no longer has its recorded size.
        LinkLost, NoPython, PythonMissing, PythonTooOld, PythonFailed, NoFolder: see `errors`.
        Cancelled: the job was cancelled.
    """
    request = {
        "role": "prepare",
        "files": [file.entry() for file in files],
        "packages": [[name, list(names)] for name, names in packages],
    }
    job.report(N_("Looking at what {name} has"), 0.02, name=connection.endpoint.name)
    answer = ask(connection, request, "prepared", job)
    missing = [
        (file, str(there["path"]), int(there["part_bytes"]))
        for file, there in zip(files, answer["files"], strict=True)
        if not there["present"]
    ]
    needed = sum(max(0, file.file.size - part) for file, _, part in missing)
    free = int(answer["free_bytes"]) - SPARE_BYTES
    if needed > free:
        raise DeviceDiskFull(
            host=connection.endpoint.host, needed=_megabytes(needed), free=_megabytes(max(0, free))
        )
    progress = _Progress(job, needed)
    for file, path, part in missing:
        _put(connection, file, path, part, progress)
    found = answer["packages"]
    return Prepared(
        root=str(answer["root"]), device=dict(answer["device"]), packages=dict(found["packages"]),
        python=str(found["python"]),
    )  # fmt: skip


def _megabytes(count: int) -> str:
    return f"{count / 1e6:.1f} MB"


class _Progress:
    """Reports whole percents of all bytes to send, as 2 to 20 % of a benchmark."""

    def __init__(self, job: JobContext, total: int) -> None:
        self._job, self._total = job, max(1, total)
        self._sent, self._shown = 0, -1
        self.job = job

    def add(self, count: int, name: str) -> None:
        self._sent += count
        percent = int(100 * self._sent / self._total)
        if percent != self._shown:
            self._shown = percent
            self._job.report(
                N_("Sending {name} to the device: {percent} %"),
                0.02 + 0.18 * self._sent / self._total,
                name=name,
                percent=percent,
            )


def _put(
    connection: Connection, file: Deployable, path: str, part: int, progress: _Progress
) -> None:
    try:
        state = file.path.stat()
    except OSError:
        raise FileChanged(path=str(file.path)) from None
    if not stat.S_ISREG(state.st_mode) or state.st_size != file.file.size:
        raise FileChanged(path=str(file.path))
    offset = part if 0 < part <= file.file.size else 0
    if not call(_put_sftp(connection, file, path + ".part", offset, progress), progress.job):
        _put_through_agent(connection, file, offset, progress)


async def _put_sftp(
    connection: Connection, file: Deployable, path: str, offset: int, progress: _Progress
) -> bool:
    """Send a file by SFTP from `offset` on; False when the device has no SFTP server."""
    try:
        sftp = await asyncio.wait_for(connection.link.start_sftp_client(), 15.0)
    except (asyncssh.Error, OSError, TimeoutError) as error:
        if connection.open:
            return False
        raise LinkLost(host=connection.endpoint.host) from error
    try:
        async with sftp, sftp.open(path, "r+b" if offset else "wb") as there:
            with file.path.open("rb") as here:
                here.seek(offset)
                while block := await asyncio.to_thread(here.read, 16 * BLOCK_BYTES):
                    await there.write(block, offset)
                    offset += len(block)
                    progress.add(len(block), file.file.name)
            await there.truncate(offset)
    except asyncssh.SFTPNoSpaceOnFilesystem:
        raise _full(connection, file) from None
    except asyncssh.SFTPFailure as error:
        # OpenSSH's server reports a full disk as a plain failure.
        raise _full(connection, file) from error
    except (asyncssh.Error, OSError) as error:
        raise LinkLost(host=connection.endpoint.host) from error
    return True


def _full(connection: Connection, file: Deployable) -> DeviceDiskFull:
    return DeviceDiskFull(
        host=connection.endpoint.host, needed=_megabytes(file.file.size), free="?"
    )


def _put_through_agent(
    connection: Connection, file: Deployable, offset: int, progress: _Progress
) -> None:
    """Send a file through the agent's standard input (BusyBox, Dropbear without SFTP)."""
    request = dict(file.entry(), role="receive", offset=offset)
    with started(connection, request, progress.job) as agent, file.path.open("rb") as here:
        here.seek(offset)
        while block := here.read(BLOCK_BYTES):
            agent.send(block)
            progress.add(len(block), file.file.name)
        agent.answer("received", timeout_s=600.0)
