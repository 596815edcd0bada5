"""Which pages a template holds, and the report as a whole."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from genba.errors import N_
from genba.report import tree
from genba.report.content.basics import figures_in, say
from genba.report.content.decision import decision_page
from genba.report.content.evidence import evidence_page
from genba.report.content.facts import Facts
from genba.report.content.forecast import forecast_page
from genba.report.content.measures import measures_page
from genba.report.content.money import money_page
from genba.report.content.register import register_page
from genba.report.content.risk import risk_page
from genba.report.content.stages import stages_page
from genba.report.lint import lint_study
from genba.study.study import StudySnapshot

_PAGES: Mapping[tree.Template, tuple[str, ...]] = {
    "manager": ("decision", "measures", "money", "stages", "risk", "register"),
    "engineer": ("decision", "measures", "forecast", "evidence"),
    "full": (
        "decision",
        "measures",
        "forecast",
        "money",
        "stages",
        "risk",
        "register",
        "evidence",
    ),
}


def build(
    snapshot: StudySnapshot,
    template: tree.Template = "full",
    *,
    samples_ms: Mapping[str, tuple[float, ...]] | None = None,
) -> tree.Report:
    """Build the tree of one report. Both languages render this same tree.

    Args:
        snapshot: the frozen study.
        template: ``manager``, ``engineer`` or ``full``.
        samples_ms: latencies (ms, warm-up left out) by run id, for the distributions.
    """
    facts = Facts(snapshot, samples_ms or {})
    business = snapshot.business
    makers: dict[str, Callable[[], tree.Page | None]] = {
        "decision": lambda: decision_page(facts),
        "measures": lambda: measures_page(facts),
        "forecast": lambda: forecast_page(facts),
        "money": lambda: money_page(business) if business else None,
        "stages": lambda: stages_page(facts, business) if business and business.stages else None,
        "risk": lambda: risk_page(facts),
        "register": lambda: register_page(business, lint_study(snapshot)) if business else None,
        "evidence": lambda: evidence_page(facts),
    }
    pages = [page for name in _PAGES[template] if (page := makers[name]()) is not None]
    return tree.Report(
        title=say(N_("{study}: investment proposal"), study=snapshot.study.title),
        template=template,
        pages=tuple(_with_demo(page) for page in pages),
        date=snapshot.taken_at.date(),
        data_date=max((run.created_at.date() for run in snapshot.runs), default=None),
        price_date=business.price_date if business is not None else "",
        study_hash=snapshot.sha256,
        program_version=snapshot.program_version,
        currency=business.currency if business is not None else snapshot.study.workload.currency,
        demo=any(figure.demo for page in pages for figure in figures_in(page)),
        level=facts.level,
    )


def _with_demo(page: tree.Page) -> tree.Page:
    """A page is marked when anything on it rests on the demo device."""
    return page.model_copy(update={"demo": any(f.demo for f in figures_in(page))})
