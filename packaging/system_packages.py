"""Which system packages are missing, and their installation; standard library only.

The list stands in system-packages.txt. Only Debian and its relatives are handled; elsewhere the
names are shown and the set-up goes on.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from environment import SetupError, say

LIST = Path(__file__).resolve().parent / "system-packages.txt"
POLICY = Path("/usr/sbin/policy-rc.d")


def ensure(groups: Sequence[str], listing: Path = LIST) -> None:
    """Make sure that the packages of `groups` are there, as far as this machine allows.

    As root on Debian it installs exactly what is missing. Otherwise it prints one command and goes
    on, since most of the program works without them.

    Raises:
        SetupError: the installation of a package failed.
    """
    if sys.platform != "linux":
        return
    wanted = [name for group in groups for name in read(listing)[group]]
    if shutil.which("dpkg-query") is None:
        say("System packages: not Debian or a relative, so nothing was checked.")
        return
    lacking = missing(wanted)
    if not lacking:
        return
    if os.geteuid() != 0:
        say(f"System packages: {len(lacking)} missing. Install with:")
        say("    sudo apt-get install -y {}".format(" ".join(c.split("|")[0] for c in lacking)))
        say("Going on without them.")
        return
    _install(lacking)


def read(listing: Path) -> dict[str, list[str]]:
    """The groups of a list file: name of the group to its entries, each ``a`` or ``a|b``."""
    groups: dict[str, list[str]] = {}
    current = ""
    for line in listing.read_text(encoding="utf-8").splitlines():
        line = line.partition("#")[0].strip()
        if line.startswith("["):
            current = line.strip("[]")
            groups[current] = []
        elif line:
            groups[current].append(line)
    return groups


def missing(entries: Sequence[str]) -> list[str]:
    """The entries of which no alternative is installed, in order."""
    names = [name for entry in entries for name in entry.split("|")]
    answer = subprocess.run(
        ["dpkg-query", "--show", "--showformat=${Package}\\t${db:Status-Status}\\n", *names],
        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=False,
    )  # fmt: skip
    rows = (line.split("\t") for line in answer.stdout.decode().splitlines())
    there = {row[0] for row in rows if row[-1] == "installed"}
    return [entry for entry in entries if not there.intersection(entry.split("|"))]


def _install(entries: Sequence[str]) -> None:
    if any(not _candidate(entry) for entry in entries):
        say("System packages: reading the package lists.")
        _apt("update", "-qq")
    names = [_candidate(entry) or entry.split("|")[0] for entry in entries]
    say("System packages: installing {}.".format(", ".join(names)))
    had_ssh = Path("/usr/sbin/sshd").exists()
    install = ("install", "-y", "-qq", "--no-install-recommends", *names)
    with _services_stay_down():
        try:
            _apt(*install)
        except SetupError:  # lists that are months old name files that are gone
            say("System packages: reading the package lists anew.")
            _apt("update", "-qq")
            _apt(*install)
    if not had_ssh and "openssh-server" in names:
        _keep_ssh_off()


def _candidate(entry: str) -> str | None:
    """The first alternative that apt could install; None when its lists know none of them."""
    for name in entry.split("|"):
        answer = subprocess.run(
            ["apt-cache", "policy", name], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
            env={**os.environ, "LC_ALL": "C"}, check=False,
        )  # fmt: skip
        if b"Candidate:" in answer.stdout and b"Candidate: (none)" not in answer.stdout:
            return name
    return None


def _apt(*arguments: str) -> None:
    environ = {**os.environ, "DEBIAN_FRONTEND": "noninteractive", "LC_ALL": "C"}
    # apt writes to stdout, which belongs to the program that is started later.
    answer = subprocess.run(
        ["apt-get", "-o", "Dpkg::Use-Pty=0", "-o", "DPkg::Lock::Timeout=300", *arguments],
        env=environ, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        check=False,
    )  # fmt: skip
    if answer.returncode != 0:
        tail = answer.stdout.decode(errors="replace").strip().splitlines()[-12:]
        raise SetupError(
            "apt-get {} failed:\n  {}\nCheck the network and the package sources, then start "
            "again.".format(" ".join(arguments), "\n  ".join(tail))
        )


@contextlib.contextmanager
def _services_stay_down() -> Iterator[None]:
    """Keep a fresh package from starting its service: the tests want sshd's program, no open port.

    `invoke-rc.d` and `deb-systemd-invoke` ask this file; an administrator's own one is respected.
    """
    ours = not POLICY.exists()
    if ours:
        POLICY.write_text("#!/bin/sh\nexit 101\n", encoding="ascii")
        POLICY.chmod(0o755)
    try:
        yield
    finally:
        if ours:
            POLICY.unlink()


def _keep_ssh_off() -> None:
    """A fresh sshd would open a port at the next start of the machine; nobody asked for that."""
    if shutil.which("systemctl") is not None and Path("/run/systemd/system").exists():
        for unit in ("ssh.service", "ssh.socket"):
            subprocess.call(
                ["systemctl", "--quiet", "disable", unit],
                stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            )  # fmt: skip
    say("System packages: openssh-server is there for the tests; its service stays off.")
