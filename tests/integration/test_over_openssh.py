"""Against Debian's own OpenSSH server: trust, login, measuring, dropped links, poor devices."""

from __future__ import annotations

import contextlib
import os
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from devices import (
    SshServer,
    TinyModel,
    free_port,
    gone_within,
    is_measured,
    make_key,
    processes_with,
)

from genba.benchmark.deployment import RunnerSpec
from genba.benchmark.journal import read_samples
from genba.benchmark.session import BenchmarkResult, run_benchmark
from genba.errors import Cancelled
from genba.jobs import JobContext
from genba.remote.address import Endpoint
from genba.remote.connection import connect
from genba.remote.errors import (
    AgentFailed,
    HostKeyChanged,
    HostUnknown,
    HostUntrusted,
    IdentityUnusable,
    LoginRefused,
    NoPython,
    NotSsh,
    PortClosed,
    PythonMissing,
    PythonTooOld,
    RuntimeMissing,
)
from genba.remote.trust import KnownHosts, fetch_host_key
from genba.study.events import LinkInterrupted
from genba.study.run import ScenarioSettings


def measure(
    server: SshServer, model: TinyModel, runner: RunnerSpec, folder: Path, **options: Any
) -> BenchmarkResult:
    python = options.pop("python", sys.executable)
    scenario = options.pop("scenario", ScenarioSettings(queries=60))
    job = options.pop("job", None) or JobContext()
    with server.connect(python) as connection:
        return run_benchmark(
            connection, runner, model.files, model.path, scenario, folder=folder,
            host_keys=server.known, job=job, **options,
        )  # fmt: skip


def test_measuring_over_openssh(
    sshd: SshServer, tiny_model: TinyModel, onnxruntime_spec: RunnerSpec, tmp_path: Path
) -> None:
    sshd.trust()
    result = measure(sshd, tiny_model, onnxruntime_spec, tmp_path)
    assert result.complete
    assert result.samples_count == 60
    assert not result.demo
    assert result.figures["latency_p90_ms"].known
    assert list(sshd.home.rglob("model.onnx"))
    assert not list(sshd.home.rglob("runs/*"))
    assert not list(sshd.home.rglob("bench.lock"))


def test_an_untrusted_host_is_refused_with_its_fingerprint(sshd: SshServer) -> None:
    shown = fetch_host_key("127.0.0.1", sshd.port, sshd.known)
    assert shown.state == "new"
    with pytest.raises(HostUntrusted) as caught:
        sshd.connect()
    assert caught.value.params["fingerprint"] == shown.fingerprint
    sshd.trust()
    assert fetch_host_key("127.0.0.1", sshd.port, sshd.known).state == "same"
    sshd.connect().close()


@pytest.mark.parametrize("kind", ["ed25519", "ecdsa", "rsa"])
def test_a_changed_host_key_is_refused_with_both_fingerprints(sshd: SshServer, kind: str) -> None:
    sshd.trust()
    old = fetch_host_key("127.0.0.1", sshd.port, sshd.known).fingerprint
    sshd.stop()
    sshd.new_host_key(kind)
    sshd.start()
    with pytest.raises(HostKeyChanged) as caught:
        sshd.connect()
    assert caught.value.params["old_fingerprint"] == old
    assert caught.value.params["fingerprint"] != old
    assert fetch_host_key("127.0.0.1", sshd.port, sshd.known).state == "changed"


def test_a_wrong_key_is_refused(sshd: SshServer, tmp_path: Path) -> None:
    sshd.trust()
    make_key(tmp_path / "other")
    with pytest.raises(LoginRefused):
        connect(replace(sshd.endpoint(), identity=str(tmp_path / "other")), sshd.known)


def test_keys_that_cannot_be_used_say_why(sshd: SshServer, tmp_path: Path) -> None:
    sshd.trust()
    (tmp_path / "text").write_text("no key")
    for name, word in (("missing", "no such file"), ("text", "not a private key")):
        with pytest.raises(IdentityUnusable, match=word):
            connect(replace(sshd.endpoint(), identity=str(tmp_path / name)), sshd.known)


def test_hosts_that_cannot_be_reached_are_told_apart(tmp_path: Path) -> None:
    nobody = KnownHosts(tmp_path / "known_hosts")
    with pytest.raises(PortClosed):
        fetch_host_key("127.0.0.1", free_port(), nobody)
    with pytest.raises(HostUnknown):
        fetch_host_key("no-such-host.invalid", 22, nobody)


def test_a_host_that_does_not_answer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A listening socket that never speaks; the time limit is shortened."""
    import socket

    from genba.remote import trust
    from genba.remote.errors import HostSilent

    monkeypatch.setattr(trust, "CONNECT_TIMEOUT_S", 0.3)
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        with pytest.raises(HostSilent):
            fetch_host_key("127.0.0.1", silent.getsockname()[1], KnownHosts(tmp_path / "k"))


def test_something_else_than_ssh_answers(tmp_path: Path) -> None:
    import socket
    import threading

    with socket.socket() as web:
        web.bind(("127.0.0.1", 0))
        web.listen()

        def answer() -> None:
            link, _ = web.accept()
            with link:
                link.sendall(b"HTTP/1.0 400 Bad Request\r\n\r\n" * 600)

        threading.Thread(target=answer, daemon=True).start()
        with pytest.raises(NotSsh):
            fetch_host_key("127.0.0.1", web.getsockname()[1], KnownHosts(tmp_path / "k"))


def test_a_named_interpreter_that_is_not_there(
    sshd: SshServer, tiny_model: TinyModel, onnxruntime_spec: RunnerSpec, tmp_path: Path
) -> None:
    sshd.trust()
    with pytest.raises(PythonMissing):
        measure(sshd, tiny_model, onnxruntime_spec, tmp_path, python="/opt/no such/python'3")


def shim(folder: Path, name: str, text: str) -> None:
    folder.mkdir(exist_ok=True)
    (folder / name).write_text(f"#!/bin/sh\n{text}\n")
    (folder / name).chmod(0o755)


def with_path(sshd: SshServer, folder: Path) -> None:
    """Restart the server so that its sessions find only what lies in `folder`."""
    sshd.stop()
    config = sshd.folder / "sshd_config"
    config.write_text(config.read_text().replace("SetEnv ", f"SetEnv PATH={folder} "))
    sshd.start()


def test_a_device_without_python(
    sshd: SshServer, tiny_model: TinyModel, onnxruntime_spec: RunnerSpec, tmp_path: Path
) -> None:
    tools = tmp_path / "tools"
    shim(tools, "python3", 'case "$1" in --version) echo Python 3.6.9;; *) exit 1;; esac')
    with_path(sshd, tools)
    sshd.trust()
    with pytest.raises(NoPython) as caught:
        measure(sshd, tiny_model, onnxruntime_spec, tmp_path, python="")
    assert "Python 3.6.9" in caught.value.params["found"]


def test_the_first_interpreter_that_serves_is_taken(sshd: SshServer, tmp_path: Path) -> None:
    from genba.remote.probe import probe

    tools = tmp_path / "tools"
    shim(tools, "python3", "exit 1")
    shim(tools, "python3.11", f'exec {sys.executable} "$@"')
    with_path(sshd, tools)
    sshd.trust()
    with sshd.connect("") as connection:
        assert probe(connection)["packages"]["python"].startswith("3.")


def test_an_interpreter_that_is_too_old(
    sshd: SshServer, tiny_model: TinyModel, onnxruntime_spec: RunnerSpec, tmp_path: Path
) -> None:
    """Python 2 does not know -I; 3.7 runs the one-liner, which ends with its own status."""
    sshd.trust()
    shim(tmp_path / "old", "python2", "echo 'Unknown option: -I' >&2; exit 2")
    shim(tmp_path / "old", "python3.7", "exit 96")
    for name in ("python2", "python3.7"):
        with pytest.raises(PythonTooOld):
            measure(
                sshd, tiny_model, onnxruntime_spec, tmp_path, python=str(tmp_path / "old" / name)
            )


def test_an_interpreter_that_breaks(
    sshd: SshServer, tiny_model: TinyModel, onnxruntime_spec: RunnerSpec, tmp_path: Path
) -> None:
    sshd.trust()
    shim(tmp_path / "bad", "python3", "echo 'libpython is missing' >&2; exit 1")
    with pytest.raises(AgentFailed, match="libpython is missing"):
        measure(
            sshd, tiny_model, onnxruntime_spec, tmp_path, python=str(tmp_path / "bad" / "python3")
        )


def test_a_device_without_the_runtime(
    sshd: SshServer, tiny_model: TinyModel, onnxruntime_spec: RunnerSpec, tmp_path: Path
) -> None:
    """An interpreter that finds no site-packages."""
    sshd.trust()
    shim(tmp_path / "bare", "python3", f'exec {sys.executable} -S "$@"')
    with pytest.raises(RuntimeMissing) as caught:
        measure(
            sshd, tiny_model, onnxruntime_spec, tmp_path, python=str(tmp_path / "bare" / "python3")
        )
    assert caught.value.params["package"] == "onnxruntime"
    assert not list(sshd.home.rglob("runs/*"))


def test_noise_of_a_login_script_is_skipped(
    sshd: SshServer, tiny_model: TinyModel, onnxruntime_spec: RunnerSpec, tmp_path: Path
) -> None:
    sshd.trust()
    noise = "head -c 200000 /dev/zero | tr '\\\\0' x; printf 'motd \\\\033[31m@abc {}'"
    shim(
        tmp_path / "noisy",
        "python3",
        f'{noise.replace(chr(92) * 2, chr(92))}\nexec {sys.executable} "$@"',
    )
    # The same shim starts the runner, whose output goes to its log and not to us.
    result = measure(
        sshd, tiny_model, onnxruntime_spec, tmp_path, python=str(tmp_path / "noisy" / "python3")
    )
    assert result.complete
    assert result.environment["noise_bytes"] > 200_000


def test_a_device_without_sftp_gets_its_files_through_the_agent(
    sshd: SshServer, tiny_model: TinyModel, onnxruntime_spec: RunnerSpec, tmp_path: Path
) -> None:
    sshd.stop()
    config = sshd.folder / "sshd_config"
    config.write_text(config.read_text().replace("Subsystem sftp internal-sftp\n", ""))
    sshd.start()
    sshd.trust()
    assert measure(sshd, tiny_model, onnxruntime_spec, tmp_path).complete
    assert next(sshd.home.rglob("model.onnx")).read_bytes() == tiny_model.path.read_bytes()


def test_a_dropped_link_loses_no_sample(
    sshd: SshServer, tiny_model: TinyModel, onnxruntime_spec: RunnerSpec, tmp_path: Path
) -> None:
    """The server's processes for our connection are killed in the middle of the measured phase."""
    sshd.trust()
    events: list[object] = []

    def drop(event: object) -> None:
        dropped = any(isinstance(e, LinkInterrupted) for e in events)
        events.append(event)
        if not dropped and is_measured(event):
            sshd.kill_sessions()

    result = measure(
        sshd, tiny_model, onnxruntime_spec, tmp_path, job=JobContext(drop),
        scenario=ScenarioSettings(duration_s=2.0),
    )  # fmt: skip
    assert any(isinstance(event, LinkInterrupted) for event in events)
    assert result.complete
    assert result.environment["reconnections"] >= 1
    samples = read_samples(result.journal_path)
    assert [s.sequence for s in samples] == list(range(len(samples)))
    assert gone_within(5, f"GENBA_TEST_DEVICE={sshd.port}")


def test_a_client_that_never_comes_back_leaves_nothing_after_the_grace(
    sshd: SshServer, tiny_model: TinyModel, onnxruntime_spec: RunnerSpec, tmp_path: Path
) -> None:
    """The server is gone for good, so the device hears nothing: it ends the run by itself."""
    sshd.trust()
    job: JobContext

    def cut(event: object) -> None:
        if is_measured(event) and sshd.process is not None:
            sshd.kill_sessions()
            sshd.stop()
            assert processes_with(f"GENBA_TEST_DEVICE={sshd.port}")
        if isinstance(event, LinkInterrupted):
            job.cancel()

    job = JobContext(cut)
    with contextlib.suppress(Cancelled):
        measure(
            sshd, tiny_model, onnxruntime_spec, tmp_path, job=job, grace_s=1.0,
            scenario=ScenarioSettings(duration_s=60),
        )  # fmt: skip
    assert job.cancelled
    assert gone_within(6, f"GENBA_TEST_DEVICE={sshd.port}")
    assert not list(sshd.home.rglob("runs/*"))
    assert not list(sshd.home.rglob("bench.lock"))


def test_sigterm_to_the_agent_ends_the_runner_and_clears_up(
    sshd: SshServer, tiny_model: TinyModel, onnxruntime_spec: RunnerSpec, tmp_path: Path
) -> None:
    sshd.trust()

    def terminate(event: object) -> None:
        if is_measured(event):
            for pid_file in sshd.home.rglob("runs/*/pid"):
                with contextlib.suppress(OSError, ValueError):
                    os.kill(int(pid_file.read_text()), 15)

    result = measure(
        sshd, tiny_model, onnxruntime_spec, tmp_path, job=JobContext(terminate),
        scenario=ScenarioSettings(duration_s=60),
    )  # fmt: skip
    assert not result.complete
    assert result.error is not None
    assert result.error.code == "run_interrupted"
    assert gone_within(5, f"GENBA_TEST_DEVICE={sshd.port}")
    assert not list(sshd.home.rglob("runs/*"))


def test_cancelling_over_openssh_leaves_no_process(
    sshd: SshServer, tiny_model: TinyModel, onnxruntime_spec: RunnerSpec, tmp_path: Path
) -> None:
    sshd.trust()
    job: JobContext

    def stop(event: object) -> None:
        if is_measured(event):
            job.cancel()

    job = JobContext(stop)
    with pytest.raises(Cancelled):
        measure(
            sshd, tiny_model, onnxruntime_spec, tmp_path, job=job,
            scenario=ScenarioSettings(duration_s=60),
        )  # fmt: skip
    assert gone_within(5, f"GENBA_TEST_DEVICE={sshd.port}")
    assert not list(sshd.home.rglob("bench.lock"))


def test_the_connection_is_strict(sshd: SshServer) -> None:
    """What is never allowed, read off the open connection."""
    from genba.remote.algorithms import CIPHERS, KEY_EXCHANGES

    sshd.trust()
    with sshd.connect() as connection:
        link = connection.link
        assert link.get_extra_info("send_cipher") in CIPHERS
        assert link.get_extra_info("recv_cipher") in CIPHERS
        assert link.get_extra_info("recv_compression") == "none"
        assert not any("sha1" in name for name in KEY_EXCHANGES)
        assert connection.run("echo ${SSH_AUTH_SOCK:-none}").output == b"none\n"


def test_a_password_only_server_is_refused_without_a_prompt(
    sshd: SshServer, tmp_path: Path
) -> None:
    sshd.stop()
    config = sshd.folder / "sshd_config"
    config.write_text(
        config.read_text().replace("PasswordAuthentication no", "PasswordAuthentication yes")
        + "PubkeyAuthentication no\n"
    )
    sshd.start()
    sshd.trust()
    with pytest.raises(LoginRefused):
        sshd.connect()
    assert Endpoint("x", "h").client_key is None
