"""Lint: a clean study has no error; each seeded defect is named by its rule."""

from __future__ import annotations

from genba.figures import Basis, Figure
from genba.i18n import Language
from genba.report import build, lint
from genba.report.tree import Finding, Note, Report
from genba.study.study import StudySnapshot
from unit.report.snapshot import snapshot


def errors(study: StudySnapshot, report: Report | None = None) -> set[str]:
    found = lint(study, report or build(study))
    return {f.rule for f in found if f.severity == "error"}


def with_business(study: StudySnapshot, **changes: object) -> StudySnapshot:
    assert study.business is not None
    return study.model_copy(update={"business": study.business.model_copy(update=changes)})


def test_the_clean_study_has_no_error() -> None:
    assert errors(snapshot(demo=False)) == set()


def test_l02_no_status_quo() -> None:
    study = snapshot(demo=False)
    assert study.business is not None
    kept = tuple(a for a in study.business.alternatives if a.id != "nothing")
    assert errors(with_business(study, alternatives=kept)) == {"L02"}


def test_l02_undated_baseline() -> None:
    assert errors(with_business(snapshot(demo=False), price_date="")) == {"L02"}


def test_l05_predicted_without_interval() -> None:
    study = snapshot(demo=False)
    last = study.candidates[-1]
    bare = {k: f.model_copy(update={"low": None, "high": None}) for k, f in last.figures.items()}
    changed = (*study.candidates[:-1], last.model_copy(update={"figures": bare}))
    found = lint(study.model_copy(update={"candidates": changed}), build(study))
    messages = [f.message.text for f in found if f.rule == "L05"]
    assert any(text.startswith("{n} predicted values") for text in messages)


def test_l06_assumption_without_source_or_date() -> None:
    study = snapshot(demo=False)
    assert study.business is not None
    inputs = study.business.inputs
    for missing in ("source", "date"):
        values = {k: v.model_copy(update={missing: ""}) for k, v in inputs.values.items()}
        changed = with_business(study, inputs=inputs.model_copy(update={"values": values}))
        assert "L06" in errors(changed)


def test_l06_old_price_is_a_warning() -> None:
    study = snapshot(demo=False)
    assert study.business is not None
    inputs = study.business.inputs
    price = inputs.values["unit_price"].model_copy(update={"date": "2025-01-01"})
    changed = inputs.model_copy(update={"values": {**inputs.values, "unit_price": price}})
    found = lint(with_business(study, inputs=changed), build(study))
    [old] = [f.message for f in found if "older" in f.message.text]
    assert "Price per device" in Language("en").message(old)


def test_l07_measured_without_a_run() -> None:
    study = snapshot(demo=False)
    changed = tuple(c.model_copy(update={"run_ids": ()}) for c in study.candidates)
    assert errors(study.model_copy(update={"candidates": changed})) == {"L07"}


def test_l07_run_of_another_runtime() -> None:
    study = snapshot(demo=False)
    first, *rest = study.candidates
    forged = first.model_copy(update={"run_ids": (study.runs[-1].run_id,)})
    assert errors(study.model_copy(update={"candidates": (forged, *rest)})) == {"L07"}


def test_l07_too_few_requests_for_p99() -> None:
    study = snapshot(demo=False)
    runs = tuple(r.model_copy(update={"samples_count": 120}) for r in study.runs)
    found = lint(study.model_copy(update={"runs": runs}), build(study))
    named = {f.message.params["percentile"] for f in found if f.severity == "error"}
    assert named == {"p99"}


def test_l07_demo_run_behind_a_candidate_without_its_mark() -> None:
    study = snapshot(demo=False)
    runs = tuple(r.model_copy(update={"demo": True}) for r in study.runs)
    assert "L07" in errors(study.model_copy(update={"runs": runs}), build(study))


def test_l09_one_figure_with_two_values() -> None:
    study = snapshot(demo=False)
    report = build(study)
    figure = Figure(value=1.0, unit="JPY", basis=Basis.ASSUMED, ref="business/npv_edge")
    from genba.errors import Message

    extra = Note(text=Message(text="{x}", params={"x": figure}))
    page = report.pages[0]
    changed = page.model_copy(update={"blocks": (*page.blocks, extra)})
    forged = report.model_copy(update={"pages": (changed, *report.pages[1:])})
    assert errors(study, forged) == {"L09"}


def test_l14_recommended_although_negative_or_beaten() -> None:
    study = snapshot(demo=False)
    assert study.business is not None
    edge = study.business.alternative("edge")
    negative = edge.model_copy(update={"npv": edge.npv.model_copy(update={"value": -1e6})})
    others = tuple(a for a in study.business.alternatives if a.id != "edge")
    changed = with_business(study, alternatives=(*others, negative))
    found = [f for f in lint(changed, build(changed)) if f.rule == "L14"]
    assert len([f for f in found if f.severity == "error"]) >= 2


def test_l14_go_with_a_missed_hard_target() -> None:
    study = snapshot(demo=False)
    chosen = next(c for c in study.candidates if c.candidate_id == study.study.chosen)
    missed = tuple(j.model_copy(update={"verdict": "missed"}) for j in chosen.judgements)
    changed = tuple(
        c.model_copy(update={"judgements": missed}) if c is chosen else c for c in study.candidates
    )
    report = build(study).model_copy(update={"level": "go"})
    assert errors(study.model_copy(update={"candidates": changed}), report) == {"L14"}


def test_l14_demo_figures_behind_a_recommendation() -> None:
    study = snapshot(demo=True)
    report = build(study).model_copy(update={"level": "conditional"})
    found: tuple[Finding, ...] = lint(study, report)
    assert any(f.rule == "L14" and "demo" in f.message.text for f in found)
