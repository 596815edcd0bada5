"""The business case of a study, and plain cases from a file."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from genba.business import case_file, study_case
from genba.errors import N_
from genba.jobs import JobContext
from genba.store.workspace import Workspace
from genba.study.business import BusinessInputs, BusinessResult
from genba.usecases.evidence import business_inputs


def evaluate(
    study: str,
    *,
    overrides: dict[str, float] | None = None,
    save: bool = False,
    job: JobContext,
    home: Path | None = None,
) -> BusinessResult:
    """Compare doing nothing, the cloud and the edge for a study.

    `overrides` change inputs by key for this evaluation; `save` keeps them in the study.

    Raises:
        UnknownId: there is no such study.
        CaseError and its kin: an input breaks a rule, or there is none of that key.
    """
    with Workspace.open(home) as workspace:
        found = workspace.studies.find(study)
        inputs = business_inputs(workspace, found)
        if overrides:
            inputs = study_case.apply_overrides(inputs, overrides)
        job.report(N_("Calculating the business case"), 0.2)
        result = study_case.evaluate(inputs)
        if save:
            workspace.studies.update(
                found.study_id, lambda s: s.model_copy(update={"business": inputs})
            )
    return result


def inputs(study: str, *, home: Path | None = None) -> BusinessInputs:
    """The inputs that the study's case rests on: the kept ones, or the standard ones."""
    with Workspace.open(home) as workspace:
        return business_inputs(workspace, workspace.studies.find(study))


def evaluate_case(path: Path, *, job: JobContext) -> dict[str, Any]:
    """The outputs of a case file, as plain numbers under the keys of such a file.

    Raises:
        CaseError and its kin: the file cannot be read or an input breaks a rule.
    """
    document = case_file.read_case(path)
    job.report(N_("Calculating the business case"), 0.2)
    return case_file.evaluate_case(document)
