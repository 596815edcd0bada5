"""Genba's own file of host keys."""

from __future__ import annotations

from pathlib import Path

import asyncssh
import pytest

from genba.errors import InvalidValue, NotWritable
from genba.remote.algorithms import host_key_algorithms
from genba.remote.trust import FixedHostKeys, KnownHosts, fingerprint_of


def public(kind: str = "ssh-ed25519") -> str:
    return asyncssh.generate_private_key(kind).export_public_key().decode().strip()


def test_one_key_a_host_and_port(tmp_path: Path) -> None:
    known = KnownHosts(tmp_path / "home" / "known_hosts")
    assert known.lines("jetson", 22) == ()
    first, second, other = public(), public("ecdsa-sha2-nistp256"), public()
    known.trust("jetson", 22, first)
    known.trust("jetson", 2222, other)
    assert known.lines("jetson", 22) == (first,)
    assert known.lines("jetson", 2222) == (other,)
    known.trust("jetson", 22, second)
    assert known.lines("jetson", 22) == (second,)
    known.forget("jetson", 22)
    assert known.lines("jetson", 22) == ()
    assert known.lines("jetson", 2222) == (other,)


def test_the_file_is_openssh_s_and_private(tmp_path: Path) -> None:
    path = tmp_path / "known_hosts"
    KnownHosts(path).trust("jetson", 2222, public() + " a comment with spaces")
    assert path.read_text().startswith("[jetson]:2222 ssh-ed25519 AAAA")
    assert len(path.read_text().split()) == 3
    assert path.stat().st_mode & 0o777 == 0o600
    assert asyncssh.import_known_hosts(path.read_text()).match("jetson", "", 2222)[0]


def test_what_is_no_key_is_not_written(tmp_path: Path) -> None:
    known = KnownHosts(tmp_path / "known_hosts")
    with pytest.raises(InvalidValue):
        known.trust("jetson", 22, "ssh-ed25519 nonsense")
    assert not (tmp_path / "known_hosts").exists()


def test_foreign_lines_are_skipped(tmp_path: Path) -> None:
    key = public()
    (tmp_path / "k").write_text(f"# note\n\n@revoked * {key}\n|1|a|b {key}\njetson {key}\nbroken\n")
    assert KnownHosts(tmp_path / "k").lines("jetson", 22) == (key,)


def test_a_file_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(NotWritable):
        KnownHosts(tmp_path / "file" / "known_hosts").trust("h", 22, public())


def test_fingerprints_are_openssh_s() -> None:
    import base64
    import hashlib

    key = public()
    digest = hashlib.sha256(base64.b64decode(key.split()[1])).digest()
    assert fingerprint_of(key) == "SHA256:" + base64.b64encode(digest).decode().rstrip("=")


def test_an_rsa_key_signs_with_sha_2_only() -> None:
    assert host_key_algorithms("ssh-rsa") == ["rsa-sha2-512", "rsa-sha2-256"]
    assert host_key_algorithms("ssh-dss") == []


def test_fixed_keys_hold_for_one_port() -> None:
    keys = FixedHostKeys({("127.0.0.1", 5000): "ssh-ed25519 AAAA"})
    assert keys.lines("127.0.0.1", 5000) == ("ssh-ed25519 AAAA",)
    assert keys.lines("127.0.0.1", 5001) == ()
