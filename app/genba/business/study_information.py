"""What knowing more is worth in a study's case: EVPI, EVPPI, the PoC, and where the risk sits."""

from __future__ import annotations

from dataclasses import dataclass

from genba.business.alternatives import EDGE
from genba.business.case import Case, Measures, poc_after_tax
from genba.business.expectation import Expectation
from genba.business.information import PocValue, evpi, evppi, first_order_shares, poc_value
from genba.business.sampling import Simulations
from genba.business.study_figures import Figures
from genba.business.triangular import Triangular
from genba.figures import Basis, Figure
from genba.study.business import BusinessInputs


@dataclass
class InformationMaker:
    """The values of information of one evaluation, seen from the gate after the PoC."""

    inputs: BusinessInputs
    case: Case
    edge: Measures
    simulations: Simulations
    figures: Figures

    def __post_init__(self) -> None:
        read = EDGE.inputs(self.case.plan)
        self.uncertain: dict[str, Triangular] = {
            key: spread for key, spread in self.case.uncertain.items() if key in read
        }
        """The uncertain inputs that the edge's money depends on."""
        self._keys = self.figures.drivers(EDGE)
        self._gate = Expectation(self.case.edge_npv_at_gate, self.case.plan, self.uncertain)

    def evpi(self) -> Figure:
        """The most that certainty about the whole case can be worth."""
        return self.figures.money("evpi", evpi(self.simulations.wider.at_gate), self._keys)

    def evppi(self) -> dict[str, Figure]:
        """What certainty about one input alone is worth."""
        return {
            key: self.figures.money(f"evppi_{key}", evppi(self._gate, key), self._keys)
            for key in self.uncertain
        }

    def variance_shares(self) -> dict[str, float]:
        """The first-order share of the NPV's variance per input (0..1)."""
        variance = float(self.simulations.independent_npv["edge"].var())
        return first_order_shares(self._gate, variance)

    def by_basis(self, shares: dict[str, float]) -> dict[str, float]:
        """`shares` added up by the basis of the inputs, as parts of one."""
        total = sum(shares.values()) or 1.0
        out = dict.fromkeys((b.value for b in Basis if b is not Basis.EXACT), 0.0)
        for key, share in shares.items():
            basis = self.figures.basis_of(key).value
            out[basis] = out.get(basis, 0.0) + share / total
        return out

    def poc_value(self) -> PocValue | None:
        """The PoC as a test of feasibility, or None without one.

        What is not given follows from the case: success is the expected NPV at the gate, failure
        the loss of the remaining outlay after tax.
        """
        given = dict(self.inputs.poc_test)
        if not given:
            return None
        spent = float(poc_after_tax(self.case.plan))
        return poc_value(
            p_success=given["p_success"],
            npv_success=given.get("npv_success", self._gate.mean()),
            npv_failure=given.get("npv_failure", min(0.0, self.edge.net[0] + spent)),
            sensitivity=given.get("sensitivity", 1.0),
            specificity=given.get("specificity", 1.0),
            poc_cost_after_tax=given.get("poc_cost_after_tax", spent),
        )

    def poc(self) -> dict[str, Figure]:
        """`evsi`, `evpi` and `net_value_of_poc` of that test."""
        value = self.poc_value()
        if value is None:
            return {}
        amounts = {
            "evsi": value.evsi,
            "evpi": value.evpi,
            "net_value_of_poc": value.net_value_of_poc,
        }
        return {k: self.figures.money(f"poc_{k}", v, self._keys) for k, v in amounts.items()}

    def evsi(self) -> dict[str, Figure]:
        """What the first stage can teach, as an entry beside the values of the staged plan."""
        poc = self.poc()
        return {"evsi": poc["evsi"]} if poc else {}
