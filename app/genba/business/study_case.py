"""The business case of a study: defaults, changes, and the evaluation with Figures."""

from __future__ import annotations

import datetime as dt

from genba.business.alternatives import CLOUD, EDGE
from genba.business.case import measure
from genba.business.defaults import defaults
from genba.business.prices import PriceBook, load_prices
from genba.business.recommendation import recommend
from genba.business.risk import SEED
from genba.business.sampling import simulate_both
from genba.business.study_figures import Figures
from genba.business.study_inputs import apply_overrides, to_case
from genba.business.study_result import ResultMaker
from genba.business.study_warnings import input_warnings
from genba.study.business import BusinessInputs, BusinessResult

__all__ = ["PriceBook", "apply_overrides", "defaults", "evaluate", "load_prices"]


def evaluate(
    inputs: BusinessInputs,
    *,
    draws: int = 100_000,
    seed: int = SEED,
    today: dt.date | None = None,
) -> BusinessResult:
    """Compare doing nothing, the cloud and the edge, and say what to do.

    Intervals are P10 to P90 of the wider of two simulations (independent inputs, and one common
    factor of ρ = 0.3) with at least `draws` draws. Every Figure takes the weakest basis of the
    drivers that its formulas declare. `today` judges the age of prices. Raises a `CaseError` for
    inputs that break a rule.
    """
    case = to_case(inputs)
    simulations = simulate_both(case, draws, seed)
    edge, cloud = measure(case, EDGE), measure(case, CLOUD)
    figures = Figures(inputs, case)
    maker = ResultMaker(inputs, case, edge, cloud, simulations, figures)
    result = maker.result()
    advice = recommend(inputs, maker.grounds(result))
    return result.model_copy(
        update={
            "recommendation": advice.choice,
            "recommendation_level": advice.level,
            "reasons": advice.reasons,
            "warnings": input_warnings(inputs, case, result, today or _today()),
        }
    )


def _today() -> dt.date:
    return dt.datetime.now(dt.UTC).date()
