"""Small but complete study nouns for the store's tests."""

from __future__ import annotations

import datetime as dt
import hashlib
from typing import Any

from genba.errors import Message
from genba.figures import measured, not_measured
from genba.study.base import new_id
from genba.study.candidate import Prediction
from genba.study.model import Model, ModelFile, TensorSpec, artifact_id
from genba.study.run import Run, ScenarioSettings
from genba.study.study import Study
from genba.study.variant import PassRecord, PassSpec, Recipe, Variant
from genba.study.workload import Limit, Task, Workload

DAY = dt.datetime(2026, 11, 24, 9, 30, tzinfo=dt.UTC)


def model_file(data: bytes, name: str = "model.onnx") -> ModelFile:
    return ModelFile(name=name, size=len(data), sha256=hashlib.sha256(data).hexdigest())


def a_model(name: str = "detector", data: bytes = b"weights", **changes: Any) -> Model:
    files = (model_file(data),)
    return Model(
        model_id=artifact_id(files), name=name, format="onnx", sha256=files[0].sha256,
        parameters=1_000, weight_bytes=4_000, files=files, path="model.onnx", storage="copied",
        inputs=(TensorSpec(name="x", dtype="float32", shape=("batch", 3, 224, 224)),),
        outputs=(TensorSpec(name="y", dtype="float32", shape=("batch", 10)),),
    ).model_copy(update=changes)  # fmt: skip


def a_variant(model: Model, data: bytes = b"small weights", **changes: Any) -> Variant:
    files = (model_file(data),)
    return Variant(
        variant_id=artifact_id(files), model_id=model.model_id, name=f"{model.name} int8",
        recipe=Recipe(id="int8", name="int8", passes=(PassSpec(name="int8"),)),
        bytes=len(data), ratio=0.25, files=files, path="model.onnx",
        passes=(PassRecord(name="int8", parameters={"axis": 0}, changed=3, wall_s=0.5,
                           bytes_before=4_000, bytes_after=1_000),),
    ).model_copy(update=changes)  # fmt: skip


def a_run(variant: Variant, **changes: Any) -> Run:
    run_id = new_id()
    p50 = measured(
        12.5, "ms", f"run/{run_id}/latency_p50_ms", low=12.1, high=13.0, level=0.95, demo=True
    )
    return Run(
        run_id=run_id, created_at=DAY, model_id=variant.model_id, variant_id=variant.variant_id,
        variant_name=variant.name, target_name="demo", device_name="This computer",
        runtime="onnxruntime:CPUExecutionProvider", runtime_version="1.32",
        scenario=ScenarioSettings(queries=100),
        figures={
            "latency_p50_ms": p50,
            "energy_mj": not_measured("no_power_sensor", "mJ", f"run/{run_id}/energy_mj"),
        },
        environment={"kernel": "6.1", "threads": 2},
        warnings=(Message(text="The median is {value}: {why}.", code="w",
                          params={"value": p50, "why": Message(text="load was high")}),),
    ).model_copy(update=changes)  # fmt: skip


def a_study(model: Model, variant: Variant, run: Run, **changes: Any) -> Study:
    return Study(
        study_id=new_id(), name="Press line 3", created_at=DAY, changed_at=DAY,
        workload=Workload(
            task=Task.FAULT_DIAGNOSIS,
            limits=(Limit(measure="latency_p99_ms", operator="<=", value=50.0),),
        ),
        model_id=model.model_id, variant_ids=(variant.variant_id,), run_ids=(run.run_id,),
        predictions=(
            Prediction(variant_id=variant.variant_id, device_id="raspberry-pi-5",
                       device_name="Raspberry Pi 5", runtime="onnxruntime", fits=True,
                       bound_by="memory bandwidth", figures={}),
        ),
        shortlist=("raspberry-pi-5",),
    ).model_copy(update=changes)  # fmt: skip
