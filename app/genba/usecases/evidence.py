"""Assembles a study's evidence from an open workspace, for every use case that reads it."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from genba.business.prices import NoExchangeRate, load_prices
from genba.devices import catalogue
from genba.errors import UnknownId
from genba.figures import Basis, Figure
from genba.store.workspace import Workspace
from genba.study.assembling import DEMO_DEVICE, assemble, best
from genba.study.business import BusinessInputs
from genba.study.candidate import Candidate
from genba.study.device import DeviceProfile
from genba.study.progress import page_states
from genba.study.study import Study
from genba.study.view import StudyView


def view_of(workspace: Workspace, study: Study) -> StudyView:
    """Assemble a study from an open workspace."""
    model = workspace.model_of(study)
    variants = workspace.variants_of(study)
    runs = workspace.runs_of(study)
    profiles = _profiles(study.shortlist, workspace.home)
    prices = _prices(profiles, study.workload.currency)
    candidates = assemble(study.workload, variants, runs, study.predictions, prices)
    chosen = _chosen(study, candidates)
    return StudyView(
        study=study, model=model, variants=variants, runs=runs, candidates=candidates,
        predictions=study.predictions, chosen=chosen,
        devices=profiles,
        pages=page_states(study, model, variants, runs, candidates, chosen),
    )  # fmt: skip


def business_inputs(workspace: Workspace, study: Study) -> BusinessInputs:
    """The inputs that a study kept, else the standard ones for its chosen candidate."""
    from genba.business import study_case

    if study.business is not None:
        return study.business
    chosen = view_of(workspace, study).chosen
    device = device_of(chosen, workspace) if chosen else None
    return study_case.defaults(study.workload, chosen, device, study_case.load_prices())


def device_of(candidate: Candidate, workspace: Workspace) -> DeviceProfile | None:
    """The profile behind a candidate: its own, or that of the target it was measured on."""
    reference = candidate.device_ref
    if reference == DEMO_DEVICE:
        return catalogue.profile("demo", workspace.home)
    if reference.startswith("target:"):
        try:
            target = workspace.targets.find(reference.removeprefix("target:"))
        except UnknownId:
            return None
        reference = target.device_id
    return next(iter(_profiles([reference] if reference else [], workspace.home)), None)


def _chosen(study: Study, candidates: tuple[Candidate, ...]) -> Candidate | None:
    picked = next((c for c in candidates if c.candidate_id == study.chosen), None)
    return picked or best(candidates)


def _profiles(identifiers: Iterable[str], home: Path) -> tuple[DeviceProfile, ...]:
    """The profiles of these ids; one that is gone from the catalogue is left out."""
    found = []
    for identifier in identifiers:
        try:
            found.append(catalogue.profile(identifier, home))
        except UnknownId:
            continue
    return tuple(found)


def _prices(profiles: Iterable[DeviceProfile], currency: str) -> dict[str, Figure]:
    """The price of one device by profile id, as far as it and an exchange rate are known."""
    book = load_prices()
    found = {}
    for profile in profiles:
        ref = f"device/{profile.id}/price"
        try:
            rate = book.exchange(profile.price_currency or currency, currency)
        except NoExchangeRate:
            continue
        if profile.price.value is not None:
            found[profile.id] = Figure(
                value=profile.price.value * rate, unit=currency, basis=Basis.ASSUMED, ref=ref
            )
    return found
