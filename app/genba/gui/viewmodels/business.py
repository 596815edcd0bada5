"""The business page: inputs with ranges, the results that follow them."""

from __future__ import annotations

from PySide6.QtCore import QTimer

from genba.errors import N_, GenbaError, Message
from genba.figures import Figure
from genba.gui.bridge import JobBoard
from genba.gui.door import Door
from genba.gui.viewmodels.base import ViewModel
from genba.gui.viewmodels.opened import OpenedStudy
from genba.study.business import AlternativeResult, BusinessInput, BusinessInputs, BusinessResult

TOP_INPUTS = 6


class BusinessModel(ViewModel):
    """Every change is evaluated at once, the newest winning; *Keep* stores it in the study."""

    KEEP_AFTER_MS = 1500

    def __init__(self, door: Door, board: JobBoard, opened: OpenedStudy) -> None:
        super().__init__(door, board)
        self.opened = opened
        self.result: BusinessResult | None = None
        self.overrides: dict[str, float] = {}
        self.kept = True
        self._order: tuple[str, ...] = ()
        self._stale = False
        self._study = ""
        self._evidence: tuple[object, ...] = ()
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self.keep)
        opened.changed.connect(self._on_study)

    def _on_study(self) -> None:
        view = self.opened.view
        if self.opened.study_id != self._study:
            self._study = self.opened.study_id
            self.result, self.overrides, self.kept, self._order = None, {}, True, ()
            self._evidence = ()
        elif view is not None and self.result is not None and self._evidence != self._key():
            self.evaluate()
        self.changed.emit()

    def _key(self) -> tuple[object, ...]:
        view = self.opened.view
        if view is None:
            return ()
        return (view.study.chosen, view.chosen, view.study.workload)

    def enter(self) -> None:
        """Evaluate, when a candidate is there."""
        view = self.opened.view
        if view is None or view.chosen is None or self.busy or self.error is not None:
            return
        if self.result is None or self._evidence != self._key():
            self.evaluate()

    def evaluate(self) -> None:
        """Evaluate the case with the changes made so far."""
        if self.busy:
            self._stale = True
            return
        self._evidence = self._key()
        self.run(
            Message(text=N_("Simulating the business case")),
            self.door.business,
            self.opened.study_id,
            dict(self.overrides),
            False,
            done=self._evaluated,
            failed=self._refused,
            again=self.evaluate,
        )

    def set_value(self, key: str, value: float) -> None:
        """Another value for an input; the results follow."""
        known = self.inputs.values.get(key) if self.inputs is not None else None
        if known is not None and known.value == value and key not in self.overrides:
            return
        self.overrides[key] = value
        self.kept = False
        self._timer.start(self.KEEP_AFTER_MS)
        self.evaluate()
        self.changed.emit()

    def keep(self) -> None:
        """Store the changed inputs in the study."""
        if self.kept or not self.overrides:
            return
        if self.busy:
            self._timer.start(self.KEEP_AFTER_MS)
            return
        wanted = dict(self.overrides)
        self.run(
            Message(text=N_("Saving the business case")),
            self.door.business,
            self.opened.study_id,
            wanted,
            True,
            done=lambda result: self._stored(result, wanted),
            again=self.keep,
        )

    @property
    def inputs(self) -> BusinessInputs | None:
        """The inputs that the shown result rests on."""
        return self.result.inputs if self.result is not None else None

    @property
    def top(self) -> tuple[BusinessInput, ...]:
        """The inputs that move the result most, in the order they had when the page opened."""
        inputs = self.inputs
        if inputs is None or self.result is None:
            return ()
        if not self._order:
            swings = sorted(self.result.tornado, key=lambda bar: -abs(bar.swing))
            ranged = [k for k, v in inputs.values.items() if v.low is not None]
            order = [bar.input for bar in swings] + ranged
            self._order = tuple(dict.fromkeys(k for k in order if k in inputs.values))[:TOP_INPUTS]
        return tuple(inputs.values[key] for key in self._order if key in inputs.values)

    @property
    def others(self) -> tuple[BusinessInput, ...]:
        """The inputs that are not among the top ones."""
        inputs = self.inputs
        shown = set(self._order)
        return tuple(v for k, v in inputs.values.items() if k not in shown) if inputs else ()

    @property
    def edge(self) -> AlternativeResult | None:
        """The alternative that the page is about."""
        return self.result.alternative("edge") if self.result is not None else None

    @property
    def headline(self) -> tuple[tuple[str, Figure | None], ...]:
        """Name and Figure of the five headline numbers."""
        edge, result = self.edge, self.result
        return (
            (N_("Net present value"), edge.npv if edge else None),
            (N_("Internal rate of return"), edge.irr if edge else None),
            (N_("Payback period"), edge.payback_months if edge else None),
            (N_("Probability of loss"), edge.risk.get("probability_of_loss") if edge else None),
            (N_("Difference to the cloud"), result.edge_minus_cloud_npv if result else None),
        )

    @property
    def answer(self) -> tuple[str, Message]:
        """State and sentence for the answer line."""
        view = self.opened.view
        if view is None or view.chosen is None:
            return "not_yet", Message(text=N_("Predict or measure a candidate first."))
        edge, result = self.edge, self.result
        if edge is None or result is None:
            return "running" if self.busy else "not_yet", Message(
                text=N_("The case has not been evaluated yet.")
            )
        assumed = result.evidence_share.get("assumed", 0.0)
        params = {
            "npv": edge.npv,
            "years": result.years,
            "share": round(100 * assumed),
            "payback": edge.payback_months,
        }
        if edge.npv.value is None or edge.npv.value < 0:
            text = N_("It does not pay within {years} years: NPV {npv}. {share} % is assumed.")
            return "failed", Message(text=text, params=params)
        if result.recommendation_level == "go":
            return "done", Message(
                text=N_("It pays back in {payback}: NPV {npv} over {years} years."), params=params
            )
        text = N_("It would pay: NPV {npv} over {years} years, but {share} % of it is assumed.")
        return "attention", Message(text=text, params=params)

    def _evaluated(self, result: BusinessResult) -> None:
        self.result = result
        if self._stale:
            self._stale = False
            self.evaluate()

    def _refused(self, error: GenbaError) -> None:
        # Inputs in conflict: the last valid result stays, the error card names them.
        if self._stale:
            self._stale = False
            self.evaluate()

    def _stored(self, result: BusinessResult, wanted: dict[str, float]) -> None:
        self.result = result
        for key, value in wanted.items():
            if self.overrides.get(key) == value:
                del self.overrides[key]
        self.kept = not self.overrides
        self.opened.saved()
