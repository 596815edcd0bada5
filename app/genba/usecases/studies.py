"""Studies: create, read, change, export, import."""

from __future__ import annotations

from itertools import count
from pathlib import Path

from pydantic import ValidationError

from genba.devices import catalogue
from genba.errors import N_, GenbaError, Message
from genba.files import reason_of
from genba.jobs import JobContext
from genba.store.faults import NameTaken
from genba.store.workspace import Workspace
from genba.study.base import first_problem, new_id, now
from genba.study.progress import conclusion, headline_figures
from genba.study.study import Study
from genba.study.view import StudySummary, StudyView
from genba.study.workload import TASK_NAMES, Task, Workload
from genba.usecases import samples
from genba.usecases.evidence import view_of
from genba.usecases.registering import import_into
from genba.usecases.resolving import baseline

DEFAULT_SHORTLIST = ("raspberry-pi-5", "jetson-orin-nano-8gb", "intel-n100")


class BadWorkloadFile(GenbaError):
    """A workload file cannot be read or breaks a rule."""

    code = "bad_workload_file"
    what = N_("{path} is not a workload: {reason}.")
    fix = N_("Compare it with a workload.json of a sample application.")


def read_workload(path: Path) -> Workload:
    """A Workload from a JSON file.

    Raises:
        BadWorkloadFile: it cannot be read or breaks a rule; names the field.
    """
    try:
        return Workload.model_validate_json(path.read_bytes())
    except OSError as error:
        raise BadWorkloadFile(path=path, reason=reason_of(error)) from error
    except ValidationError as error:
        field, problem = first_problem(error)
        raise BadWorkloadFile(path=path, reason=f"{field}: {problem}") from error


def create(
    name: str,
    *,
    workload: Workload | None = None,
    sample: str | None = None,
    numbered: bool = False,
    job: JobContext,
    home: Path | None = None,
) -> Study:
    """Create a study; from a sample it gets that sample's Workload and model.

    A name that is in use is refused, or with `numbered` gets a number behind it.

    Raises:
        UnknownId: there is no such sample. NameTaken: another study has this name.
    """
    chosen = samples.get(sample) if sample else None
    if workload is None:
        workload = chosen.workload if chosen else Workload(task=Task.OTHER)
    moment = now()
    study = Study(
        study_id=new_id(), name=name.strip() or "Study", created_at=moment, changed_at=moment,
        workload=workload, sample_id=chosen.id if chosen else "", shortlist=DEFAULT_SHORTLIST,
    )  # fmt: skip
    with Workspace.open(home) as workspace:
        study = study.model_copy(update={"name": _free_name(workspace, study.name, numbered)})
        if chosen is not None:
            model = import_into(workspace, chosen.model_path, chosen.id, job, sample_id=chosen.id)
            variant = workspace.variants.add(baseline(model))
            study = study.model_copy(
                update={"model_id": model.model_id, "variant_ids": (variant.variant_id,)}
            )
        return workspace.studies.add(study)


def list_studies(*, home: Path | None = None) -> tuple[StudySummary, ...]:
    """All studies as cards, the last changed first."""
    with Workspace.open(home) as workspace:
        views = [view_of(workspace, study) for study in workspace.studies.list()]
    views.sort(key=lambda v: v.study.changed_at, reverse=True)
    return tuple(_summary(view) for view in views)


def show(study: str, *, home: Path | None = None) -> StudyView:
    """A study with all that belongs to it.

    Raises:
        UnknownId: there is no such study.
    """
    with Workspace.open(home) as workspace:
        return view_of(workspace, workspace.studies.find(study))


def save_workload(study: str, workload: Workload, *, home: Path | None = None) -> Study:
    """Keep an edited Workload."""
    return _change(study, home, workload=workload)


def set_model(study: str, model_id: str, *, home: Path | None = None) -> Study:
    """Make a stored model the study's; evidence of another model is let go."""
    with Workspace.open(home) as workspace:
        model = workspace.models.find(model_id)
        variant = workspace.variants.add(baseline(model))

        def change(current: Study) -> Study:
            if current.model_id == model.model_id:
                return current
            return current.model_copy(
                update={
                    "model_id": model.model_id, "variant_ids": (variant.variant_id,),
                    "run_ids": (), "predictions": (), "chosen": "",
                }
            )  # fmt: skip

        return workspace.studies.update(study, change)


def set_shortlist(study: str, ids: tuple[str, ...], *, home: Path | None = None) -> Study:
    """Keep the device profiles that the study looks at; predictions for others are let go."""
    with Workspace.open(home) as workspace:
        for identifier in ids:
            catalogue.profile(identifier, workspace.home)
        return workspace.studies.update(
            study,
            lambda s: s.model_copy(
                update={
                    "shortlist": tuple(dict.fromkeys(ids)),
                    "predictions": tuple(p for p in s.predictions if p.device_id in (*ids, "demo")),
                }
            ),
        )


def choose(study: str, candidate: str, *, home: Path | None = None) -> Study:
    """Build the business case on this candidate (an id or an unambiguous prefix).

    Raises:
        UnknownCandidate: the study has none of that id.
    """
    view = show(study, home=home)
    fitting = [c for c in view.candidates if c.candidate_id.startswith(candidate)]
    if len(fitting) != 1 or not candidate:
        raise UnknownCandidate(name=candidate, study=view.study.name)
    return _change(view.study.study_id, home, chosen=fitting[0].candidate_id)


class UnknownCandidate(GenbaError):
    """A study has no candidate of that id."""

    code = "unknown_candidate"
    what = N_("The study {study} has no candidate “{name}”.")
    fix = N_("List its candidates with: genba study show {study}")


def delete(study: str, *, home: Path | None = None) -> None:
    """Remove a study; its models, variants and runs stay in the workspace."""
    with Workspace.open(home) as workspace:
        workspace.studies.remove(study)


def export(study: str, path: Path, *, job: JobContext, home: Path | None = None) -> Path:
    """Write a study with its evidence as one ``.genba`` file."""
    from genba.store.exchange import export_study

    job.report(N_("Writing the study file"), 0.0)
    with Workspace.open(home) as workspace:
        found = workspace.studies.find(study)
        export_study(workspace, found.study_id, path, job)
    return path


def import_(path: Path, *, job: JobContext, home: Path | None = None) -> Study:
    """Read a ``.genba`` file; nothing is kept when any part of it is not sound."""
    from genba.store.exchange import import_study

    job.report(N_("Reading the study file"), 0.0)
    with Workspace.open(home) as workspace:
        return import_study(workspace, path, job)


def _free_name(workspace: Workspace, name: str, numbered: bool) -> str:
    taken = {study.name for study in workspace.studies.list()}
    if name not in taken:
        return name
    if not numbered:
        raise NameTaken(kind=Message(text=N_("study")), name=name)
    return next(n for i in count(2) if (n := f"{name} {i}") not in taken)


def _change(study: str, home: Path | None, **changes: object) -> Study:
    with Workspace.open(home) as workspace:
        return workspace.studies.update(study, lambda s: s.model_copy(update=changes))


def _summary(view: StudyView) -> StudySummary:
    study = view.study
    state, sentence = conclusion(view.chosen, view.runs)
    subtitle = Message(
        text=N_("{task} · {model}"),
        params={"task": Message(text=TASK_NAMES[study.workload.task]),
                "model": view.model.name if view.model else Message(text=N_("no model"))},
    )  # fmt: skip
    return StudySummary(
        study_id=study.study_id, name=study.name, title=study.title, task=study.workload.task.value,
        created_at=study.created_at, changed_at=study.changed_at, demo=view.demo,
        subtitle=subtitle, conclusion=sentence, conclusion_state=state,
        figures=headline_figures(view.chosen), pages=view.pages,
    )  # fmt: skip
