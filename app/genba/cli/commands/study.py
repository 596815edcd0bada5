"""`genba study`: create, walk through, export and import studies."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from genba.cli.parser import Commands
from genba.cli.terminal import Terminal
from genba.cli.values import figures_json
from genba.errors import N_
from genba.study.workload import TASK_NAMES, Task


def register(commands: Commands) -> None:
    """Declare the verbs."""
    group = commands.group("study", N_("studies: one proof of concept each"))
    parser = group.add("new", N_("create a study"), new)
    parser.add_argument("name", metavar="NAME")
    parser.add_argument(
        "--workload", type=Path, metavar="FILE", help=group.t(N_("a workload as JSON"))
    )
    parser.add_argument(
        "--sample", metavar="ID", help=group.t(N_("start from a sample application"))
    )
    group.add("list", N_("list the studies"), list_)
    for verb, text in (
        ("show", N_("show a study and its candidates")),
        ("open", N_("open a study in the window")),
    ):
        parser = group.add(verb, text, show if verb == "show" else open_)
        parser.add_argument("study", metavar="STUDY")
    parser = group.add("choose", N_("choose the candidate that the business case rests on"), choose)
    parser.add_argument("study", metavar="STUDY")
    parser.add_argument("candidate", metavar="CANDIDATE")
    parser = group.add("remove", N_("remove a study; its models and runs stay"), remove)
    parser.add_argument("study", metavar="STUDY")
    parser = group.add("export", N_("write a study with its evidence as one file"), export)
    parser.add_argument("study", metavar="STUDY")
    parser.add_argument("file", metavar="FILE", type=Path)
    parser = group.add("import", N_("read a study file"), import_)
    parser.add_argument("file", metavar="FILE", type=Path)


def new(options: argparse.Namespace, terminal: Terminal) -> None:
    """Create a study."""
    from genba.usecases import studies

    workload = studies.read_workload(options.workload) if options.workload else None
    study = terminal.work(studies.create, options.name, workload=workload, sample=options.sample)
    _created(study.study_id, study.name, terminal)


def import_(options: argparse.Namespace, terminal: Terminal) -> None:
    """Read a study file."""
    from genba.usecases import studies

    study = terminal.work(studies.import_, options.file)
    _created(study.study_id, study.name, terminal)


def list_(options: argparse.Namespace, terminal: Terminal) -> None:
    """List the studies."""
    from genba.usecases import studies

    found = studies.list_studies()
    terminal.answer(
        {"studies": [s.model_dump(mode="json") for s in found]},
        lambda: terminal.table(
            [N_("Id"), N_("Name"), N_("Task"), N_("Changed")],
            [
                [
                    s.study_id,
                    s.name,
                    terminal.language.text(TASK_NAMES[Task(s.task)]),
                    f"{s.changed_at:%Y-%m-%d %H:%M}",
                ]
                for s in found
            ],
        ),
    )


def show(options: argparse.Namespace, terminal: Terminal) -> None:
    """Show a study and its candidates."""
    from genba.usecases import studies

    view = studies.show(options.study)

    def human() -> None:
        terminal.say("{name} ({id})", name=view.study.name, id=view.study.study_id)
        names = ("memory_bytes", "energy_mj", "quality")
        terminal.table(
            [
                N_("Candidate"),
                N_("Variant"),
                N_("Device"),
                N_("Runtime"),
                N_("Latency"),
                N_("Memory"),
                N_("Energy"),
                N_("Quality"),
            ],
            [
                [
                    c.candidate_id[:8],
                    c.variant_name,
                    f"{c.device_name} (DEMO)" if c.demo else c.device_name,
                    c.runtime,
                    # Measured: the median; predicted: the one latency that the estimator knows.
                    c.figures.get("latency_p50_ms") or c.figures.get("latency_ms", ""),
                    *(c.figures.get(n, "") for n in names),
                ]
                for c in view.candidates
            ],
        )

    terminal.answer(_document(view), human)


def open_(options: argparse.Namespace, terminal: Terminal) -> None:
    """Open a study in the window."""
    from genba.gui.main import main as open_window
    from genba.usecases import studies

    study_id = studies.show(options.study).study.study_id
    open_window(["--study", study_id])


def choose(options: argparse.Namespace, terminal: Terminal) -> None:
    """Choose the candidate that the business case rests on."""
    from genba.usecases import studies

    study = studies.choose(options.study, options.candidate)
    terminal.answer(
        {"study_id": study.study_id, "chosen": study.chosen},
        lambda: terminal.say(
            N_("{name} is built on {candidate}."), name=study.name, candidate=study.chosen
        ),
    )


def remove(options: argparse.Namespace, terminal: Terminal) -> None:
    """Remove a study."""
    from genba.usecases import studies

    studies.delete(options.study)
    terminal.answer(
        {"removed": options.study},
        lambda: terminal.say(N_("{name} is removed."), name=options.study),
    )


def export(options: argparse.Namespace, terminal: Terminal) -> None:
    """Write a study with its evidence as one file."""
    from genba.usecases import studies

    path = terminal.work(studies.export, options.study, options.file)
    terminal.answer({"path": str(path)}, lambda: terminal.say(N_("Written: {path}"), path=path))


def _created(study_id: str, name: str, terminal: Terminal) -> None:
    terminal.answer(
        {"study_id": study_id, "name": name},
        lambda: terminal.say(N_("Study {name} has the id {id}."), name=name, id=study_id),
    )


def _document(view: Any) -> dict[str, Any]:
    return {
        "study_id": view.study.study_id,
        "name": view.study.name,
        "workload": view.study.workload.model_dump(mode="json"),
        "model_id": view.study.model_id,
        "chosen": view.study.chosen,
        "variants": [
            {"variant_id": v.variant_id, "name": v.name, "bytes": v.bytes} for v in view.variants
        ],
        "runs": [{"run_id": r.run_id, "complete": r.complete} for r in view.runs],
        "candidates": [
            {
                **c.model_dump(mode="json", exclude={"figures", "judgements"}),
                "figures": figures_json(c.figures),
                "judgements": [
                    {
                        **j.model_dump(mode="json", exclude={"figure"}),
                        "ref": j.figure.ref if j.figure else None,
                    }
                    for j in c.judgements
                ],
            }
            for c in view.candidates
        ],
    }
