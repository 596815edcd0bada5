"""The business case as data: inputs with their ranges, and the results per alternative."""

from __future__ import annotations

from typing import Any, Literal

from genba.errors import Message
from genba.figures import Basis, Figure
from genba.study.base import Data

AlternativeId = Literal["nothing", "cloud", "edge"]

STALE_AFTER_DAYS = 180
"""A price older than this is called old, on the page and in the report."""


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
    """A numeric condition of a gate.

    `current` is what is known today, with its basis; `met` is decided by measured Figures (their
    worst end) and by results of the case alone, and stays None while neither exists.
    """

    measure: str
    operator: Literal["<=", ">="]
    value: float
    unit: str
    current: Figure | None = None
    met: bool | None = None


class StageInput(Data):
    """One stage of the introduction: cost, length, chance to go on, exit cost, gate.

    With `cost_parts` the cost is that share of the case's own outlay items (``poc integration
    hardware …``), so that the stages' budgets add up to the outlay; `cost` is then what it came to.
    With `payoff_share` the payoff grows by that share of the case's later flows. An `option` is a
    stage that the plan does not count on; committing to all stages leaves it out.
    """

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
    cost_parts: dict[str, float] = {}
    payoff_share: float = 0.0
    option: bool = False


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
    poc_reason: str = ""
    """Why the PoC is needed although it costs more than its information is worth, in words."""
    cloud_excluded: tuple[str, ...] = ()
    """The kinds of private data for which the cloud may not be used; empty when it may."""


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
    """`p10 p20 p50 p80 p90`, `probability_of_loss`, `mean`, `sd`, `expected_shortfall_10`,
    `probability_not_recovered`, `probability_plan_reached`; of the wider of the two simulations."""
    risk_independent: dict[str, Figure] = {}
    """The same with independent inputs."""
    profitability_index: float | None = None
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
    next_is: str = ""
    """``continue``, ``stop here and keep payoff`` or ``stop``: the right move once passed."""
    option: bool = False


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
    """`measured predicted assumed strict_measured_lines`: shares of the money (0..1)."""
    evpi: Figure | None = None
    evppi: dict[str, Figure] = {}
    """What it is worth to know one input exactly before the gate after the PoC."""
    poc_value: dict[str, Figure] = {}
    """The PoC as a purchase of information: `evsi`, `evpi`, `net_value_of_poc`."""
    variance_share: dict[str, float] = {}
    """First-order share of the NPV's variance per input (0..1)."""
    variance_share_by_basis: dict[str, float] = {}
    break_even: dict[str, float] = {}
    """`edge_fixed`, `cloud_fixed` per year, `edge_per_request`, `cloud_per_request`,
    `fleet_capacity_requests_per_year`, `devices_needed`: the two lines of cost over volume."""
    edge_better_probability: Figure | None = None
    decisive_inputs: tuple[str, ...] = ()
    """Inputs within whose range the better of edge and cloud changes."""
    energy_kwh_full_year: Figure | None = None
    automation_payback_months: Figure | None = None
    correlation: float = 0.0
    """ρ of the simulation that `risk` shows."""
    recommendation: Literal["edge", "cloud", "nothing", "none"]
    recommendation_level: Literal["go", "conditional", "stop", "none"]
    reasons: tuple[Message, ...] = ()
    warnings: tuple[Message, ...] = ()

    def alternative(self, identifier: AlternativeId) -> AlternativeResult:
        """The result of one alternative."""
        return next(a for a in self.alternatives if a.id == identifier)
