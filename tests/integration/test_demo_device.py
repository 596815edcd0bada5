"""The whole way of a benchmark on the built-in demo device."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import asyncssh
import numpy as np
import pytest
from devices import TinyModel, descendants, is_measured

from genba.benchmark.deployment import RunnerSpec
from genba.benchmark.errors import NotGenerative, RunnerFailed
from genba.benchmark.journal import read_recording, read_samples
from genba.benchmark.session import BenchmarkResult, run_benchmark
from genba.errors import Cancelled
from genba.figures import Basis
from genba.jobs import JobContext
from genba.remote.bootstrap import agent_sha256
from genba.remote.connection import connect
from genba.remote.demo_device import DemoDevice
from genba.remote.errors import DeviceBusy, RuntimeMissing
from genba.remote.loop import call
from genba.remote.probe import clean_device, probe
from genba.study.events import RunPhase, RunStarted
from genba.study.run import Sample, SampleBatch, ScenarioSettings

QUICK = ScenarioSettings(queries=60)


def measure(
    demo: DemoDevice, model: TinyModel, runner: RunnerSpec, folder: Path, **options: Any
) -> BenchmarkResult:
    scenario = options.pop("scenario", QUICK)
    job = options.pop("job", None) or JobContext()
    with connect(demo.endpoint, demo.host_keys) as connection:
        return run_benchmark(
            connection, runner, model.files, model.path, scenario, folder=folder,
            host_keys=demo.host_keys, job=job, **options,
        )  # fmt: skip


def test_single_stream_gives_figures_events_and_a_journal(
    demo: DemoDevice, tiny_model: TinyModel, onnxruntime_spec: RunnerSpec, tmp_path: Path
) -> None:
    events: list[object] = []
    result = measure(demo, tiny_model, onnxruntime_spec, tmp_path, job=JobContext(events.append))
    assert result.complete
    assert result.error is None
    assert result.demo
    assert result.samples_count == 60
    assert result.warmup_count >= QUICK.warmup_queries_min
    p50 = result.figures["latency_p50_ms"]
    assert p50.basis is Basis.MEASURED
    assert p50.demo
    assert p50.ref == f"run/{result.run_id}/latency_p50_ms"
    assert p50.low is not None
    assert p50.value is not None
    assert p50.low <= p50.value
    assert result.figures["latency_p90_ms"].known
    assert result.figures["latency_p99_ms"].not_measured == "too_few_samples"
    assert result.figures["ttft_ms"].not_measured == "not_generating"
    assert (result.figures["memory_bytes"].value or 0) > 10e6
    samples = read_samples(result.journal_path)
    assert [s.sequence for s in samples] == list(range(result.warmup_count + 60))
    assert sum(s.warmup for s in samples) == result.warmup_count
    live = [s for e in events if isinstance(e, SampleBatch) for s in e.samples]
    assert live == list(samples)
    measured = [s.latency_ms for s in samples if not s.warmup]
    assert p50.value == pytest.approx(float(np.median(measured)))
    phases = [e.phase for e in events if isinstance(e, RunPhase)]
    assert phases == ["deploy", "load", "warmup", "measure", "done"]
    assert sum(isinstance(e, RunStarted) for e in events) == 1


def test_the_environment_names_what_the_figures_rest_on(
    demo: DemoDevice, tiny_model: TinyModel, onnxruntime_spec: RunnerSpec, tmp_path: Path
) -> None:
    environment = measure(demo, tiny_model, onnxruntime_spec, tmp_path).environment
    assert environment["agent_sha256"] == agent_sha256()
    assert environment["model_sha256"] == tiny_model.files[0].sha256
    assert environment["kernel"] == os.uname().release
    assert environment["boot_id"] == Path("/proc/sys/kernel/random/boot_id").read_text().strip()
    assert environment["runtime"]["threads"] == 1
    assert environment["python"] == ".".join(map(str, sys.version_info[:3]))
    assert environment["load_model_ms"] > 0


def test_generate_measures_first_and_further_tokens(
    demo: DemoDevice, tiny_decoder: TinyModel, onnxruntime_spec: RunnerSpec, tmp_path: Path
) -> None:
    scenario = ScenarioSettings(
        kind="generate", queries=10, prompt_tokens=8, generate_tokens=6, warmup_queries_min=2
    )
    result = measure(demo, tiny_decoder, onnxruntime_spec, tmp_path, scenario=scenario)
    samples = [s for s in read_samples(result.journal_path) if not s.warmup]
    assert len(samples) == 10
    assert {s.tokens for s in samples} == {6}
    assert all(0 < (s.first_token_ns or 0) < s.latency_ns for s in samples)
    recording = read_recording(result.journal_path)
    assert len(recording.token_ns) == 10 * 5
    first = [s.first_token_ns or 0 for s in samples]
    assert sum(first) + sum(recording.token_ns) == sum(s.latency_ns for s in samples)
    ttft, tpot = result.figures["ttft_ms"], result.figures["tpot_ms"]
    assert ttft.value == pytest.approx(np.mean(first) / 1e6)
    assert tpot.value == pytest.approx(np.mean(recording.token_ns) / 1e6)
    assert result.figures["decode_tokens_per_s"].value == pytest.approx(1000 / (tpot.value or 1))


def test_a_second_run_sends_nothing_again(
    demo: DemoDevice, tiny_model: TinyModel, onnxruntime_spec: RunnerSpec, tmp_path: Path
) -> None:
    measure(demo, tiny_model, onnxruntime_spec, tmp_path)
    deployed = next(demo.folder.rglob("model.onnx"))
    first = deployed.stat().st_ino
    measure(demo, tiny_model, onnxruntime_spec, tmp_path)
    assert deployed.stat().st_ino == first
    with connect(demo.endpoint, demo.host_keys) as connection:
        assert clean_device(connection) > tiny_model.files[0].size
    assert not deployed.exists()


def test_a_damaged_file_on_the_device_is_sent_again(
    demo: DemoDevice, tiny_model: TinyModel, onnxruntime_spec: RunnerSpec, tmp_path: Path
) -> None:
    measure(demo, tiny_model, onnxruntime_spec, tmp_path)
    deployed = next(demo.folder.rglob("model.onnx"))
    content = bytearray(deployed.read_bytes())
    content[len(content) // 2] ^= 1
    deployed.write_bytes(content)
    assert measure(demo, tiny_model, onnxruntime_spec, tmp_path).complete
    assert deployed.read_bytes() == tiny_model.path.read_bytes()


def test_given_inputs_reach_the_model(
    demo: DemoDevice, tiny_model: TinyModel, onnxruntime_spec: RunnerSpec, tmp_path: Path
) -> None:
    """A wrong shape is refused by the runtime: so the given array was what it got."""
    inputs = tmp_path / "given.npz"
    import onnx

    name = onnx.load(tiny_model.path).graph.input[0].name
    np.savez(inputs, **{name: np.zeros((1, 1), np.float32)})
    with pytest.raises(RunnerFailed) as caught:
        measure(demo, tiny_model, onnxruntime_spec, tmp_path, inputs=inputs)
    assert name in str(caught.value)


def test_a_model_without_tokens_does_not_generate(
    demo: DemoDevice, tiny_model: TinyModel, onnxruntime_spec: RunnerSpec, tmp_path: Path
) -> None:
    with pytest.raises(NotGenerative):
        measure(
            demo, tiny_model, onnxruntime_spec, tmp_path,
            scenario=ScenarioSettings(kind="generate", queries=3),
        )  # fmt: skip
    assert not list(demo.folder.rglob("runs/*"))


def test_a_missing_runtime_is_named_before_anything_runs(
    demo: DemoDevice, tiny_model: TinyModel, tmp_path: Path
) -> None:
    runner = RunnerSpec("npu", "NPU", "", packages=(("no_such_npu", ("npu-runtime",)),))
    with pytest.raises(RuntimeMissing) as caught:
        measure(demo, tiny_model, runner, tmp_path)
    assert "npu-runtime is not installed" in str(caught.value)


def test_cancelling_leaves_no_process_and_no_lock(
    demo: DemoDevice, tiny_model: TinyModel, onnxruntime_spec: RunnerSpec, tmp_path: Path
) -> None:
    job: JobContext

    def stop_at_first_measured(event: object) -> None:
        if is_measured(event):
            job.cancel()

    job = JobContext(stop_at_first_measured)
    with pytest.raises(Cancelled):
        measure(
            demo, tiny_model, onnxruntime_spec, tmp_path, job=job,
            scenario=ScenarioSettings(duration_s=60),
        )  # fmt: skip
    deadline = time.monotonic() + 5
    while descendants(demo.pid) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert descendants(demo.pid) == []
    assert not list(demo.folder.rglob("bench.lock"))
    assert not list(demo.folder.rglob("runs/*"))


@pytest.mark.parametrize("phase", ["deploy", "load", "warmup"])
def test_cancelling_in_any_phase_leaves_nothing(
    demo: DemoDevice, tiny_model: TinyModel, onnxruntime_spec: RunnerSpec, tmp_path: Path,
    phase: str,
) -> None:  # fmt: skip
    job: JobContext

    def stop(event: object) -> None:
        if isinstance(event, RunPhase) and event.phase == phase:
            job.cancel()

    job = JobContext(stop)
    with pytest.raises(Cancelled):
        measure(demo, tiny_model, onnxruntime_spec, tmp_path, job=job)
    deadline = time.monotonic() + 5
    while descendants(demo.pid) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert descendants(demo.pid) == []
    assert not list(demo.folder.rglob("runs/*"))


def test_two_clients_do_not_measure_at_once(
    demo: DemoDevice, tiny_model: TinyModel, onnxruntime_spec: RunnerSpec, tmp_path: Path
) -> None:
    refused: list[Exception] = []

    def second(event: object) -> None:
        if isinstance(event, RunPhase) and event.phase == "measure":
            other = tmp_path / "other"
            other.mkdir()
            with pytest.raises(DeviceBusy) as caught:
                measure(demo, tiny_model, onnxruntime_spec, other)
            refused.append(caught.value)

    result = measure(
        demo, tiny_model, onnxruntime_spec, tmp_path, job=JobContext(second),
        scenario=ScenarioSettings(duration_s=1.5),
    )  # fmt: skip
    assert result.complete
    assert len(refused) == 1


def test_a_killed_runner_is_named_as_out_of_memory_or_partial(
    demo: DemoDevice, tiny_model: TinyModel, onnxruntime_spec: RunnerSpec, tmp_path: Path
) -> None:
    """SIGKILL from the kernel looks like this; the samples until then are kept and marked."""

    def kill(event: object) -> None:
        if is_measured(event):
            for pid in descendants(demo.pid):
                if b"genba-runner" in Path(f"/proc/{pid}/cmdline").read_bytes():
                    with contextlib.suppress(OSError):
                        os.kill(pid, signal.SIGKILL)

    result = measure(
        demo, tiny_model, onnxruntime_spec, tmp_path, job=JobContext(kill),
        scenario=ScenarioSettings(duration_s=60),
    )  # fmt: skip
    assert not result.complete
    assert result.error is not None
    assert result.error.code == "device_out_of_memory"
    assert result.samples_count > 0


def test_a_killed_agent_closes_the_run_as_partial(
    demo: DemoDevice, tiny_model: TinyModel, onnxruntime_spec: RunnerSpec, tmp_path: Path
) -> None:
    def kill(event: object) -> None:
        if is_measured(event):
            for pid_file in demo.folder.rglob("runs/*/pid"):
                with contextlib.suppress(OSError):
                    os.kill(int(pid_file.read_text()), signal.SIGKILL)

    result = measure(
        demo, tiny_model, onnxruntime_spec, tmp_path, job=JobContext(kill),
        scenario=ScenarioSettings(duration_s=60),
    )  # fmt: skip
    assert not result.complete
    assert result.error is not None
    assert result.error.code == "run_interrupted"
    runners = [
        pid for pid in descendants(demo.pid)
        if b"genba-runner" in Path(f"/proc/{pid}/cmdline").read_bytes()
    ]  # fmt: skip
    assert runners == []


def test_only_the_agent_runs_there(demo: DemoDevice) -> None:
    with connect(demo.endpoint, demo.host_keys) as connection:
        for command in ("id", "cat /etc/passwd", "sh -c 'id'"):
            done = connection.run(command)
            assert done.status == 126
            assert done.output == b""


def test_sftp_reaches_nothing_outside_its_folder(demo: DemoDevice, tmp_path: Path) -> None:
    outside = tmp_path / "secret"
    outside.write_text("secret")
    with connect(demo.endpoint, demo.host_keys) as connection:

        async def attempts() -> list[str]:
            denied = []
            async with await connection.link.start_sftp_client() as sftp:
                for name, work in {
                    "read": sftp.open(str(outside), "rb"),
                    "climb": sftp.open("../../../../etc/passwd", "rb"),
                    "link": sftp.symlink(str(outside), str(demo.folder / "link")),
                    "list": sftp.listdir("/"),
                }.items():
                    with contextlib.suppress(asyncssh.SFTPNoSuchFile):
                        try:
                            await work
                        except asyncssh.SFTPPermissionDenied:
                            denied.append(name)
            return denied

        assert call(attempts()) == ["read", "climb", "link", "list"]


def test_another_key_and_the_network_find_it_shut(demo: DemoDevice) -> None:
    from dataclasses import replace

    from genba.remote.errors import LoginRefused

    stranger = asyncssh.generate_private_key("ssh-ed25519").export_private_key()
    with pytest.raises(LoginRefused):
        connect(replace(demo.endpoint, client_key=stranger), demo.host_keys)
    listening = Path("/proc/net/tcp").read_text().splitlines()[1:]
    hex_port = f":{demo.endpoint.port:04X}"
    addresses = {line.split()[1] for line in listening if line.split()[3] == "0A"}
    assert [a for a in addresses if a.endswith(hex_port)] == ["0100007F" + hex_port]


def test_it_is_gone_when_its_parent_is_killed(tmp_path: Path) -> None:
    script = (
        "import time\n"
        "from genba.remote.demo_device import start_demo_device\n"
        "device = start_demo_device()\n"
        "print(device.pid, device.endpoint.port, device.folder, flush=True)\n"
        "time.sleep(60)\n"
    )
    parent = subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE)
    assert parent.stdout is not None
    pid, port, folder = parent.stdout.readline().split()
    assert Path(folder.decode()).is_dir()
    parent.kill()
    parent.wait()
    parent.stdout.close()
    deadline = time.monotonic() + 5
    while Path(f"/proc/{int(pid)}").exists() and time.monotonic() < deadline:
        time.sleep(0.02)
    assert not Path(f"/proc/{int(pid)}").exists()
    assert not Path(folder.decode()).exists()
    import socket

    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", int(port)), 1)


def test_probe_says_what_the_device_is(demo: DemoDevice) -> None:
    with connect(demo.endpoint, demo.host_keys) as connection:
        facts = probe(connection)
    assert facts["device"]["cpu_count"] == os.cpu_count()
    assert facts["device"]["memory_total_bytes"] > 1e8
    assert facts["packages"]["packages"]["onnxruntime"].startswith("1.")
    assert facts["power_w"] is None or facts["sensors"]["power_source"]


def test_live_samples_are_the_study_s(demo: DemoDevice) -> None:
    """Samples are built without validation for speed; the fields must stay those of the noun."""
    assert set(Sample.model_fields) == {
        "sequence", "scheduled_ns", "latency_ns", "warmup", "first_token_ns", "tokens",
    }  # fmt: skip


def test_stopping_early_keeps_what_was_measured(
    demo: DemoDevice, tiny_model: TinyModel, onnxruntime_spec: RunnerSpec, tmp_path: Path
) -> None:
    job = JobContext()
    job_with_listener = JobContext(
        lambda event: job_with_listener.stop_early() if is_measured(event) else None
    )
    with connect(demo.endpoint, demo.host_keys, job=job) as connection:
        result = run_benchmark(
            connection, onnxruntime_spec, tiny_model.files, tiny_model.path,
            ScenarioSettings(duration_s=120), folder=tmp_path, host_keys=demo.host_keys,
            job=job_with_listener,
        )  # fmt: skip
    assert not result.complete
    assert result.error is None
    assert result.samples_count > 0
    assert "stopped_early" in {warning.code for warning in result.warnings}
