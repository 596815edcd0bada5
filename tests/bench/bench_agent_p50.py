"""Whether the agent measures what a bare loop measures: p50 of both, taken in turns.

Ours is a whole run on the demo device, over SSH, with journal, telemetry and samples on the wire.
The peer is a plain onnxruntime loop in a process of its own with the same threads and inputs.
Aim: the ratio's interval lies within 0.97 to 1.03.
"""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from rows import Row, abba, paired

MODELS = ("fault-diagnosis", "super-resolution")
"""The shortest and a longer pass of the samples: overhead shows in the short one."""

THREADS = 1  # more threads than free cores measure the scheduler
WARMUP = 50

_PEER = """
import json, sys, time
import numpy, onnxruntime
model, inputs, threads, warmup, queries = sys.argv[1:]
options = onnxruntime.SessionOptions()
options.intra_op_num_threads, options.inter_op_num_threads = int(threads), 1
options.log_severity_level = 3
session = onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])
feed = dict(numpy.load(inputs))
taken = []
for n in range(int(warmup) + int(queries)):
    started = time.perf_counter_ns()
    session.run(None, feed)
    taken.append(time.perf_counter_ns() - started)
print(json.dumps(sorted(taken[int(warmup):])))
"""


def measure(*, quick: bool = False) -> list[Row]:
    """One row a sample model."""
    from genba.jobs import JobContext
    from genba.remote.connection import connect
    from genba.remote.demo_device import start_demo_device

    rounds, queries = (4, 150) if quick else (10, 500)
    job = JobContext()
    rows = []
    with (
        tempfile.TemporaryDirectory() as folder,
        start_demo_device(job=job) as device,
        connect(device.endpoint, device.host_keys, job=job) as connection,
    ):
        for name in MODELS:
            model = _sample(name)
            inputs = _inputs(model, Path(folder) / f"{name}.npz")
            taken: dict[bool, list[float]] = {True: [], False: []}
            for turn, is_ours in enumerate(abba(rounds)):
                if is_ours:
                    place = Path(folder) / f"{name}-{turn}"
                    place.mkdir()
                    p50 = _agent_p50_ms(connection, device, model, inputs, queries, place, job)
                else:
                    p50 = _peer_p50_ms(model, inputs, queries)
                taken[is_ours].append(p50)
            pairs = list(zip(taken[True], taken[False], strict=True))
            rows.append(paired(f"p50 by the agent, {name}", "ms", "bare onnxruntime loop", pairs))
    return rows


def _agent_p50_ms(
    connection: Any, device: Any, model: Path, inputs: Path, queries: int, place: Path, job: Any
) -> float:
    from genba.benchmark.deployment import RunnerSpec
    from genba.benchmark.session import run_benchmark
    from genba.extension.runners import runner
    from genba.study.model import ModelFile
    from genba.study.run import ScenarioSettings

    found = runner("onnxruntime")
    spec = RunnerSpec.of(found, found.settings(threads=THREADS))
    digest = hashlib.sha256(model.read_bytes()).hexdigest()
    files = (ModelFile(name=model.name, size=model.stat().st_size, sha256=digest),)
    result = run_benchmark(
        connection, spec, files, model,
        ScenarioSettings(queries=queries, warmup_queries_min=WARMUP, threads=THREADS),
        folder=place, host_keys=device.host_keys, job=job, inputs=inputs,
    )  # fmt: skip
    if not result.complete:
        raise RuntimeError(f"the run is not complete: {result.error}")
    value = result.figures["latency_p50_ms"].value
    assert value is not None
    return value


def _peer_p50_ms(model: Path, inputs: Path, queries: int) -> float:
    arguments = [str(model), str(inputs), str(THREADS), str(WARMUP), str(queries)]
    answer = subprocess.run(
        [sys.executable, "-c", _PEER, *arguments], check=True, capture_output=True, text=True
    )
    taken = json.loads(answer.stdout.splitlines()[-1])
    middle = len(taken) // 2
    return float(taken[middle] + taken[(len(taken) - 1) // 2]) / 2 / 1e6


def _sample(name: str) -> Path:
    from genba.resources import asset

    return asset("samples", name, "model.onnx")


def _inputs(model: Path, target: Path) -> Path:
    """One request's arrays, drawn once and used by both sides."""
    import numpy as np
    import onnxruntime

    session = onnxruntime.InferenceSession(str(model), providers=["CPUExecutionProvider"])
    rng = np.random.default_rng(1)
    arrays = {
        value.name: rng.random(
            [d if isinstance(d, int) else 1 if n == 0 else 64 for n, d in enumerate(value.shape)],
            dtype=np.float32,
        )
        for value in session.get_inputs()
    }
    np.savez(target, **arrays)  # type: ignore[arg-type]
    return target
