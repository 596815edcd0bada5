"""Real devices for tests: the demo device, and Debian's own OpenSSH server on a free port."""

from __future__ import annotations

import contextlib
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from devices import SSHD, SshServer, TinyModel, free_port, make_key, model_file, processes_with

import builders
from genba.benchmark.deployment import RunnerSpec
from genba.remote.demo_device import DemoDevice, start_demo_device
from genba_plugins.runner_onnxruntime import RUNNER


@pytest.fixture
def tiny_model(tmp_path: Path) -> TinyModel:
    path = builders.save(builders.tiny_convnet(), tmp_path / "model.onnx")
    return TinyModel(path, (model_file(path),))


@pytest.fixture
def tiny_decoder(tmp_path: Path) -> TinyModel:
    path = builders.save(builders.tiny_decoder(), tmp_path / "decoder.onnx")
    return TinyModel(path, (model_file(path),))


@pytest.fixture
def onnxruntime_spec() -> RunnerSpec:
    return RunnerSpec.of(RUNNER, RUNNER.settings(threads=1))


@pytest.fixture(scope="module")
def demo() -> Iterator[DemoDevice]:
    with start_demo_device() as device:
        yield device


@pytest.fixture
def sshd(tmp_path: Path) -> Iterator[SshServer]:
    if SSHD is None or os.geteuid() != 0:
        raise AssertionError("these tests need OpenSSH's sshd and root: apt install openssh-server")
    Path("/run/sshd").mkdir(mode=0o755, exist_ok=True)
    folder = tmp_path / "sshd"
    folder.mkdir(mode=0o700)
    home = tmp_path / "device-home"
    home.mkdir(mode=0o700)
    make_key(folder / "host_key")
    make_key(folder / "client_key")
    shutil.copy(folder / "client_key.pub", folder / "authorized_keys")
    port = free_port()
    (folder / "sshd_config").write_text(
        f"ListenAddress 127.0.0.1:{port}\n"
        f"HostKey {folder}/host_key\n"
        f"AuthorizedKeysFile {folder}/authorized_keys\n"
        f"PidFile {folder}/sshd.pid\n"
        "PermitRootLogin prohibit-password\nPasswordAuthentication no\nUsePAM no\n"
        "StrictModes no\nSubsystem sftp internal-sftp\nPermitUserEnvironment no\n"
        f"SetEnv HOME={home} XDG_CACHE_HOME={home}/.cache GENBA_TEST_DEVICE={port}\n"
    )
    server = SshServer(folder, port, folder / "client_key", home)
    server.start()
    try:
        yield server
    finally:
        server.stop()
        for pid in processes_with(f"GENBA_TEST_DEVICE={port}"):
            with contextlib.suppress(OSError):
                os.kill(pid, 9)
