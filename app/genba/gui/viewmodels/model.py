"""The model page: import, counted facts, and where the work is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from genba.errors import N_, Message
from genba.figures import Basis, Figure
from genba.gui.bridge import JobBoard
from genba.gui.door import Door
from genba.gui.viewmodels.base import ViewModel
from genba.gui.viewmodels.opened import OpenedStudy
from genba.study.costs import ModelCosts, OperatorCost


@dataclass(frozen=True, slots=True)
class OperatorGroup:
    """Operators of one type together, or one operator alone."""

    name: str
    op_type: str
    count: int
    macs: int
    weight_bytes: int
    traffic_bytes: int
    precision: str
    output_shape: tuple[int | str, ...] = ()


class ModelModel(ViewModel):
    """The study's model and its costs at chosen dimensions."""

    def __init__(self, door: Door, board: JobBoard, opened: OpenedStudy) -> None:
        super().__init__(door, board)
        self.opened = opened
        self.costs: ModelCosts | None = None
        self.dims: dict[str, int] = {}
        self.grouping = "type"
        self.filter = ""
        self._analysed = ""
        self._on_study()
        opened.changed.connect(self._on_study)

    @property
    def loaded(self) -> bool:
        """Whether the study has been read."""
        return self.opened.view is not None

    def _on_study(self) -> None:
        view = self.opened.view
        identifier = view.model.model_id if view is not None and view.model is not None else ""
        if identifier != self._analysed:
            self.costs, self.dims = None, {}
            self._analysed = ""
        self.changed.emit()

    def enter(self) -> None:
        """Count, when it has not been done for this model."""
        view = self.opened.view
        if view is None or view.model is None or self.busy or self.error is not None:
            return
        if self._analysed != view.model.model_id:
            self.analyze()

    def import_file(self, path: Path) -> None:
        """Make a file the study's model."""
        self.run(
            Message(text=N_("Reading {name}"), params={"name": path.name}),
            self.door.import_model,
            self.opened.study_id,
            path,
            done=lambda _: self.opened.saved(),
            again=lambda: self.import_file(path),
        )

    def analyze(self) -> None:
        """Count at the chosen dimensions."""
        view = self.opened.view
        if view is None or view.model is None:
            return
        identifier = view.model.model_id
        self.run(
            Message(text=N_("Counting operators and memory")),
            self.door.analyze,
            identifier,
            dict(self.dims),
            done=lambda costs: self._counted(identifier, costs),
            again=self.analyze,
        )

    def set_dimension(self, name: str, value: int) -> None:
        """Another value for a symbolic dimension; counts again."""
        if value >= 0 and self.dimensions.get(name) != value:
            self.dims[name] = value
            self.analyze()

    def set_grouping(self, grouping: str) -> None:
        """``type`` or ``flat``."""
        self.grouping = grouping
        self.changed.emit()

    def set_filter(self, text: str) -> None:
        """Show only operators whose name or type holds the text."""
        self.filter = text.lower()
        self.changed.emit()

    @property
    def dimensions(self) -> dict[str, int]:
        """The symbolic dimensions and the values that were counted with."""
        return {**(self.costs.dimensions if self.costs else {}), **self.dims}

    @property
    def headline(self) -> tuple[tuple[str, Figure | None], ...]:
        """Name and Figure of what the file was counted to hold; exact, so without a mark."""
        view = self.opened.view
        model = view.model if view is not None else None
        costs = self.costs
        facts: list[tuple[str, str, float | None, str]] = [
            ("parameters", N_("Parameters"), model.parameters if model else None, "1"),
            ("weight_bytes", N_("Weights"), model.weight_bytes if model else None, "byte"),
            ("macs", N_("MACs per pass"), costs.macs if costs else None, "MAC"),
            (
                "peak_activation_bytes",
                N_("Peak activation"),
                costs.peak_activation_bytes if costs else None,
                "byte",
            ),
        ]
        if costs is not None and costs.kv_cache_bytes_per_token:
            facts.append(
                (
                    "kv_cache_bytes_per_token",
                    N_("KV cache per token"),
                    costs.kv_cache_bytes_per_token,
                    "byte",
                )
            )
        return tuple(
            (name, None if value is None else _exact(value, unit, key))
            for key, name, value, unit in facts
        )

    @property
    def operators(self) -> tuple[OperatorGroup, ...]:
        """The operators, grouped and filtered, those with most work first."""
        if self.costs is None:
            return ()
        chosen = [
            o
            for o in self.costs.operators
            if self.filter in o.op_type.lower() or self.filter in o.name.lower()
        ]
        if self.grouping == "flat":
            groups = [_single(operator) for operator in chosen]
        else:
            groups = by_type(chosen)
        return tuple(sorted(groups, key=lambda g: (-g.macs, -g.traffic_bytes)))

    @property
    def shares(self) -> tuple[tuple[str, int, float], ...]:
        """Up to four operator types with their MACs and share, then the rest as ``other``."""
        if self.costs is None or self.costs.macs == 0:
            return ()
        groups = sorted(by_type(self.costs.operators), key=lambda g: -g.macs)
        top = [(g.op_type, g.macs, g.macs / self.costs.macs) for g in groups[:4] if g.macs]
        rest = self.costs.macs - sum(macs for _, macs, _ in top)
        if rest > 0:
            top.append(("", rest, rest / self.costs.macs))
        return tuple(top)

    @property
    def answer(self) -> tuple[str, Message]:
        """State and sentence for the answer line."""
        view = self.opened.view
        if view is None or view.model is None:
            return "not_yet", Message(text=N_("No model yet. Import one or take the sample's."))
        if self.costs is None:
            return ("running" if self.busy else "not_yet"), Message(
                text=N_("Counting operators and memory.")
            )
        needed = view.model.weight_bytes + self.costs.peak_activation_bytes
        limit = view.study.workload.limit("memory_bytes")
        params = {
            "needed": _exact(needed, "byte", "needed"),
            "share": round(100 * view.model.weight_bytes / max(needed, 1)),
        }
        if limit is None:
            return "done", Message(
                text=N_("Weights and activations need {needed}; weights are {share} % of it."),
                params=params,
            )
        params["limit"] = _exact(limit.value, "byte", "limit")
        if needed <= limit.value:
            text = N_("Weights and activations need {needed} of the {limit} allowed.")
            return "done", Message(text=text, params=params)
        text = N_("Not as it is: {needed} against {limit}. Weights are {share} % of it.")
        return "attention", Message(text=text, params=params)

    def _counted(self, identifier: str, costs: ModelCosts) -> None:
        self._analysed, self.costs = identifier, costs


def by_type(operators: Sequence[OperatorCost]) -> list[OperatorGroup]:
    """Operators summed per type."""
    groups: dict[str, list[OperatorCost]] = {}
    for operator in operators:
        groups.setdefault(operator.op_type, []).append(operator)
    return [
        OperatorGroup(
            name=op_type,
            op_type=op_type,
            count=len(members),
            macs=sum(m.macs for m in members),
            weight_bytes=sum(m.weight_bytes for m in members),
            traffic_bytes=sum(m.read_bytes + m.write_bytes for m in members),
            precision=_precisions(members),
        )
        for op_type, members in groups.items()
    ]


def _single(o: OperatorCost) -> OperatorGroup:
    return OperatorGroup(
        o.name or o.op_type, o.op_type, 1, o.macs, o.weight_bytes, o.read_bytes + o.write_bytes,
        o.precision, o.output_shape,
    )  # fmt: skip


def _precisions(members: Sequence[OperatorCost]) -> str:
    found = sorted({m.precision for m in members if m.precision != "none"})
    return ", ".join(found)


def _exact(value: float, unit: str, ref: str) -> Figure:
    return Figure(value=value, unit=unit, basis=Basis.EXACT, ref=f"model/{ref}")
