"""The real program, started as a person would start it, against real servers and real disks."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from devices import SshServer, processes_with

import builders


class Genba:
    """Runs `genba` with a home of its own."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.environment = {**os.environ, "GENBA_HOME": str(home)}

    def start(self, *arguments: object) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [sys.executable, "-m", "genba.cli.main", *map(str, arguments)],
            env=self.environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        )  # fmt: skip

    def run(self, *arguments: object) -> tuple[int, dict[str, Any], str]:
        process = self.start(*arguments, "--json")
        out, err = process.communicate(timeout=120)
        return process.returncode, json.loads(out) if out else {}, err

    def ok(self, *arguments: object) -> dict[str, Any]:
        code, document, err = self.run(*arguments)
        assert code == 0, err
        return document

    def refused(self, *arguments: object) -> dict[str, Any]:
        code, document, err = self.run(*arguments)
        assert code == 1, (code, document, err)
        assert "Traceback" not in err
        error: dict[str, Any] = document["error"]
        return error


@pytest.fixture
def genba(tmp_path: Path) -> Genba:
    return Genba(tmp_path / "home")


@pytest.fixture
def model(tmp_path: Path) -> Path:
    return builders.save(builders.tiny_mlp(), tmp_path / "tiny.onnx")


def add_lab(genba: Genba, sshd: SshServer, *options: object) -> None:
    genba.ok(
        "target", "add", f"root@127.0.0.1:{sshd.port}", "--name", "lab",
        "--identity", sshd.identity, "--python", sys.executable, *options,
    )  # fmt: skip


def test_add_trust_and_measure_over_openssh(genba: Genba, sshd: SshServer, model: Path) -> None:
    add_lab(genba, sshd)
    untrusted = genba.refused("bench", model, "--target", "lab", "--queries", 20)
    assert "genba target trust" in untrusted["hint"]
    shown = genba.refused("target", "trust", "lab", "--fingerprint", "SHA256:wrong")
    fingerprint = next(w for w in shown["message"].split() if w.startswith("SHA256:")).rstrip(",")
    genba.ok("target", "trust", "lab", "--fingerprint", fingerprint)
    run = genba.ok("bench", model, "--target", "lab", "--queries", 60)
    assert run["complete"]
    assert run["latency_ms"]["p50"]["basis"] == "measured"
    assert "demo" not in run["latency_ms"]["p50"]
    assert run["power_w"]["not_measured"] or run["power_w"]["value"] > 0
    table = genba.ok("run", "export", run["run_id"], "-o", genba.home / "samples.csv")
    header, *rows = Path(table["path"]).read_text().splitlines()
    assert header.startswith("sequence,scheduled_ns,latency_ms")
    assert len(rows) == run["samples_count"] + run["warmup_count"]


def test_a_changed_host_key_stops_before_anything_is_sent(
    genba: Genba, sshd: SshServer, model: Path
) -> None:
    add_lab(genba, sshd)
    shown = genba.refused("target", "trust", "lab", "--fingerprint", "SHA256:wrong")
    old = next(w for w in shown["message"].split() if w.startswith("SHA256:")).rstrip(",")
    genba.ok("target", "trust", "lab", "--fingerprint", old)
    sshd.stop()
    sshd.new_host_key()
    sshd.start()
    error = genba.refused("bench", model, "--target", "lab", "--queries", 5)
    assert old in error["message"] + error["hint"]
    assert not list(sshd.home.rglob("*.onnx"))


def test_without_the_runtime_the_package_is_named(
    genba: Genba, sshd: SshServer, model: Path, tmp_path: Path
) -> None:
    bare = tmp_path / "bare"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(bare)], check=True)
    genba.ok("target", "add", f"root@127.0.0.1:{sshd.port}", "--name", "lab",
             "--identity", sshd.identity, "--python", bare / "bin" / "python")  # fmt: skip
    shown = genba.refused("target", "trust", "lab", "--fingerprint", "SHA256:wrong")
    key = next(w for w in shown["message"].split() if w.startswith("SHA256:")).rstrip(",")
    genba.ok("target", "trust", "lab", "--fingerprint", key)
    error = genba.refused("bench", model, "--target", "lab", "--queries", 5)
    assert "onnxruntime" in error["message"] or "numpy" in error["message"]


def test_an_interrupt_leaves_nothing_running(genba: Genba, model: Path) -> None:
    marker = f"GENBA_TEST_CLIENT={os.getpid()}"
    genba.environment["GENBA_TEST_CLIENT"] = str(os.getpid())
    process = genba.start("bench", model, "--target", "demo", "--duration-s", 60)
    assert process.stderr is not None
    for line in process.stderr:
        if "Measuring" in line:
            break
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=30)
    assert process.returncode == 130
    deadline = time.monotonic() + 10
    while processes_with(marker) and time.monotonic() < deadline:
        time.sleep(0.1)
    assert not processes_with(marker)
    assert genba.ok("run", "list") == {"runs": []}


def test_a_full_disk_is_one_sentence_and_leaves_nothing_half(
    small_disk: Path, tmp_path: Path
) -> None:
    genba = Genba(small_disk / "home")
    genba.ok("model", "list")
    big = builders.save(builders.tiny_mlp(inputs=512, hidden=512), tmp_path / "big.onnx")
    error = genba.refused("model", "import", big)
    assert error["code"] == "disk_full"
    assert genba.ok("model", "list") == {"models": []}
    assert not [p for p in (small_disk / "home" / "artifacts").iterdir() if p.is_dir()]


def test_a_report_to_an_unwritable_place_is_refused(genba: Genba, tmp_path: Path) -> None:
    genba.ok("study", "new", "Pump", "--sample", "fault-diagnosis")
    genba.ok("predict", "fault-diagnosis", "--device", "raspberry-pi-5", "--study", "Pump")
    place = tmp_path / "taken"
    place.write_text("a file, not a folder")
    error = genba.refused("report", "Pump", "-o", place / "report.pdf")
    assert error["code"] == "not_writable"
    assert place.read_text() == "a file, not a folder"


def test_a_study_travels_as_one_file(genba: Genba, tmp_path: Path) -> None:
    genba.ok("study", "new", "Pump", "--sample", "fault-diagnosis")
    genba.ok("predict", "fault-diagnosis", "--device", "raspberry-pi-5", "--study", "Pump")
    file = tmp_path / "pump.genba"
    genba.ok("study", "export", "Pump", file)
    other = Genba(tmp_path / "other")
    imported = other.ok("study", "import", file)
    mine, theirs = (
        genba.ok("study", "show", "Pump"),
        other.ok("study", "show", imported["study_id"]),
    )
    assert [c["figures"] for c in mine["candidates"]] == [
        c["figures"] for c in theirs["candidates"]
    ]


def test_the_answer_is_one_json_document_and_progress_goes_to_stderr(
    genba: Genba, model: Path
) -> None:
    process = genba.start("compress", model, "--preset", "int8-dynamic", "--json")
    out, err = process.communicate(timeout=60)
    assert json.loads(out)["variant_id"]
    assert out.count("\n") == 1
    assert "Compressing" in err
