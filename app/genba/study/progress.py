"""How far a study is: the state of each page, and its one-sentence conclusion. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from genba.errors import N_, Message
from genba.study.candidate import Candidate
from genba.study.model import Model
from genba.study.run import Run
from genba.study.study import Study
from genba.study.variant import Variant
from genba.study.view import NamedFigure, PageState, State


def page_states(
    study: Study,
    model: Model | None,
    variants: Sequence[Variant],
    runs: Sequence[Run],
    candidates: Sequence[Candidate],
    chosen: Candidate | None,
) -> dict[str, PageState]:
    """The state of every page, in the order of the window."""
    return {
        "workload": _workload(study),
        "model": _model(model),
        "device": _device(study, candidates, model),
        "compress": _compress(variants, model),
        "measure": _measure(runs, variants),
        "business": _business(study, chosen),
        "report": _report(chosen, runs),
    }


def conclusion(chosen: Candidate | None, runs: Sequence[Run]) -> tuple[State, Message]:
    """What the study says today, in one sentence."""
    if chosen is None:
        return "not_yet", Message(text=N_("No candidate yet. Import a model and predict."))
    verdicts = [j.verdict for j in chosen.judgements if j.verdict != "no_limit"]
    good = sum(v in ("met", "likely") for v in verdicts)
    params = {
        "variant": chosen.variant_name,
        "device": chosen.device_name,
        "good": good,
        "all": len(verdicts),
    }
    if any(v in ("missed", "unlikely") for v in verdicts):
        text = N_("{variant} on {device} misses {missed} of {all} targets.")
        missed = sum(v in ("missed", "unlikely") for v in verdicts)
        return "attention", Message(text=text, params={**params, "missed": missed})
    if chosen.demo:
        text = N_(
            "{variant} meets {good} of {all} targets on the demo device. Measure on a real device."
        )
        return "attention", Message(text=text, params=params)
    if not chosen.run_ids:
        text = N_(
            "{variant} on {device} is predicted to meet {good} of {all} targets. Not yet measured."
        )
        return "attention", Message(text=text, params=params)
    return "done", Message(
        text=N_("{variant} on {device} meets {good} of {all} targets, measured."), params=params
    )


def headline_figures(chosen: Candidate | None) -> tuple[NamedFigure, ...]:
    """Up to three Figures for the study's card."""
    if chosen is None:
        return ()
    wanted = (
        {
            "latency_p90_ms": N_("Latency p90"),
            "latency_p50_ms": N_("Latency p50"),
            "latency_ms": N_("Latency"),
        },
        {"memory_bytes": N_("Peak memory")},
        {"quality": N_("Quality")},
    )
    found = []
    for names in wanted:
        known = [n for n in names if n in chosen.figures and chosen.figures[n].known]
        for name in known[:1]:
            label = Message(text=names[name])
            found.append(NamedFigure(label=label, figure=chosen.figures[name]))
    return tuple(found)


def _workload(study: Study) -> PageState:
    count = len(study.workload.limits)
    if count == 0:
        return PageState(state="attention", line=Message(text=N_("No target set")))
    line = Message(text=N_("{n} targets"), params={"n": count})
    return PageState(state="done", line=line)


def _model(model: Model | None) -> PageState:
    if model is None:
        blocked = Message(text=N_("Import a model first."))
        return PageState(state="not_yet", line=Message(text=N_("No model yet")), blocked=blocked)
    line = Message(text=N_("{parameters} parameters"), params={"parameters": model.parameters})
    return PageState(state="done", line=line)


def _device(study: Study, candidates: Sequence[Candidate], model: Model | None) -> PageState:
    if model is None:
        blocked = Message(text=N_("Import a model first."))
        return PageState(
            state="not_yet", line=Message(text=N_("No prediction yet")), blocked=blocked
        )
    predicted = sum(not c.run_ids for c in candidates)
    if predicted == 0:
        return PageState(state="not_yet", line=Message(text=N_("No prediction yet")))
    line = Message(text=N_("{n} devices on the short list"), params={"n": len(study.shortlist)})
    return PageState(state="done", line=line)


def _compress(variants: Sequence[Variant], model: Model | None) -> PageState:
    made = sum(v.variant_id != v.model_id for v in variants)
    if model is None:
        blocked = Message(text=N_("Import a model first."))
        return PageState(state="not_yet", line=Message(text=N_("No variant yet")), blocked=blocked)
    if made == 0:
        return PageState(state="not_yet", line=Message(text=N_("No variant yet")))
    return PageState(state="done", line=Message(text=N_("{n} variants"), params={"n": made}))


def _measure(runs: Sequence[Run], variants: Sequence[Variant]) -> PageState:
    if not variants:
        blocked = Message(text=N_("Import a model first."))
        return PageState(state="not_yet", line=Message(text=N_("No run yet")), blocked=blocked)
    if not runs:
        return PageState(state="not_yet", line=Message(text=N_("No run yet")))
    state: State = "attention" if all(r.demo for r in runs) else "done"
    text = N_("{n} runs, all on the demo device") if state == "attention" else N_("{n} runs")
    return PageState(state=state, line=Message(text=text, params={"n": len(runs)}))


def _business(study: Study, chosen: Candidate | None) -> PageState:
    if chosen is None:
        blocked = Message(text=N_("Predict or measure a candidate first."))
        return PageState(state="not_yet", line=Message(text=N_("No case yet")), blocked=blocked)
    if study.business is None:
        return PageState(state="attention", line=Message(text=N_("Standard assumptions")))
    return PageState(
        state="done", line=Message(text=N_("{n} inputs"), params={"n": len(study.business.values)})
    )


def _report(chosen: Candidate | None, runs: Sequence[Run]) -> PageState:
    if chosen is None:
        blocked = Message(text=N_("Predict or measure a candidate first."))
        return PageState(
            state="not_yet", line=Message(text=N_("Nothing to report yet")), blocked=blocked
        )
    if not runs or all(r.demo for r in runs):
        return PageState(
            state="attention", line=Message(text=N_("Draft: nothing measured on a real device"))
        )
    return PageState(state="not_yet", line=Message(text=N_("Ready to export")))
