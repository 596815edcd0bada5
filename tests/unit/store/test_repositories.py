from __future__ import annotations

import pytest

from genba.errors import UnknownId
from genba.figures import Figure
from genba.i18n import Language
from genba.store.faults import AmbiguousName, MissingReference, NameTaken, StillUsed
from genba.store.workspace import Workspace
from genba.study.device import Target
from unit.store.nouns import a_model, a_run, a_study, a_variant


def test_every_noun_comes_back_as_it_was_stored(workspace: Workspace) -> None:
    model = workspace.models.add(a_model())
    variant = workspace.variants.add(a_variant(model))
    run = workspace.runs.add(a_run(variant))
    study = workspace.studies.add(a_study(model, variant, run))
    target = workspace.targets.add(Target(target_id="t1", name="pi", host="10.0.0.5", port=2222))

    assert workspace.models.get(model.model_id) == model
    assert workspace.variants.list(model_id=model.model_id) == (variant,)
    assert workspace.runs.list(target_name="demo") == (run,)
    assert workspace.runs.list(target_name="other") == ()
    assert workspace.studies.find("Press line 3") == study
    assert workspace.targets.find("pi") == target
    assert workspace.runs_of(study) == (run,)
    assert workspace.variants_of(study) == (variant,)
    assert workspace.model_of(study) == model


def test_a_stored_warning_still_renders_its_figure_in_both_languages(workspace: Workspace) -> None:
    variant = a_variant(a_model())
    run = workspace.runs.add(a_run(variant))

    (warning,) = workspace.runs.get(run.run_id).warnings

    assert isinstance(warning.params["value"], Figure)
    assert Language("en").message(warning) == "The median is 12.5 ms ●: load was high."


def test_an_id_wins_over_a_name_and_a_name_over_a_prefix(workspace: Workspace) -> None:
    first = workspace.models.add(a_model(data=b"1"))
    prefix = first.model_id[:6]
    named_like_it = workspace.models.add(a_model(name=prefix, data=b"2"))

    assert workspace.models.find(first.model_id) == first
    assert workspace.models.find(prefix) == named_like_it
    assert workspace.models.find(first.model_id[:7]) == first


def test_what_fits_several_or_none_is_an_error_that_says_so(workspace: Workspace) -> None:
    workspace.models.add(a_model(data=b"1"))
    workspace.models.add(a_model(data=b"2"))

    with pytest.raises(AmbiguousName) as caught:
        workspace.models.find("detector")
    assert len(caught.value.params["ids"]) == 2
    for missing in ("absent", "", "%", "_"):
        with pytest.raises(UnknownId) as unknown:
            workspace.models.find(missing)
        assert str(unknown.value) == f"There is no model called “{missing}”."


def test_adding_the_same_id_again_replaces_it_and_keeps_its_place(workspace: Workspace) -> None:
    first = workspace.models.add(a_model(data=b"1"))
    second = workspace.models.add(a_model(data=b"2"))
    renamed = workspace.models.add(first.model_copy(update={"name": "renamed"}))

    assert workspace.models.list() == (renamed, second)


def test_an_update_reads_and_writes_in_one_step(workspace: Workspace) -> None:
    model = workspace.models.add(a_model())
    variant = workspace.variants.add(a_variant(model))
    run = workspace.runs.add(a_run(variant))
    study = workspace.studies.add(a_study(model, variant, run))

    changed = workspace.studies.update(
        study.study_id, lambda s: s.model_copy(update={"chosen": "c1"})
    )

    assert workspace.studies.get(study.study_id) == changed
    assert changed.chosen == "c1"
    assert changed.changed_at > study.changed_at

    def fail(_study: object) -> object:
        raise ValueError

    with pytest.raises(ValueError):
        workspace.studies.update(study.study_id, fail)  # type: ignore[arg-type]
    assert workspace.studies.get(study.study_id) == changed


def test_nothing_can_point_to_what_is_not_stored(workspace: Workspace) -> None:
    model = a_model()
    variant = a_variant(model)
    with pytest.raises(MissingReference):
        workspace.variants.add(variant)
    workspace.models.add(model)
    workspace.variants.add(variant)
    with pytest.raises(MissingReference):
        workspace.studies.add(a_study(model, variant, a_run(variant)))
    assert workspace.studies.list() == ()


def test_what_is_used_cannot_be_removed(workspace: Workspace) -> None:
    model = workspace.models.add(a_model())
    variant = workspace.variants.add(a_variant(model))
    run = workspace.runs.add(a_run(variant))
    study = workspace.studies.add(a_study(model, variant, run))

    for repository, name in [
        (workspace.models, model.model_id),
        (workspace.variants, variant.variant_id),
        (workspace.runs, run.run_id),
    ]:
        with pytest.raises(StillUsed):
            repository.remove(name)  # type: ignore[attr-defined]

    assert workspace.studies.remove(study.study_id) == study
    workspace.runs.remove(run.run_id)
    workspace.variants.remove(variant.variant_id)
    workspace.models.remove(model.model_id)
    assert workspace.models.list() == ()


def test_names_of_targets_are_unique(workspace: Workspace) -> None:
    workspace.targets.add(Target(target_id="t1", name="pi", host="a"))
    with pytest.raises(NameTaken):
        workspace.targets.add(Target(target_id="t2", name="pi", host="b"))
    workspace.targets.add(Target(target_id="t1", name="pi", host="c"))
    assert [t.host for t in workspace.targets.list()] == ["c"]


def test_a_transaction_keeps_all_or_nothing(workspace: Workspace) -> None:
    def write_and_fail() -> None:
        with workspace.transaction():
            workspace.models.add(a_model())
            assert len(workspace.models.list()) == 1
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        write_and_fail()
    assert workspace.models.list() == ()
