"""A realistic study snapshot: text generation, two runtimes on the demo device, three predicted.

The business result is that of the worked example (tests/data or the design notes' example B):
8 site gateways, NPV 5,169,460 yen at the edge against 3,795,173 in the cloud.
"""

from __future__ import annotations

import datetime as dt
import math
import random
from typing import Any

from genba.errors import Message
from genba.figures import Basis, Figure, measured, not_measured
from genba.study.business import (
    AlternativeResult,
    BusinessInput,
    BusinessInputs,
    BusinessResult,
    GateCriterion,
    StageInput,
    StageResult,
    TornadoBar,
)  # fmt: skip
from genba.study.candidate import Candidate, Judgement, Prediction
from genba.study.model import Model, ModelFile, TensorSpec
from genba.study.run import Run, ScenarioSettings
from genba.study.study import Study, StudySnapshot
from genba.study.variant import PassRecord, PassSpec, Quality, Recipe, Variant
from genba.study.workload import Limit, Task, Workload

TAKEN = dt.datetime(2026, 11, 24, 9, 0, tzinfo=dt.UTC)
LIMITS = (
    Limit(measure="latency_p99_ms", operator="<=", value=1500.0),
    Limit(measure="memory_bytes", operator="<=", value=600e6),
    Limit(measure="energy_mj", operator="<=", value=12_000.0),
    Limit(measure="quality", operator=">=", value=0.60),
)
_VARIANTS = (
    ("fp32", "none", 412e6, 1.0, 0.648),
    ("int8", "weights-int8", 110e6, 3.74, 0.645),
    ("int4-b32", "weights-int4-b32", 66e6, 6.2, 0.621),
)
_LATENCY = {
    ("fp32", "onnxruntime"): 1490.0, ("int8", "onnxruntime"): 842.0,
    ("int4-b32", "onnxruntime"): 1128.0, ("fp32", "openvino"): 1180.0,
    ("int8", "openvino"): 910.0, ("int4-b32", "openvino"): 655.0,
}  # fmt: skip
_DEVICES = (
    ("jetson-orin-nx-16gb", "Jetson Orin NX 16GB", 0.31),
    ("core-ultra-7-258v", "Core Ultra 7 258V", 0.42),
    ("rk3588-16gb", "RK3588 16GB", 1.9),
)


def snapshot(
    *, demo: bool = True, level: str = "conditional", business: bool = True
) -> StudySnapshot:
    """The study. With ``demo=False`` the same Runs come from a real site gateway."""
    variants = tuple(_variant(*v) for v in _VARIANTS)
    runs = tuple(
        _run(v, runtime, _LATENCY[v.name, runtime], demo)
        for v in variants
        for runtime in ("onnxruntime", "openvino")
    )
    candidates = tuple(_measured_candidate(v, r, demo) for v in variants for r in runs
                       if r.variant_id == v.variant_id)  # fmt: skip
    predictions = tuple(_predictions(variants, demo))
    predicted = tuple(_predicted_candidate(p) for p in predictions if p.device_id in
                      {d for d, _, _ in _DEVICES})  # fmt: skip
    study = Study(
        study_id="7c1e4f09a2b35d60", name="Maintenance assistant at the edge (8 sites)",
        created_at=TAKEN, changed_at=TAKEN,
        workload=Workload(
            task=Task.TEXT_GENERATION, requests_per_day=8333, quality_metric="answer accuracy",
            evaluation="sample:text-generation", limits=LIMITS, private_data=(),
        ),
        model_id="a" * 64, variant_ids=tuple(v.variant_id for v in variants),
        run_ids=tuple(r.run_id for r in runs), predictions=predictions,
        chosen=f"{variants[2].variant_id[:8]}-openvino",
        decision={"owner": "Head of Production Engineering", "budget_line": "FY2026 DX programme",
                  "decision_date": "2026-12-01"},
    )  # fmt: skip
    return StudySnapshot(
        study=study, taken_at=TAKEN, model=_model(), variants=variants, runs=runs,
        candidates=candidates + predicted, devices=(),
        business=business_result(demo=demo, level=level) if business else None,
        sha256="7c1e4f09" + "0" * 56, program_version="0.1.0",
    )  # fmt: skip


def samples_ms(run: Run, count: int = 1200) -> tuple[float, ...]:
    """Latencies that agree with the Run's summary."""
    random.seed(run.run_id)
    middle = run.figures["latency_p50_ms"].value or 1.0
    return tuple(middle * math.exp(random.gauss(0.0, 0.10)) for _ in range(count))


def _model() -> Model:
    return Model(
        model_id="a" * 64, name="assistant-1b", format="onnx", sha256="a" * 64,
        parameters=103_000_000, weight_bytes=412_000_000,
        inputs=(TensorSpec(name="input_ids", dtype="int64", shape=("batch", "sequence")),),
        outputs=(TensorSpec(name="logits", dtype="float32", shape=("batch", "sequence", 32000)),),
        files=(ModelFile(name="model.onnx", size=412_000_000, sha256="a" * 64),),
        path="/models/assistant.onnx", storage="linked",
    )  # fmt: skip


def _variant(name: str, recipe: str, size: float, ratio: float, quality: float) -> Variant:
    identifier = (name.replace("-", "") + "0123456789abcdef" * 4)[:64]
    return Variant(
        variant_id=identifier, model_id="a" * 64, name=name,
        recipe=Recipe(id=recipe, name=name, passes=(PassSpec(name="matmul_nbits"),)),
        bytes=int(size), ratio=ratio, files=(), path=f"/variants/{name}.onnx",
        passes=(PassRecord(name="matmul_nbits", parameters={}, changed=48, wall_s=4.2,
                           bytes_before=412_000_000, bytes_after=int(size)),),
        qualities=tuple(
            Quality(metric="answer accuracy", higher_is_better=True,
                    value=_quality(quality, f"quality/{name}/{runtime}"),
                    reference=_quality(0.648, f"quality/reference/{runtime}"),
                    runtime=runtime, data_sha256="b" * 64, n=1200)
            for runtime in ("onnxruntime", "openvino")
        ),
    )  # fmt: skip


def _quality(value: float, ref: str) -> Figure:
    return measured(value, "ratio", ref, low=value - 0.019, high=value + 0.019, level=0.95)


def _run(variant: Variant, runtime: str, p50: float, demo: bool) -> Run:
    run_id = f"{variant.name.replace('-', '')[:4]}{runtime[:4]}00112233"[:16]

    def figure(name: str, value: float, unit: str, spread: float) -> Figure:
        return measured(
            value, unit, f"run/{run_id}/{name}", low=value * (1 - spread),
            high=value * (1 + spread), level=0.95, demo=demo,
        )  # fmt: skip

    figures = {
        "latency_p50_ms": figure("latency_p50_ms", p50, "ms", 0.006),
        "latency_p90_ms": figure("latency_p90_ms", p50 * 1.14, "ms", 0.012),
        "latency_p99_ms": figure("latency_p99_ms", p50 * 1.27, "ms", 0.03),
        "latency_mean_ms": figure("latency_mean_ms", p50 * 1.02, "ms", 0.005),
        "throughput_per_s": figure("throughput_per_s", 1000 / (p50 * 1.02), "1/s", 0.005),
        "ttft_ms": figure("ttft_ms", p50 * 0.11, "ms", 0.02),
        "tpot_ms": figure("tpot_ms", p50 * 0.0139, "ms", 0.01),
        "decode_tokens_per_s": figure(
            "decode_tokens_per_s", 1000 / (p50 * 0.0139), "token/s", 0.01
        ),
        "memory_bytes": figure("memory_bytes", variant.bytes * 1.35 + 180e6, "byte", 0.01),
        "energy_mj": not_measured("no_power_sensor", "mJ", f"run/{run_id}/energy_mj"),
        "power_w": not_measured("no_power_sensor", "W", f"run/{run_id}/power_w"),
        "temperature_c": figure("temperature_c", 61.0, "degC", 0.02),
    }
    return Run(
        run_id=run_id, created_at=TAKEN - dt.timedelta(days=2), model_id=variant.model_id,
        variant_id=variant.variant_id, variant_name=variant.name,
        target_name="demo" if demo else "site-gateway-1",
        device_name="Demo device (this computer)" if demo else "Site gateway",
        runtime=runtime, runtime_version={"onnxruntime": "1.32.0", "openvino": "2026.4"}[runtime],
        scenario=ScenarioSettings(kind="generate", queries=1200),
        figures=figures,
        environment={"cpu_model": "x86-64, 2 cores", "kernel": "6.1.0", "python": "3.11.7",
                     "threads": 2, "governor": "performance", "agent_sha256": "c" * 64,
                     "model_sha256": "d" * 64, "load_start": 0.12},
        samples_count=1200, warmup_count=18, demo=demo,
    )  # fmt: skip


def _measured_candidate(variant: Variant, run: Run, demo: bool) -> Candidate:
    quality = variant.quality(run.runtime)
    assert quality is not None
    figures = {**run.figures, "quality": quality.value}
    return Candidate(
        candidate_id=f"{variant.variant_id[:8]}-{run.runtime}", variant_id=variant.variant_id,
        variant_name=variant.name, device_ref=f"target:{run.target_name}",
        device_name=run.device_name, runtime=run.runtime, figures=figures, run_ids=(run.run_id,),
        judgements=_judge(figures), demo=demo, bytes=variant.bytes, baseline=variant.name == "fp32",
    )  # fmt: skip


def _judge(figures: dict[str, Figure]) -> tuple[Judgement, ...]:
    judgements = []
    for limit in LIMITS:
        figure = figures.get(limit.measure)
        verdict: Any = "undecided"
        if figure is not None and figure.value is not None:
            end = figure.high if limit.operator == "<=" else figure.low
            good = (
                (end or 0) <= limit.value if limit.operator == "<=" else (end or 0) >= limit.value
            )
            if figure.basis is Basis.MEASURED:
                verdict = "met" if good else "missed"
            else:
                verdict = "likely" if good else "undecided"
        judgements.append(
            Judgement(measure=limit.measure, limit=limit.value, operator=limit.operator,
                      verdict=verdict, figure=figure)
        )  # fmt: skip
    return tuple(judgements)


def _predictions(variants: tuple[Variant, ...], demo: bool) -> list[Prediction]:
    made = []
    own = ("demo", "Demo device (this computer)", 1.07) if demo else ("x", "Site gateway", 1.07)
    for variant in variants[1:]:
        for device, name, factor in (*_DEVICES, own):
            base = _LATENCY[variant.name, "openvino"] * factor
            made.append(_prediction(variant, device, name, base))
    return made


def _prediction(variant: Variant, device: str, name: str, latency: float) -> Prediction:
    def figure(key: str, value: float, unit: str, low: float, high: float) -> Figure:
        return Figure(
            value=value, unit=unit, basis=Basis.PREDICTED, low=value * low, high=value * high,
            level=0.8, ref=f"prediction/{variant.variant_id[:8]}/{device}/openvino/{key}",
        )  # fmt: skip

    figures = {
        "latency_ms": figure("latency_ms", latency, "ms", 0.72, 1.45),
        "ttft_ms": figure("ttft_ms", latency * 0.085, "ms", 0.7, 1.2),
        "tpot_ms": figure("tpot_ms", latency * 0.0135, "ms", 0.8, 1.3),
        "memory_bytes": figure("memory_bytes", variant.bytes * 1.3 + 185e6, "byte", 0.9, 1.15),
        "energy_mj": figure("energy_mj", latency * 9.5, "mJ", 0.6, 1.6),
        "throughput_per_s": figure("throughput_per_s", 1000 / latency, "1/s", 0.7, 1.4),
    }
    return Prediction(
        variant_id=variant.variant_id, device_id=device, device_name=name, runtime="openvino",
        figures=figures, fits=True, bound_by="memory bandwidth",
    )  # fmt: skip


def _predicted_candidate(prediction: Prediction) -> Candidate:
    name = next(v[0] for v in _VARIANTS if prediction.variant_id.startswith(v[0].replace("-", "")))
    size = next(v[2] for v in _VARIANTS if v[0] == name)
    quality = next(v[4] for v in _VARIANTS if v[0] == name)
    carried = _quality(quality, f"carried/{prediction.device_id}/{name}")
    figures = {
        **prediction.figures,
        "latency_p50_ms": prediction.figures["latency_ms"],
        "quality": carried.model_copy(update={"basis": Basis.PREDICTED}),
    }
    return Candidate(
        candidate_id=f"{prediction.variant_id[:8]}-{prediction.device_id}",
        variant_id=prediction.variant_id, variant_name=name, device_ref=prediction.device_id,
        device_name=prediction.device_name, runtime="openvino", figures=figures,
        judgements=_judge(figures), bytes=int(size),
    )  # fmt: skip


# -- the business result of the worked example -------------------------------------------------

_EDGE_NET = (-9788000.0, 2945422.75, 4314837.02, 4786223.93, 5453855.19)
_CLOUD_NET = (-4584000.0, 1202563.10, 2321526.76, 2938856.57, 3422585.84)
_EDGE_LINES = {
    "labour": (0.0, 4354560.0, 6662476.8, 7550807.04, 7701823.18),
    "false_alarms": (0.0, -288000.0, -440640.0, -499392.0, -509379.84),
    "downtime": (0.0, 480000.0, 720000.0, 800000.0, 800000.0),
    "energy": (0.0, -18513.41, -19796.46, -20502.74, -20912.79),
    "maintenance": (0.0, -226800.0, -226800.0, -226800.0, -226800.0),
    "operations": (0.0, -378000.0, -385560.0, -393271.2, -401136.62),
    "automation_licence": (0.0, -360000.0, -360000.0, -360000.0, -360000.0),
    "security": (0.0, -240000.0, -240000.0, -240000.0, -240000.0),
    "one_off": (-3800000.0, 0.0, 0.0, 0.0, 0.0),
}
_DRIVERS = {
    "labour": ("hours_saved_per_device_day", "cashable_share", "wage"),
    "false_alarms": ("requests_per_year", "false_positive_rate_edge", "review_cost"),
    "downtime": ("downtime_hours_avoided", "downtime_cost_per_hour"),
    "energy": ("energy_mj", "idle_w", "energy_price"),
    "maintenance": ("unit_price", "maintenance_rate"),
    "operations": ("ops_hours_after", "ops_wage"),
    "integration": ("integration",),
    "hardware": ("unit_price",),
}
_INPUTS: tuple[tuple[str, float, str, Basis, float | None, float | None, str], ...] = (
    ("hours_saved_per_device_day", 1.5, "hour", Basis.PREDICTED, 0.8, 1.9, "trial of two weeks"),
    ("cashable_share", 0.7, "ratio", Basis.ASSUMED, 0.4, 0.85, "overtime records"),
    ("integration", 3.5e6, "JPY", Basis.PREDICTED, 3e6, 5.5e6, "median of three quotes"),
    ("ops_hours_after", 7.0, "hour", Basis.ASSUMED, 5.0, 16.0, "drill on one device"),
    ("unit_price", 420000.0, "JPY", Basis.ASSUMED, 400000.0, 520000.0, "quotes of three vendors"),
    ("energy_mj", 240000.0, "mJ", Basis.MEASURED, 225000.0, 290000.0, "Run int4open"),
    ("wage", 3600.0, "JPY", Basis.ASSUMED, None, None, "payroll"),
    ("false_positive_rate_edge", 0.002, "ratio", Basis.MEASURED, 0.0014, 0.0027, "Run int4open"),
    ("requests_per_year", 2e6, "1", Basis.ASSUMED, None, None, "log of 2025"),
    ("energy_price", 28.0, "JPY/kWh", Basis.ASSUMED, 24.0, 36.0, "supply contract"),
    ("ops_wage", 4500.0, "JPY", Basis.ASSUMED, None, None, "payroll"),
    ("review_cost", 120.0, "JPY", Basis.ASSUMED, None, None, "time study"),
    ("downtime_hours_avoided", 10.0, "hour", Basis.ASSUMED, 8.0, 12.0, "stop records"),
    ("downtime_cost_per_hour", 80000.0, "JPY", Basis.ASSUMED, None, None, "controlling"),
    ("idle_w", 7.5, "W", Basis.MEASURED, None, None, "Run int4open"),
    ("maintenance_rate", 0.06, "ratio", Basis.ASSUMED, None, None, "vendor contract"),
    ("cloud_price_growth", -0.15, "ratio", Basis.ASSUMED, -0.25, -0.05, "last three years"),
)  # fmt: skip
_TORNADO = (
    ("hours_saved_per_device_day", 1.0775, 1.6902, 990684.0, 7050979.0, 0.9773),
    ("cashable_share", 0.5162, 0.7678, 1273860.0, 6607266.0, 0.4561),
    ("integration", 3353553.0, 4792893.0, 5273512.0, 4250846.0, 10775699.0),
    ("ops_hours_after", 6.483, 12.854, 5235124.0, 4425661.0, 47.68),
    ("unit_price", 415492.0, 485359.0, 5201299.0, 4707855.0, 1151947.0),
    ("energy_mj", 234874.0, 271972.0, 5169646.0, 5168305.0, None),
)


def business_result(*, demo: bool = True, level: str = "conditional") -> BusinessResult:
    """Example B with its documented outputs."""
    stop = level == "stop"
    inputs = _business_inputs(demo, 0.82 if stop else 0.261)

    def amount(value: float, name: str, unit: str = "JPY", **more: Any) -> Figure:
        return Figure(value=value, unit=unit, basis=Basis.ASSUMED, ref=f"business/{name}",
                      demo=demo, **more)  # fmt: skip

    stages = _stage_results(inputs, amount)
    return BusinessResult(
        currency="JPY", years=4, rate=0.06, price_date="2026-10-01", inputs=inputs,
        alternatives=(
            _nothing(amount),
            _alternative("cloud", amount, stop),
            _alternative("edge", amount, stop),
        ),
        edge_minus_cloud=tuple(e - c for e, c in zip(_EDGE_NET, _CLOUD_NET, strict=True)),
        edge_minus_cloud_npv=amount(1374287.0, "edge_minus_cloud_npv"),
        break_even_requests_per_year=amount(1164594.0, "break_even", "1"),
        requests_per_year=amount(2e6, "requests", "1"),
        tornado=tuple(
            TornadoBar(input=k, p10=a, p90=b, npv_at_p10=c, npv_at_p90=d, swing=abs(d - c),
                       switching_value=s)
            for k, a, b, c, d, s in _TORNADO
        ),
        stages=stages,
        staging={
            "commit_value": amount(-2815660.0, "commit_value"),
            "staged_value": amount(930835.0, "staged_value"),
            "evsi": amount(2300000.0, "evsi"),
        },
        burden_before_hours_month=amount(24.0, "burden_before", "hour"),
        burden_after_hours_month=amount(7.0, "burden_after", "hour", low=5.0, high=16.0),
        evidence_share={"measured": 0.029, "predicted": 0.264, "assumed": 0.707},
        evpi=amount(267270.0, "evpi"),
        recommendation="none" if demo else ("nothing" if stop else "edge"),
        recommendation_level="none" if demo else ("stop" if stop else "conditional"),
    )  # fmt: skip


def _business_inputs(demo: bool, loss: float) -> BusinessInputs:
    values = {
        key: BusinessInput(
            key=key, value=value, unit=unit, basis=basis, low=low, high=high, source=source,
            date="2026-10-01", owner="" if index % 3 else "Maintenance",
            ref="run/x" if basis is Basis.MEASURED else "",
            demo=demo and basis is Basis.MEASURED,
        )
        for index, (key, value, unit, basis, low, high, source) in enumerate(_INPUTS)
    }  # fmt: skip
    criteria = (
        GateCriterion(measure="latency_p99_ms", operator="<=", value=1500.0, unit="ms"),
        GateCriterion(measure="quality_drop", operator="<=", value=0.01, unit="ratio"),
        GateCriterion(
            measure="probability_of_loss", operator="<=", value=0.20, unit="ratio", met=False,
            current=Figure(value=loss, unit="ratio", basis=Basis.ASSUMED, demo=demo,
                           ref="business/npv_edge/probability_of_loss"),
        ),
    )  # fmt: skip
    stages = (
        StageInput(id="poc", name=Message(text="Stage 0: PoC"), cost=1.8e6, months=2, p_go=0.65,
                   exit_cost=1e5, payoff=0, chip_stage="existing_edge_chip", criteria=criteria),
        StageInput(id="pilot", name=Message(text="Stage 1: pilot"), cost=2.6e6, months=6, p_go=0.8,
                   exit_cost=5e5, payoff=9e6, chip_stage="existing_edge_chip",
                   criteria=criteria[:2], owner="Maintenance"),
        StageInput(id="rollout", name=Message(text="Stage 2: roll-out"), cost=4.2e6, months=9,
                   p_go=0.75, exit_cost=9e5, payoff=17e6,
                   chip_stage="low_power_accelerator_or_fpga", criteria=criteria),
    )  # fmt: skip
    return BusinessInputs(
        name="B", price_date="2026-10-01", years=4, ramp=(0.6, 0.9, 1.0, 1.0), values=values,
        line_drivers=_DRIVERS, stages=stages,
    )  # fmt: skip


def _stage_results(inputs: BusinessInputs, amount: Any) -> tuple[StageResult, ...]:
    starts, losses = (0.0, 2.0, 8.0), (1899034.0, 4855822.0, 9243539.0)
    values = (930835.0, 4296130.0, 7789424.0)
    return tuple(
        StageResult(
            id=s.id, name=s.name, cost=amount(s.cost, f"stage/{s.id}/cost"), months=s.months,
            start_month=starts[i], expected_value=amount(values[i], f"stage/{s.id}/value"),
            max_loss_if_stopped=amount(losses[i], f"stage/{s.id}/loss"),
            exit_cost=amount(s.exit_cost, f"stage/{s.id}/exit"), chip_stage=s.chip_stage,
            owner=s.owner, criteria=s.criteria,
        )
        for i, s in enumerate(inputs.stages)
    )  # fmt: skip


def _nothing(amount: Any) -> AlternativeResult:
    zero = amount(0.0, "nothing/zero")
    none = not_measured("not_applicable", "ratio", "business/nothing/irr")
    return AlternativeResult(
        id="nothing", net=(0.0,) * 5, npv=zero, irr=none, mirr=none, payback_months=none,
        discounted_payback_months=none, roi=none, tco_per_year=zero,
    )  # fmt: skip


def _alternative(which: Any, amount: Any, stop: bool) -> AlternativeResult:
    edge = which == "edge"
    npv = (5169460.0 if edge else 3795173.0) if not stop else (510000.0 if edge else 660000.0)
    p10, p50, p90 = (
        (-2212814.0, 2424801.0, 7100772.0) if edge else (-1650000.0, 2070000.0, 5880000.0)
    )
    loss = 0.261 if edge else 0.25
    if stop:
        p10, p50, p90, loss = (-5670000.0, -2360000.0, 770000.0, 0.82) if edge else (
            -4120000.0, -1370000.0, 1260000.0, 0.73)  # fmt: skip
    risk = {
        "p10": amount(p10, f"{which}/p10"), "p50": amount(p50, f"{which}/p50"),
        "p90": amount(p90, f"{which}/p90"),
        "probability_of_loss": amount(loss, f"npv_{which}/probability_of_loss", "ratio"),
    }  # fmt: skip
    pv = {k: sum(v / 1.06**t for t, v in enumerate(flow)) for k, flow in _EDGE_LINES.items()}
    return AlternativeResult(
        id=which, net=_EDGE_NET if edge else _CLOUD_NET,
        npv=amount(npv, f"npv_{which}", low=p10, high=p90, level=0.8),
        irr=amount(0.2507 if edge else 0.3272, f"{which}/irr", "ratio"),
        mirr=amount(0.1785 if edge else 0.2325, f"{which}/mirr", "ratio"),
        payback_months=amount(30.3 if edge else 28.3, f"{which}/payback", "month"),
        discounted_payback_months=amount(33.5 if edge else 30.7, f"{which}/dpayback", "month"),
        roi=amount(0.48 if edge else 0.36, f"{which}/roi", "ratio"),
        tco_per_year=amount(4440576.0 if edge else 4532519.0, f"{which}/tco"),
        lines=_EDGE_LINES if edge else {}, risk=risk,
        lines_pv={k: amount(v, f"{which}/pv_{k}") for k, v in pv.items()} if edge else {},
        capex=(7280000.0, 0.0, 0.0, 0.0, 0.0) if edge else (3000000.0, 0.0, 0.0, 0.0, 0.0),
        tax=(-1292000.0, 377823.84, 1394843.32, 1824617.17, 1916020.33) if edge else (),
        residual_after_tax=(0.0, 0.0, 0.0, 0.0, 626281.6) if edge else (),
        histogram=_histogram() if edge else (),
    )  # fmt: skip


def _histogram() -> tuple[tuple[float, float, int], ...]:
    low, high, count = -7e6, 11.5e6, 42
    step = (high - low) / count
    bins = []
    for i in range(count):
        middle = low + (i + 0.5) * step
        bins.append((low + i * step, low + (i + 1) * step,
                     round(6000 * math.exp(-0.5 * ((middle - 2.44e6) / 3.52e6) ** 2))))  # fmt: skip
    return tuple(bins)
