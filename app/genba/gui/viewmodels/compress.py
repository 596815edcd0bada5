"""The compress page: presets, what each made of the model, and how each pays per runtime."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from genba.errors import N_, Message
from genba.figures import Figure
from genba.gui.bridge import JobBoard
from genba.gui.door import Door
from genba.gui.viewmodels.base import ViewModel
from genba.gui.viewmodels.opened import OpenedStudy
from genba.jobs import JobContext
from genba.study.candidate import Candidate
from genba.study.judging import verdict
from genba.study.variant import Quality, Recipe, Variant
from genba.study.workload import Measure

BASELINE = "none"
MEASURES: dict[str, tuple[str, ...]] = {
    "latency": ("latency_p90_ms", "latency_ms", "latency_p50_ms"),
    "memory": ("memory_bytes",),
    "energy": ("energy_mj",),
    "quality": ("quality",),
}
MEASURE_TITLES = {
    "latency": N_("Latency p90"),
    "memory": N_("Peak memory"),
    "energy": N_("Energy per request"),
    "quality": N_("Quality"),
}


@dataclass(frozen=True, slots=True)
class PresetCard:
    """A preset, and the variant that it made (None: not run)."""

    recipe: Recipe
    variant: Variant | None
    quality: Quality | None
    chosen: bool
    selected: bool
    state: str
    times_smaller: float


@dataclass(frozen=True, slots=True)
class MatrixColumn:
    """A device with a runtime."""

    device_ref: str
    device_name: str
    runtime: str
    demo: bool


@dataclass(frozen=True, slots=True)
class MatrixCell:
    """What one variant does on one device and runtime."""

    candidate: Candidate | None
    figure: Figure | None
    verdict: str


class CompressModel(ViewModel):
    """Presets that can be run, and the matrix preset × device and runtime."""

    def __init__(self, door: Door, board: JobBoard, opened: OpenedStudy) -> None:
        super().__init__(door, board)
        self.opened = opened
        self.presets: tuple[Recipe, ...] = ()
        self.selected: set[str] = set()
        self.measure = "latency"
        self.running_preset = ""
        opened.changed.connect(self._on_study)

    def _on_study(self) -> None:
        if not self.busy:  # new variants are predicted together, when all have been made
            self.opened.predict_missing(self)
        self.changed.emit()

    def enter(self) -> None:
        """Read the presets, once."""
        if not self.presets:
            self.background(
                Message(text=N_("Reading the presets")),
                self.door.list_presets,
                done=self._listed,
            )

    def toggle(self, preset_id: str) -> None:
        """Select a preset for the next run, or not."""
        if preset_id == BASELINE or self.busy:
            return
        self.selected ^= {preset_id}
        self.changed.emit()

    def set_measure(self, measure: str) -> None:
        """What the matrix shows."""
        self.measure = measure
        self.changed.emit()

    def run_selected(self) -> None:
        """Apply the selected presets, one after the other; finished ones are kept on cancel."""
        wanted = [p.id for p in self.presets if p.id in self.selected]
        view = self.opened.view
        if not wanted or view is None or view.model is None:
            return
        self.run(
            Message(text=N_("Compressing with {n} presets"), params={"n": len(wanted)}),
            self._compress_all,
            view.model.model_id,
            wanted,
            view.study.workload.evaluation or None,
            done=lambda _: self._ended(),
            event=self._event,
            failed=lambda _: self._ended(),
            again=self.run_selected,
        )

    def choose(self, candidate_id: str) -> None:
        """Put a candidate forward for the business case."""
        self.run(
            Message(text=N_("Saving")),
            self.door.choose,
            self.opened.study_id,
            candidate_id,
            done=lambda _: self.opened.saved(),
        )

    @property
    def variants(self) -> tuple[Variant, ...]:
        """The study's variants, the unchanged model first."""
        view = self.opened.view
        if view is None:
            return ()
        return tuple(sorted(view.variants, key=lambda v: (v.recipe.id != BASELINE, -v.bytes)))

    @property
    def cards(self) -> tuple[PresetCard, ...]:
        """The unchanged model, then every preset."""
        view = self.opened.view
        made = {v.recipe.id: v for v in self.variants}
        chosen = view.chosen.variant_id if view is not None and view.chosen is not None else ""
        recipes = {v.recipe.id: v.recipe for v in self.variants}
        ordered = [recipes[BASELINE]] if BASELINE in recipes else []
        ordered += list(self.presets)
        known = {r.id for r in ordered}
        ordered += [r for r in recipes.values() if r.id not in known]
        cards = []
        for recipe in ordered:
            variant = made.get(recipe.id)
            cards.append(
                PresetCard(
                    recipe=recipe,
                    variant=variant,
                    quality=variant.quality() if variant else None,
                    chosen=variant is not None and variant.variant_id == chosen,
                    selected=recipe.id in self.selected,
                    state=self._state(recipe.id, variant),
                    times_smaller=shrink(variant, self.variants) if variant else 1.0,
                )
            )
        return tuple(cards)

    @property
    def columns(self) -> tuple[MatrixColumn, ...]:
        """The devices and runtimes for which something is known, measured ones first."""
        view = self.opened.view
        found: dict[tuple[str, str], MatrixColumn] = {}
        for c in view.candidates if view is not None else ():
            found.setdefault(
                (c.device_ref, c.runtime),
                MatrixColumn(c.device_ref, c.device_name, c.runtime, c.demo),
            )
        return tuple(found.values())

    def cell(self, variant: Variant, column: MatrixColumn) -> MatrixCell:
        """What is known about a variant on a device and runtime."""
        view = self.opened.view
        candidate = next(
            (
                c
                for c in (view.candidates if view is not None else ())
                if (c.variant_id, c.device_ref, c.runtime)
                == (variant.variant_id, column.device_ref, column.runtime)
            ),
            None,
        )
        if candidate is None:
            return MatrixCell(None, None, "no_limit")
        name, figure = pick(candidate, self.measure)
        judged = {j.measure: j.verdict for j in candidate.judgements}
        known: str = judged.get(name, "")
        if not known and figure is not None:
            known = self._against_limit(figure)
        return MatrixCell(candidate, figure, known or "no_limit")

    @property
    def answer(self) -> tuple[str, Message]:
        """State and sentence for the answer line."""
        view = self.opened.view
        if view is None or view.model is None:
            return "not_yet", Message(text=N_("Import a model first."))
        made = [v for v in self.variants if v.recipe.id != BASELINE]
        if not made:
            return "not_yet", Message(text=N_("No preset has been run. Select some and run them."))
        small = min(made, key=lambda v: v.bytes)
        params: dict[str, object] = {
            "name": small.name,
            "ratio": shrink(small, self.variants),
            "n": len(made),
        }
        quality = small.quality()
        if quality is None:
            text = N_("{name} is {ratio} times smaller; its quality has not been evaluated.")
            return "attention", Message(text=text, params=params)
        params |= {"value": quality.value, "reference": quality.reference}
        text = N_("{name} is {ratio} times smaller; quality {value} against {reference}.")
        return "done", Message(text=text, params=params)

    def _against_limit(self, figure: Figure) -> str:
        view = self.opened.view
        measures: dict[str, Measure] = {
            "latency": "latency_p90_ms", "memory": "memory_bytes",
            "energy": "energy_mj", "quality": "quality",
        }  # fmt: skip
        limit = view.study.workload.limit(measures[self.measure]) if view else None
        return verdict(figure, limit.value, limit.operator) if limit is not None else ""

    def _state(self, recipe_id: str, variant: Variant | None) -> str:
        if recipe_id == self.running_preset:
            return "running"
        if self.busy and recipe_id in self.selected and variant is None:
            return "queued"
        return "done" if variant is not None else "not_yet"

    def _compress_all(
        self, model: str, presets: list[str], evaluate: str | None, *, job: JobContext
    ) -> int:
        for preset in presets:
            job.emit(PresetStarted(preset))
            self.door.compress(model, preset, evaluate, self.opened.study_id, job=job)
            job.emit(PresetDone(preset))
        return len(presets)

    def _event(self, event: object) -> None:
        if isinstance(event, PresetStarted):
            self.running_preset = event.preset_id
            self.changed.emit()
        elif isinstance(event, PresetDone):
            self.selected.discard(event.preset_id)
            self.opened.saved()

    def _ended(self) -> None:
        self.running_preset = ""
        self.opened.saved()

    def _listed(self, presets: tuple[Recipe, ...]) -> None:
        self.presets = presets
        self.changed.emit()


@dataclass(frozen=True, slots=True)
class PresetStarted:
    """A preset is being applied."""

    preset_id: str


@dataclass(frozen=True, slots=True)
class PresetDone:
    """A preset has been applied and stored."""

    preset_id: str


def shrink(variant: Variant, variants: Sequence[Variant]) -> float:
    """How many times smaller a variant is than the unchanged model."""
    base = next((v.bytes for v in variants if v.recipe.id == BASELINE), 0)
    return base / variant.bytes if base and variant.bytes else 1.0


def pick(candidate: Candidate, measure: str) -> tuple[str, Figure | None]:
    """The name and Figure that stand for a measure of the matrix, a known one if there is any."""
    names = MEASURES[measure]
    for name in names:
        figure = candidate.figures.get(name)
        if figure is not None and figure.known:
            return name, figure
    return names[0], candidate.figures.get(names[0])
