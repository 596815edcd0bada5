"""The main job, whole, as `genba demo` does it: from a bundled model to two PDFs."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest
from pypdf import PdfReader

from genba.figures import Basis
from genba.i18n import Language
from genba.jobs import JobContext, Progress
from genba.study.run import ScenarioSettings
from genba.usecases import demo, studies

SHORT = ScenarioSettings(kind="generate", queries=8, prompt_tokens=16, generate_tokens=8)


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> tuple[demo.DemoResult, Path, list[float]]:
    folder = tmp_path_factory.mktemp("demo")
    seen: list[float] = []

    def listen(event: object) -> None:
        if isinstance(event, Progress) and event.fraction is not None:
            seen.append(event.fraction)

    result = demo.run(folder / "out", scenario=SHORT, job=JobContext(listen), home=folder / "home")
    return result, folder / "home", seen


Finished = tuple[demo.DemoResult, Path, list[float]]


def test_three_variants_are_measured_on_both_runtimes(finished: Finished) -> None:
    result, home, _ = finished
    view = studies.show(result.study_id, home=home)
    measured = {(r.variant_name, r.runtime) for r in view.runs if r.complete}
    assert measured == {
        (variant, runtime)
        for variant in ("fp32", "int8-dynamic", "int4-block32")
        for runtime in ("onnxruntime", "openvino")
    }
    assert all(run.demo and run.figures["ttft_ms"].demo for run in view.runs)


def test_three_devices_stand_beside_it_as_predictions(finished: Finished) -> None:
    result, home, _ = finished
    view = studies.show(result.study_id, home=home)
    devices = {c.device_ref for c in view.candidates if not c.run_ids}
    assert len(devices) >= 3
    latencies = [c.figures["latency_ms"] for c in view.candidates if not c.run_ids]
    assert {f.basis for f in latencies} == {Basis.PREDICTED}


def test_every_variant_s_quality_is_measured_under_both_runtimes(finished: Finished) -> None:
    result, home, _ = finished
    for variant in studies.show(result.study_id, home=home).variants:
        assert {q.runtime for q in variant.qualities} == {"onnxruntime", "openvino"}
        assert all(q.value.value is not None for q in variant.qualities)


def test_it_ends_with_what_it_found_and_where_the_files_lie(finished: Finished) -> None:
    result, _, seen = finished
    assert len(result.lines) == 5
    for language in ("en", "ja"):
        assert all(Language(language).message(line) for line in result.lines)
    assert [path.name for path in result.files] == ["report-en.pdf", "report-ja.pdf", "study.genba"]
    assert seen == sorted(seen), "progress went back"
    assert seen[-1] == 1.0


def test_the_reports_are_pdfs_with_the_demo_mark_where_demo_figures_stand(
    finished: Finished,
) -> None:
    result, _, _ = finished
    english, japanese = (PdfReader(path) for path in result.files[:2])
    assert len(english.pages) >= 7
    texts = [page.extract_text() for page in english.pages]
    assert any("DEMO" in text for text in texts)
    assert "int4-block32" in "".join(texts)
    assert "投資対効果" in japanese.pages[0].extract_text()


def test_the_study_file_opens_elsewhere(finished: Finished, tmp_path: Path) -> None:
    result, home, _ = finished
    assert zipfile.is_zipfile(result.files[2])
    study = studies.import_(result.files[2], job=JobContext(), home=tmp_path / "other")
    there = studies.show(study.study_id, home=tmp_path / "other")
    here = studies.show(result.study_id, home=home)
    assert there.candidates == here.candidates
