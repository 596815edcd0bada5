"""One live benchmark from the deployment to the last sample."""

from __future__ import annotations

import contextlib
import socket
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from genba.benchmark.checks import warnings_of
from genba.benchmark.deployment import Deployment, RunnerSpec, plan_deployment
from genba.benchmark.errors import NotGenerative, RunInterrupted, RunnerFailed, RuntimeOutOfMemory
from genba.benchmark.journal import JournalFile, Recording
from genba.benchmark.live import LiveRun
from genba.benchmark.summary import summarise
from genba.errors import N_, Cancelled, GenbaError, Message
from genba.figures import Figure
from genba.jobs import JobContext
from genba.remote.connection import Connection
from genba.remote.errors import RuntimeMissing
from genba.remote.transfer import Prepared, deploy
from genba.remote.trust import HostKeys
from genba.study.base import new_id
from genba.study.events import RunPhase
from genba.study.model import ModelFile
from genba.study.run import ScenarioSettings

DURATION_S = 60.0
"""How long to measure when neither a duration nor a number of requests was given."""
GRACE_S = 300.0
"""How long a run goes on, and its journal is kept, on a device that hears nothing from us."""
IDLE_S = 3.0


@dataclass(frozen=True, slots=True)
class BenchmarkResult:
    """What a benchmark gives: plain data, and the journal's place in `folder`.

    `error` says why the run is not complete, None when it is.
    """

    run_id: str
    device_name: str
    runtime_version: str
    figures: dict[str, Figure]
    environment: dict[str, Any]
    journal_path: Path
    samples_count: int
    warmup_count: int
    complete: bool
    demo: bool
    warnings: tuple[Message, ...]
    error: GenbaError | None = None


def run_benchmark(
    connection: Connection,
    runner: RunnerSpec,
    model_files: tuple[ModelFile, ...],
    model_path: Path,
    scenario: ScenarioSettings,
    *,
    folder: Path,
    host_keys: HostKeys,
    job: JobContext,
    inputs: Path | None = None,
    dims: dict[str, int] | None = None,
    seed: int = 1,
    run_id: str = "",
    grace_s: float = GRACE_S,
) -> BenchmarkResult:
    """Measure a model on a device and keep the journal in `folder`.

    `model_files` are the model's files relative to the folder of `model_path`, the main file.
    `inputs` is an ``.npz`` with arrays by input name; what it lacks is drawn from `seed`, open
    dimensions by `dims` (else 1). Emits `RunPhase`, `RunStarted`, `SampleBatch` and
    `LinkInterrupted`. A link that breaks in the middle is made again (by `host_keys`), and the
    samples taken meanwhile are fetched.

    A run that stops early but has samples comes back with ``complete=False`` and its `error`.

    Raises:
        RuntimeMissing: the device's Python lacks a package of the runtime.
        RunnerFailed, RuntimeOutOfMemory, NotGenerative: the model cannot be run there.
        RunInterrupted: it ended on the device before the first sample.
        DeviceBusy, DeviceDiskFull, TransferCorrupt, FileChanged, LinkLost, …: see remote.errors.
        Cancelled: the job was cancelled; nothing is left running on the device.
    """
    run_id = run_id or new_id()
    if scenario.duration_s is None and scenario.queries is None:
        scenario = scenario.model_copy(update={"duration_s": DURATION_S})
    job.emit(RunPhase(run_id, "deploy"))
    deployment = plan_deployment(runner, model_files, model_path, inputs)
    prepared = deploy(connection, deployment.files, runner.packages, job)
    _require_packages(connection, runner, prepared)
    request = _request(deployment, runner, scenario, run_id, dims or {}, seed, grace_s)
    recording = Recording()
    with JournalFile(folder) as journal:
        live = LiveRun(connection, host_keys, run_id, runner.title, recording, journal, job)
        error = _watch(live, request, scenario)
    environment = _environment(recording, prepared, deployment, live)
    error = error or _failure(recording, connection, runner)
    if error is not None and (isinstance(error, Cancelled) or not recording.rows):
        raise error
    warmup_count = len(recording.numbers(warmup=True))
    result = BenchmarkResult(
        run_id=run_id,
        device_name=device_name(environment, connection),
        runtime_version=str(recording.loaded.get("runner", {}).get("version", "")),
        figures=summarise(recording, run_id, demo=connection.endpoint.demo),
        environment=environment,
        journal_path=journal.path,
        samples_count=len(recording.rows) - warmup_count,
        warmup_count=warmup_count,
        complete=recording.complete,
        demo=connection.endpoint.demo,
        warnings=warnings_of(recording, live.measured_elapsed_s),
        error=error,
    )
    job.emit(RunPhase(run_id, "done"))
    return result


def _require_packages(connection: Connection, runner: RunnerSpec, prepared: Prepared) -> None:
    for name, distributions in runner.packages:
        if name not in prepared.packages:
            raise RuntimeMissing(
                host=connection.endpoint.host,
                package=distributions[0] if distributions else name,
                python=connection.endpoint.python or "python3",
            )


def _request(
    deployment: Deployment, runner: RunnerSpec, scenario: ScenarioSettings, run_id: str,
    dims: dict[str, int], seed: int, grace_s: float,
) -> dict[str, Any]:  # fmt: skip
    return {
        "role": "bench",
        "run_id": run_id,
        "client": socket.gethostname(),
        "grace_s": grace_s,
        "idle_s": IDLE_S,
        "files": [file.entry() for file in deployment.files],
        "scenario": scenario.model_dump(mode="json"),
        "seed": seed,
        "runner": {
            "device_half": runner.device_half,
            "decoding_half": deployment.decoding_half if scenario.kind == "generate" else "",
            "settings": runner.settings,
            "model": deployment.model,
            "inputs": deployment.inputs,
            "dims": dims,
        },
    }


def _watch(live: LiveRun, request: dict[str, Any], scenario: ScenarioSettings) -> GenbaError | None:
    """Follow the run to its end; what stopped it early comes back instead of being raised."""
    try:
        live.start(request, scenario)
        live.follow()
    except GenbaError as error:
        with contextlib.suppress(GenbaError):
            live.cancel()  # whatever went wrong here, nothing may go on there
        return error
    finally:
        live.close()
    return None


def _failure(recording: Recording, connection: Connection, runner: RunnerSpec) -> GenbaError | None:
    """The named error for how the run ended on the device; None when it is complete."""
    end, host = recording.end, connection.endpoint.host
    code, reason = end.get("code"), " ".join(str(end.get("reason", "")).split())[:500]
    if code == "complete":
        return None
    if code == "stopped":  # asked for by the user: what was measured stands
        return None if recording.rows else Cancelled()
    if code == "out_of_memory":
        peak_mb = round((recording.peak_rss_bytes or 0) / 1e6)
        return RuntimeOutOfMemory(host=host, peak_mb=peak_mb)
    if code == "runtime_missing":
        python = connection.endpoint.python or "python3"
        return RuntimeMissing(host=host, package=end.get("package") or reason, python=python)
    if code == "not_generative":
        return NotGenerative(reason=reason)
    if code in ("runner_failed", "runner_died"):
        text = reason or _last_line(end.get("log")) or str(end.get("status"))
        return RunnerFailed(host=host, runtime=runner.title, reason=text)
    reasons = {
        "disk_full": N_("the device's disk is full"),
        "terminated": N_("the agent was asked to end"),
        "abandoned": N_("the device heard nothing from this computer for too long"),
        None: N_("the agent is gone; the device may have restarted"),
    }
    text = reasons.get(code, reason or str(code))
    return RunInterrupted(host=host, reason=Message(text=text))


def _last_line(log: object) -> str:
    lines = str(log or "").strip().splitlines()
    return lines[-1][:300] if lines else ""


def _environment(
    recording: Recording, prepared: Prepared, deployment: Deployment, live: LiveRun
) -> dict[str, Any]:
    """Everything about the device, the runtime and the agent that belongs to the figures."""
    start, loaded = recording.start, recording.loaded
    main = deployment.main
    return {
        **start.get("environment", {}),
        "after": recording.end.get("after", {}),
        "python": loaded.get("python", prepared.python),
        "runtime": loaded.get("runner", {}),
        "load_model_ms": loaded.get("load_ms"),
        "packages": prepared.packages,
        "agent_sha256": start.get("agent_sha256", ""),
        "device_half_sha256": deployment.device_half_sha256,
        "model_sha256": main.sha256,
        "warmup_settled": recording.settled,
        "noise_bytes": live.noise_bytes,
        "reconnections": live.reconnections,
        "self_reported": True,
    }


def device_name(environment: dict[str, Any], connection: Connection) -> str:
    """What to call the device: its board's name, else its processor's, else the host's."""
    for key in ("device_model", "cpu_model", "host_name"):
        name = " ".join(str(environment.get(key) or "").split())
        if name:
            return name[:80]
    return connection.endpoint.host
