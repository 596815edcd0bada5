"""A study in plain data, and a Door that serves it: the window without a workspace behind it."""

from __future__ import annotations

import datetime as dt
import math
import random
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from genba.errors import Message
from genba.figures import Basis, Figure, measured, not_measured
from genba.gui.door import Door
from genba.jobs import JobContext
from genba.study import progress
from genba.study.assembling import assemble, best
from genba.study.business import (
    AlternativeResult,
    BusinessInput,
    BusinessInputs,
    BusinessResult,
    StageResult,
    TornadoBar,
)
from genba.study.candidate import Prediction
from genba.study.costs import ModelCosts, OperatorCost
from genba.study.device import DeviceProfile, Quantity, Target
from genba.study.events import RunPhase, RunStarted
from genba.study.model import Model, ModelFile, TensorSpec
from genba.study.run import Run, Sample, SampleBatch, ScenarioSettings, Telemetry
from genba.study.study import Study
from genba.study.variant import PassRecord, PassSpec, Quality, Recipe, Variant
from genba.study.view import StudySummary, StudyView
from genba.study.workload import Limit, Task, Workload

WHEN = dt.datetime(2026, 11, 24, 14, 2, tzinfo=dt.UTC)
MODEL_ID, INT8_ID, FP16_ID = "a" * 64, "b" * 64, "c" * 64
WORKLOAD = Workload(
    task=Task.FAULT_DIAGNOSIS,
    requests_per_day=86_400,
    quality_metric="macro_f1",
    evaluation="sample:fault-diagnosis",
    limits=(
        Limit(measure="latency_p90_ms", operator="<=", value=20.0, reason="one window in time"),
        Limit(measure="memory_bytes", operator="<=", value=200e6),
        Limit(measure="energy_mj", operator="<=", value=300.0),
        Limit(measure="quality", operator=">=", value=0.75),
        Limit(measure="budget", operator="<=", value=80_000.0),
    ),
)


def predicted(value: float, unit: str, ref: str, spread: float = 0.35) -> Figure:
    """A predicted Figure with an 80 % interval around it."""
    return Figure(
        value=value, unit=unit, basis=Basis.PREDICTED, ref=ref, low=value * (1 - spread),
        high=value * (1 + spread), level=0.8,
    )  # fmt: skip


def assumed(value: float, unit: str, ref: str) -> Figure:
    """An assumed Figure."""
    return Figure(value=value, unit=unit, basis=Basis.ASSUMED, ref=ref)


MODEL = Model(
    model_id=MODEL_ID,
    name="bearing-net",
    format="onnx",
    sha256="9f31c0e7" * 8,
    parameters=473_461,
    weight_bytes=1_893_844,
    inputs=(TensorSpec(name="signal", dtype="float32", shape=("batch", 1, 2048)),),
    outputs=(TensorSpec(name="logits", dtype="float32", shape=("batch", 5)),),
    files=(ModelFile(name="model.onnx", size=1_902_000, sha256="9f31c0e7" * 8),),
    path="/models/model.onnx",
    storage="copied",
)


def costs() -> ModelCosts:
    """The costs of a small convolutional network."""
    operators = []
    for block in range(8):
        operators.append(
            OperatorCost(
                name=f"/blocks.{block}/conv/Conv",
                op_type="Conv",
                macs=3_000_000 * (block + 1),
                weight_bytes=110_000 * (block + 1),
                read_bytes=400_000,
                write_bytes=260_000,
                output_shape=(1, 32 * (block + 1), 256),
                weight_elements=27_500 * (block + 1),
                precision="float32",
            )
        )
        operators.append(
            OperatorCost(
                name=f"/blocks.{block}/act/Relu", op_type="Relu", macs=0, weight_bytes=0,
                read_bytes=260_000, write_bytes=260_000, output_shape=(1, 32, 256),
            )
        )  # fmt: skip
    operators.append(
        OperatorCost(
            name="/head/Gemm", op_type="Gemm", macs=640, weight_bytes=2580, read_bytes=3000,
            write_bytes=20, output_shape=(1, 5), weight_elements=645, precision="float32",
        )
    )  # fmt: skip
    return ModelCosts(
        name="bearing-net",
        format="onnx",
        dimensions={"batch": 1},
        inputs=MODEL.inputs,
        outputs=MODEL.outputs,
        macs=sum(o.macs for o in operators),
        parameters=MODEL.parameters,
        weight_bytes=MODEL.weight_bytes,
        peak_activation_bytes=1_048_576,
        kv_cache_bytes_per_token=0,
        operators=tuple(operators),
        warnings=(Message(text="The dimension {name} was taken as {n}.",
                          params={"name": "batch", "n": 1}),),
    )  # fmt: skip


def quality(value: float, low: float, high: float, *, runtime: str = "onnxruntime") -> Quality:
    """A macro F1 with its interval, against the reference."""
    return Quality(
        metric="macro_f1",
        higher_is_better=True,
        value=measured(value, "1", "variant/quality", low=low, high=high, level=0.95),
        reference=measured(0.7932, "1", "variant/reference", low=0.762, high=0.823, level=0.95),
        runtime=runtime,
        data_sha256="d" * 64,
        n=600,
    )


PRESETS = (
    Recipe(id="fp16", name="Half precision", passes=(PassSpec(name="fp16"),),
           description="16-bit weights and arithmetic"),
    Recipe(id="int8-dynamic", name="8-bit weights", passes=(PassSpec(name="int8_dynamic"),),
           description="8-bit weights per channel, no calibration data"),
    Recipe(id="int4-block32", name="4-bit weights", passes=(PassSpec(name="int4_weights"),),
           description="4-bit weights in blocks of 32"),
)  # fmt: skip


def variants() -> tuple[Variant, ...]:
    """The unchanged model and two compressed ones."""
    none = Recipe(id="none", name="as imported", passes=())
    record = PassRecord(
        name="int8_dynamic", parameters={}, changed=9, wall_s=1.2, bytes_before=1_902_000,
        bytes_after=512_000,
    )  # fmt: skip
    return (
        Variant(variant_id=MODEL_ID, model_id=MODEL_ID, name="fp32", recipe=none, bytes=1_902_000,
                ratio=1.0, files=MODEL.files, path=MODEL.path,
                qualities=(quality(0.7932, 0.762, 0.823),)),
        Variant(variant_id=FP16_ID, model_id=MODEL_ID, name="fp16", recipe=PRESETS[0],
                bytes=958_000, ratio=1.98, files=MODEL.files, path=MODEL.path, passes=(record,),
                qualities=(quality(0.7931, 0.762, 0.823),), wall_s=0.8, peak_rss_bytes=140_000_000),
        Variant(variant_id=INT8_ID, model_id=MODEL_ID, name="int8", recipe=PRESETS[1],
                bytes=512_000, ratio=3.71, files=MODEL.files, path=MODEL.path, passes=(record,),
                qualities=(quality(0.7889, 0.757, 0.819),), wall_s=1.4, peak_rss_bytes=155_000_000),
    )  # fmt: skip


def samples(count: int = 520, warm: int = 24, seed: int = 7) -> tuple[Sample, ...]:
    """Latencies of a small network: a warm-up, then a narrow distribution with a few spikes."""
    draw = random.Random(seed)  # noqa: S311 - reproducible data, no secret
    found, at = [], 1_000_000_000
    for number in range(count + warm):
        latency = 3.4 + draw.gammavariate(2.0, 0.09) + (draw.random() < 0.01) * 2.2
        if number < warm:
            latency += 2.6 * math.exp(-number / 6)
        found.append(
            Sample(sequence=number, scheduled_ns=at, latency_ns=round(latency * 1e6),
                   warmup=number < warm)
        )  # fmt: skip
        at += round(latency * 1e6) + 400_000
    return tuple(found)


def telemetry(seconds: float = 2.2) -> tuple[Telemetry, ...]:
    """Sensors of a board without a power meter."""
    return tuple(
        Telemetry(at_ns=1_000_000_000 + i * 100_000_000, rss_bytes=61_000_000 + 20_000 * i,
                  temperature_c=47.0 + 4 * (1 - math.exp(-i / 12)), load=1.0)
        for i in range(int(seconds * 10))
    )  # fmt: skip


def run_of(variant: Variant, p50: float, *, run_id: str, demo: bool = True) -> Run:
    """A finished run."""

    def ms(name: str, value: float, width: float) -> Figure:
        return measured(value, "ms", f"run/{run_id}/{name}", low=value - width, high=value + width,
                        level=0.95, demo=demo)  # fmt: skip

    figures = {
        "latency_p50_ms": ms("latency_p50_ms", p50, 0.01),
        "latency_p90_ms": ms("latency_p90_ms", p50 * 1.07, 0.03),
        "latency_p99_ms": ms("latency_p99_ms", p50 * 1.42, 0.4),
        "throughput_per_s": measured(1000 / p50, "1/s", f"run/{run_id}/throughput", demo=demo),
        "memory_bytes": measured(61.4e6, "byte", f"run/{run_id}/memory_bytes", demo=demo),
        "energy_mj": not_measured("no_power_sensor", "mJ", f"run/{run_id}/energy_mj"),
        "temperature_c": measured(50.8, "degC", f"run/{run_id}/temperature_c", demo=demo),
    }
    return Run(
        run_id=run_id, created_at=WHEN, model_id=MODEL_ID, variant_id=variant.variant_id,
        variant_name=variant.name, target_name="demo", device_name="This computer",
        runtime="onnxruntime", runtime_version="1.32.0",
        scenario=ScenarioSettings(duration_s=10.0), figures=figures, environment={},
        samples_count=520, warmup_count=24, demo=demo,
    )  # fmt: skip


def devices() -> tuple[DeviceProfile, ...]:
    """A small catalogue, with one device whose facts are missing."""
    rows = (
        ("jetson-orin-nano", "NVIDIA Jetson Orin Nano 8GB", "existing_edge_chip", 8, 249.0),
        ("intel-n100", "Intel N100 mini PC", "existing_edge_chip", 16, 180.0),
        ("raspberry-pi-5", "Raspberry Pi 5 8GB", "existing_edge_chip", 8, 80.0),
        ("rk3588", "Rockchip RK3588", "existing_edge_chip", 16, 150.0),
        ("hailo-8l", "Hailo-8L", "low_power_accelerator_or_fpga", 0, 70.0),
        ("kria-kv260", "AMD Kria KV260", "low_power_accelerator_or_fpga", 4, 249.0),
        ("asic", "Custom ASIC", "dedicated_asic", 0, 0.0),
    )
    return tuple(
        DeviceProfile(
            id=identifier, name=name, vendor=name.split()[0], device_class="board",
            stage=stage, cpu_arch="arm64", cpu_name="",  # type: ignore[arg-type]
            memory_bytes=Quantity(value=memory * 2**30 or None, source="sheet"),
            price=Quantity(value=price or None, source="shop"), price_currency="USD",
            sources={"sheet": {"title": "Data sheet 1.2"}, "shop": {"title": "Shop list 2026-10"}},
        )
        for identifier, name, stage, memory, price in rows
    )  # fmt: skip


def predictions() -> tuple[Prediction, ...]:
    """Predictions for four devices; one does not fit."""
    values = {"jetson-orin-nano": 2.4, "intel-n100": 4.9, "raspberry-pi-5": 11.8, "rk3588": 17.5,
              "kria-kv260": 64.0}  # fmt: skip
    found = []
    names = {d.id: d.name for d in devices()}
    for identifier, latency in values.items():
        found.append(
            Prediction(
                variant_id=MODEL_ID,
                device_id=identifier,
                device_name=names[identifier],
                runtime="onnxruntime",
                figures={
                    "latency_ms": predicted(latency, "ms", f"prediction/{identifier}/latency_ms"),
                    "memory_bytes": predicted(70e6, "byte", f"prediction/{identifier}/memory"),
                    "energy_mj": predicted(latency * 6, "mJ", f"prediction/{identifier}/energy"),
                    "price": assumed(37_000, "JPY", f"device/{identifier}/price"),
                },
                fits=True,
                bound_by="memory",
                explanation=(
                    Message(text="Each pass reads {b} of weights.",
                            params={"b": assumed(1.9e6, "byte", "x")}),
                ),
            )
        )  # fmt: skip
    return tuple(found)


def study(**changes: Any) -> Study:
    """The study itself."""
    base: dict[str, Any] = {
        "study_id": "0123456789abcdef",
        "name": "Pump fault diagnosis, line 3",
        "created_at": WHEN,
        "changed_at": WHEN,
        "workload": WORKLOAD,
        "model_id": MODEL_ID,
        "shortlist": ("jetson-orin-nano", "raspberry-pi-5"),
    }
    return Study(**(base | changes))


def view(current: Study | None = None) -> StudyView:
    """The study with all that belongs to it."""
    current = current or study()
    made = variants() if current.model_id else ()
    runs = (
        (run_of(made[0], 3.56, run_id="7c2e00000000aaaa"),
         run_of(made[2], 2.31, run_id="51f000000000bbbb"))
        if made else ()
    )  # fmt: skip
    listed = tuple(p for p in predictions() if p.device_id in current.shortlist) if made else ()
    candidates = assemble(current.workload, made, runs, listed)
    chosen = next((c for c in candidates if c.candidate_id == current.chosen), best(candidates))
    model = MODEL if current.model_id else None
    return StudyView(
        study=current, model=model, variants=made, runs=runs, candidates=candidates,
        predictions=listed, devices=devices(), chosen=chosen,
        pages=progress.page_states(current, model, made, runs, candidates, chosen),
    )  # fmt: skip


def summary(current: StudyView) -> StudySummary:
    """Its card."""
    state, sentence = progress.conclusion(current.chosen, current.runs)
    return StudySummary(
        study_id=current.study.study_id, name=current.study.name, title=current.study.title,
        task=current.study.workload.task,
        created_at=WHEN, changed_at=WHEN, demo=current.demo,
        subtitle=Message(text="{model} · {n} variants",
                         params={"model": "bearing-net", "n": len(current.variants)}),
        conclusion=sentence, conclusion_state=state,
        figures=progress.headline_figures(current.chosen), pages=current.pages,
    )  # fmt: skip


def business(overrides: dict[str, float] | None = None) -> BusinessResult:
    """A case that moves with its first input; the figures of the worked example."""
    changed = overrides or {}
    hours = changed.get("hours_saved_per_device_day", 1.5)
    shift = (hours - 1.5) * 9.9e6
    facts = (
        ("hours_saved_per_device_day", 1.5, "hour", Basis.PREDICTED, 0.8, 1.9, "trial of 3 days"),
        ("cashable_share", 0.7, "ratio", Basis.ASSUMED, 0.4, 0.85, "production planning"),
        ("integration", 3.5e6, "JPY", Basis.PREDICTED, 3.0e6, 5.5e6, "two similar projects"),
        ("ops_hours_after", 7.0, "hour/month", Basis.MEASURED, 5.0, 16.0, "6 weeks of trial"),
        ("unit_price", 420_000.0, "JPY", Basis.ASSUMED, 400_000.0, 520_000.0, "hearsay"),
        ("energy_mj", 240.0, "mJ", Basis.MEASURED, 225.0, 290.0, "run 7c2e"),
        ("wage", 3600.0, "JPY/hour", Basis.ASSUMED, None, None, "price list"),
        ("rate", 0.06, "ratio", Basis.ASSUMED, None, None, "finance department"),
        ("devices", 8.0, "1", Basis.ASSUMED, None, None, ""),
    )
    values = {
        key: BusinessInput(key=key, value=changed.get(key, value), unit=unit, basis=basis, low=low,
                           high=high, source=source, date="2026-10-30")
        for key, value, unit, basis, low, high, source in facts
    }  # fmt: skip

    def money(name: str, value: float) -> Figure:
        return assumed(value, "JPY", f"business/{name}")

    net = (-9.788e6, 2.945e6 + shift / 4, 4.315e6 + shift / 4, 4.786e6 + shift / 4,
           5.454e6 + shift / 4)  # fmt: skip
    bins = tuple(
        (low * 1e6, (low + 1) * 1e6, round(4000 * math.exp(-(((low - 2.4) / 4) ** 2))))
        for low in range(-9, 15)
    )
    edge = AlternativeResult(
        id="edge", net=net, npv=money("npv_edge", 5.169e6 + shift),
        irr=assumed(0.2507, "ratio", "business/irr"), mirr=assumed(0.16, "ratio", "business/mirr"),
        payback_months=assumed(30.3, "month", "business/payback"),
        discounted_payback_months=assumed(33.4, "month", "business/dpayback"),
        roi=assumed(0.4, "ratio", "business/roi"), tco_per_year=money("tco", 3.4e6),
        risk={"p10": money("p10", -2.21e6), "p50": money("p50", 2.42e6),
              "p90": money("p90", 7.1e6),
              "probability_of_loss": assumed(0.26, "ratio", "business/p_loss")},
        histogram=bins,
    )  # fmt: skip
    tornado = tuple(
        TornadoBar(input=key, p10=0, p90=0, npv_at_p10=(5.17 - low) * 1e6,
                   npv_at_p90=(5.17 + high) * 1e6, swing=(low + high) * 1e6, switching_value=turn)
        for key, low, high, turn in (
            ("hours_saved_per_device_day", 4.2, 1.9, 0.98), ("cashable_share", 3.9, 1.5, 0.46),
            ("integration", 0.9, 0.1, 1.078e7), ("ops_hours_after", 0.7, 0.05, 48.0),
            ("unit_price", 0.4, 0.0, 1.15e6), ("energy_mj", 0.02, 0.02, None),
        )
    )  # fmt: skip
    stages = tuple(
        StageResult(id=str(i), name=Message(text=name), cost=money(f"s{i}", cost), months=months,
                    start_month=0, expected_value=money(f"v{i}", 1e6),
                    max_loss_if_stopped=money(f"m{i}", 2e6), exit_cost=money(f"e{i}", 1e5))
        for i, (name, cost, months) in enumerate(
            (("PoC", 1.8e6, 2.0), ("Pilot", 2.6e6, 6.0), ("Roll-out", 4.2e6, 9.0)))
    )  # fmt: skip
    cloud = edge.model_copy(update={"id": "cloud"})
    return BusinessResult(
        currency="JPY", years=4, rate=0.06, price_date="2025-04-01",
        inputs=BusinessInputs(name="case", years=4, values=values),
        alternatives=(edge, cloud), edge_minus_cloud=(0.0,) * 5,
        edge_minus_cloud_npv=money("difference", 1.37e6),
        break_even_requests_per_year=assumed(1.16e6, "1", "business/break_even"),
        requests_per_year=assumed(2e6, "1", "business/requests"),
        tornado=tornado, stages=stages,
        burden_before_hours_month=assumed(24, "hour", "b"),
        burden_after_hours_month=assumed(7, "hour", "a"),
        evidence_share={"measured": 0.029, "predicted": 0.263, "assumed": 0.708},
        recommendation="edge", recommendation_level="conditional",
        reasons=(Message(text="Measure the saved hours on site for two weeks."),),
    )  # fmt: skip


class ExampleDoor(Door):
    """Answers from the example; keeps what the window writes. `slow_s` stretches the benchmark."""

    def __init__(self, home: Path | None = None, *, empty: bool = False) -> None:
        super().__init__(home)
        self.study = study()
        self.empty = empty
        self.slow_s = 0.0
        self.calls: list[tuple[str, Any]] = []
        self.failing: dict[str, Exception] = {}

    def _called(self, name: str, value: Any = None) -> None:
        self.calls.append((name, value))
        if name in self.failing:
            raise self.failing[name]

    def list_studies(self, *, job: JobContext) -> tuple[StudySummary, ...]:
        self._called("list_studies")
        return () if self.empty else (summary(view(self.study)),)

    def list_samples(self, *, job: JobContext) -> tuple[Any, ...]:
        return tuple(
            SimpleNamespace(id=i, name={"en": en, "ja": ja}, summary={"en": about, "ja": sagt})
            for i, en, ja, about, sagt in (
                ("super-resolution", "Weld seam super-resolution", "溶接部の高精細化",
                 "Sharpens weld seam images fourfold.", "溶接部の画像を 4 倍に高精細化します。"),
                ("text-generation", "Maintenance assistant", "保全アシスタント",
                 "Answers questions from the manual.", "手順書をもとに質問に答えます。"),
                ("fault-diagnosis", "Bearing fault diagnosis", "軸受の故障診断",
                 "Finds bearing faults from vibration.", "振動から軸受の傷を見分けます。"),
            )
        )  # fmt: skip

    def show_study(self, study: str, *, job: JobContext) -> StudyView:
        self._called("show_study", study)
        return view(self.study)

    def create_study(
        self, name: str, workload: Workload | None, sample: str | None, *, job: JobContext
    ) -> Study:
        self._called("create_study", (name, workload, sample))
        return self.study

    def delete_study(self, study: str, *, job: JobContext) -> None:
        self._called("delete_study", study)

    def save_workload(self, study: str, workload: Workload, *, job: JobContext) -> Study:
        self._called("save_workload", workload)
        self.study = self.study.model_copy(update={"workload": workload})
        return self.study

    def set_shortlist(self, study: str, ids: tuple[str, ...], *, job: JobContext) -> Study:
        self._called("set_shortlist", ids)
        self.study = self.study.model_copy(update={"shortlist": ids})
        return self.study

    def choose(self, study: str, candidate: str, *, job: JobContext) -> Study:
        self._called("choose", candidate)
        self.study = self.study.model_copy(update={"chosen": candidate})
        return self.study

    def run_demo(self, *, job: JobContext) -> str:
        self._called("run_demo")
        return self.study.study_id

    def import_model(self, study: str, path: Path, *, job: JobContext) -> Model:
        self._called("import_model", path)
        self.study = self.study.model_copy(update={"model_id": MODEL_ID})
        return MODEL

    def analyze(self, model: str, dims: Any, *, job: JobContext) -> ModelCosts:
        self._called("analyze", dict(dims))
        return costs()

    def list_devices(self, *, job: JobContext) -> tuple[DeviceProfile, ...]:
        return devices()

    def predict(
        self, subject: str, study: str | None, *, job: JobContext, **options: Any
    ) -> tuple[Prediction, ...]:
        self._called("predict", (subject, study, tuple(options.get("device_ids", ()))))
        return predictions()

    def list_presets(self, *, job: JobContext) -> tuple[Recipe, ...]:
        return PRESETS

    def compress(
        self, model: str, preset: str, evaluate: str | None, study: str, *, job: JobContext
    ) -> Variant:
        self._called("compress", preset)
        return variants()[2]

    def list_targets(self, *, job: JobContext) -> tuple[Target, ...]:
        return (Target(target_id="demo", name="demo", host="127.0.0.1"),)

    def add_target(self, address: str, *, job: JobContext) -> Target:
        self._called("add_target", address)
        return Target(target_id="t1", name=address.split("@")[-1], host=address)

    def host_key(self, name: str, *, job: JobContext) -> Any:
        return SimpleNamespace(algorithm="ssh-ed25519", fingerprint="SHA256:q7Rk9dXw2LmAtB4v8sZe",
                               state="new", old_fingerprint="")  # fmt: skip

    def trust(self, name: str, fingerprint: str, *, job: JobContext) -> Target:
        self._called("trust", fingerprint)
        return Target(target_id="t1", name=name, host=name, fingerprint=fingerprint)

    def benchmark(
        self, subject: str, target: str, runtime: str, scenario: Any, study: str, *, job: JobContext
    ) -> Run:
        self._called("benchmark", (subject, target, runtime))
        run = run_of(variants()[0], 3.56, run_id="7c2e00000000aaaa")
        job.emit(RunPhase(run.run_id, "connect"))
        job.emit(RunStarted(run.run_id, run.device_name, "demo", "onnxruntime", {}, True))
        job.emit(RunPhase(run.run_id, "measure"))
        taken, readings = samples(), telemetry()
        for start in range(0, len(taken), 40):
            job.emit(SampleBatch(samples=taken[start : start + 40]))
            job.check()
            if job.ending:
                return run.model_copy(update={"complete": False})
            if self.slow_s:
                _sleep(job, self.slow_s)
        job.emit(SampleBatch(telemetry=readings))
        return run

    def samples(self, run: str, *, job: JobContext) -> tuple[Any, Any]:
        return samples(), telemetry()

    def business_inputs(self, study: str, *, job: JobContext) -> BusinessInputs:
        return business().inputs

    def business(
        self, study: str, overrides: Any, save: bool, *, job: JobContext
    ) -> BusinessResult:
        self._called("business", (dict(overrides), save))
        return business(dict(overrides))

    def check_report(self, study: str, template: str, *, job: JobContext) -> tuple[Any, ...]:
        return (
            SimpleNamespace(rule="R1", severity="caution", message=Message(
                text="71 % of the benefit is assumed.")),
            SimpleNamespace(rule="R2", severity="block", message=Message(
                text="“p99 is met” cannot be written: 80 samples do not settle it.")),
        )  # fmt: skip

    def write_report(
        self, study: str, path: Path, language: str, template: str, *, job: JobContext
    ) -> Any:
        self._called("write_report", (path, language, template))
        path.write_bytes(b"%PDF-1.7\n")
        return SimpleNamespace(path=path, pages=6, findings=())


def _sleep(job: JobContext, seconds: float) -> None:
    import time

    end = time.monotonic() + seconds
    while time.monotonic() < end:
        job.check()
        time.sleep(0.01)
