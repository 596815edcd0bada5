"""The business case as data: inputs with their ranges, and the results per alternative."""

from __future__ import annotations

from typing import Any, Literal

from genba.errors import Message
from genba.figures import Basis, Figure
from genba.study.base import Data

AlternativeId = Literal["nothing", "cloud", "edge"]


class BusinessInput(Data):
    """One input: most likely value with its range, unit, basis, source, date and owner.

    `low` and `high` bound a triangular distribution when both are given. `ref` names the Figure
    behind a measured or predicted value. `unit` is a Figure unit or ``JPY/kWh`` and the like.
    """

    key: str
    value: float
    unit: str
    basis: Basis = Basis.ASSUMED
    low: float | None = None
    high: float | None = None
    source: str = ""
    date: str = ""
    owner: str = ""
    ref: str = ""
    demo: bool = False


class GateCriterion(Data):
    """A numeric condition of a gate; `current` is judged from Runs, None while not measured."""

    measure: str
    operator: Literal["<=", ">="]
    value: float
    unit: str
    current: Figure | None = None
    met: bool | None = None


class StageInput(Data):
    """One stage of the introduction: cost, length, chance to go on, exit cost, gate."""

    id: str
    name: Message
    cost: float
    months: float
    p_go: float
    exit_cost: float
    payoff: float
    chip_stage: str = ""
    owner: str = ""
    criteria: tuple[GateCriterion, ...] = ()


class BusinessInputs(Data):
    """The whole case: scalar inputs by key, the ramp per year, stages, and an optional PoC test."""

    name: str = ""
    currency: str = "JPY"
    price_date: str = ""
    years: int = 5
    ramp: tuple[float, ...] = ()
    values: dict[str, BusinessInput] = {}
    hw_method: str = "declining_200"
    good_direction: dict[str, int] = {}
    line_drivers: dict[str, tuple[str, ...]] = {}
    stages: tuple[StageInput, ...] = ()
    poc_test: dict[str, float] = {}
    cloud_excluded: str = ""
    """Why the cloud may not be used (a kind of private data), or empty."""


class AlternativeResult(Data):
    """One alternative against doing nothing. Yearly tuples run from t = 0 to the horizon."""

    id: AlternativeId
    excluded: Message | None = None
    net: tuple[float, ...]
    npv: Figure
    irr: Figure
    mirr: Figure
    payback_months: Figure
    discounted_payback_months: Figure
    roi: Figure
    tco_per_year: Figure
    lines: dict[str, tuple[float, ...]] = {}
    lines_pv: dict[str, Figure] = {}
    capex: tuple[float, ...] = ()
    depreciation: tuple[float, ...] = ()
    tax: tuple[float, ...] = ()
    residual_after_tax: tuple[float, ...] = ()
    tco: dict[str, Any] = {}
    risk: dict[str, Figure] = {}
    """`p10`, `p50`, `p90`, `probability_of_loss`, `mean`, `expected_shortfall_10`."""
    histogram: tuple[tuple[float, float, int], ...] = ()
    """Bins of the simulated NPV: low, high, count."""


class TornadoBar(Data):
    """One input moved to its P10 and P90 while the others stay at their plan values."""

    input: str
    p10: float
    p90: float
    npv_at_p10: float
    npv_at_p90: float
    swing: float
    switching_value: float | None


class StageResult(Data):
    """One stage valued by backward induction."""

    id: str
    name: Message
    cost: Figure
    months: float
    start_month: float
    expected_value: Figure
    max_loss_if_stopped: Figure
    exit_cost: Figure
    chip_stage: str = ""
    owner: str = ""
    criteria: tuple[GateCriterion, ...] = ()


class BusinessResult(Data):
    """What the engine says: alternatives, difference, risk, stages, evidence, recommendation."""

    currency: str
    years: int
    rate: float
    price_date: str
    inputs: BusinessInputs
    alternatives: tuple[AlternativeResult, ...]
    edge_minus_cloud: tuple[float, ...]
    edge_minus_cloud_npv: Figure
    break_even_requests_per_year: Figure
    requests_per_year: Figure
    tornado: tuple[TornadoBar, ...] = ()
    stages: tuple[StageResult, ...] = ()
    staging: dict[str, Figure] = {}
    burden_before_hours_month: Figure
    burden_after_hours_month: Figure
    evidence_share: dict[str, float] = {}
    evpi: Figure | None = None
    recommendation: Literal["edge", "cloud", "nothing", "none"]
    recommendation_level: Literal["go", "conditional", "stop", "none"]
    reasons: tuple[Message, ...] = ()
    warnings: tuple[Message, ...] = ()

    def alternative(self, identifier: AlternativeId) -> AlternativeResult:
        """The result of one alternative."""
        return next(a for a in self.alternatives if a.id == identifier)
