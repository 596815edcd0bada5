"""The device page: the catalogue with predictions against the limit, and the shortlist."""

from __future__ import annotations

from dataclasses import dataclass

from genba.errors import N_, Message
from genba.figures import Basis, Figure
from genba.gui.bridge import JobBoard
from genba.gui.door import Door
from genba.gui.viewmodels.base import ViewModel
from genba.gui.viewmodels.opened import OpenedStudy
from genba.jobs import JobContext
from genba.study.candidate import Prediction
from genba.study.device import DeviceProfile
from genba.study.judging import verdict
from genba.study.workload import Limit, Measure, Task

STAGE_NAMES = {
    "existing_edge_chip": N_("chip at hand"),
    "low_power_accelerator_or_fpga": N_("low-power accelerator, FPGA"),
    "dedicated_asic": N_("dedicated ASIC"),
    "cloud": N_("cloud"),
    "demo": N_("demo"),
}
_LIMITS: tuple[Measure, ...] = (
    "latency_p90_ms", "latency_p50_ms", "latency_p99_ms", "ttft_ms", "tpot_ms",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class DeviceRow:
    """A device profile with the best prediction for it."""

    device: DeviceProfile
    prediction: Prediction | None
    latency: Figure | None
    verdict: str
    listed: bool


class DeviceModel(ViewModel):
    """Which devices would pass, before buying one."""

    def __init__(self, door: Door, board: JobBoard, opened: OpenedStudy) -> None:
        super().__init__(door, board)
        self.opened = opened
        self.devices: tuple[DeviceProfile, ...] = ()
        self.predictions: dict[str, Prediction] = {}
        self.subject = ""
        self.filter = ""
        self.scope = "all"
        self.selected = ""
        self._predicted_for: tuple[object, ...] = ()
        opened.changed.connect(self._on_study)
        self._on_study()

    def _on_study(self) -> None:
        view = self.opened.view
        known = {v.variant_id for v in view.variants} if view else set()
        if view is not None and view.model is not None:
            known.add(view.model.model_id)
        if self.subject not in known:
            self.subject = view.model.model_id if view and view.model else ""
        self.changed.emit()

    def enter(self) -> None:
        """Read the catalogue and predict, when needed; the short list's go into the study."""
        if self.busy or self.opened.view is None:
            return
        self.opened.predict_missing(self)
        if self._key() != self._predicted_for and self.error is None:
            self.predict()

    def predict(self) -> None:
        """Predict the subject on every device of the catalogue."""
        key = self._key()
        self.run(
            Message(text=N_("Predicting for every device")),
            self._predict_all,
            done=lambda result: self._predicted(key, result),
            again=self.predict,
        )

    def set_subject(self, variant_id: str) -> None:
        """Another variant to predict for."""
        self.subject = variant_id
        self.predict()

    def set_filter(self, text: str) -> None:
        """Show only devices whose name, maker or class holds the text."""
        self.filter = text.lower()
        self.changed.emit()

    def set_scope(self, scope: str) -> None:
        """``all``, ``pass`` (predicted to meet the limit) or ``listed``."""
        self.scope = scope
        self.changed.emit()

    def select(self, device_id: str) -> None:
        """Show the breakdown of a device."""
        if device_id != self.selected:
            self.selected = device_id
            self.changed.emit()

    def toggle(self, device_id: str) -> None:
        """Put a device on the shortlist or take it off; a new one is predicted for the study."""
        view = self.opened.view
        if view is None or self.busy:
            return
        listed = view.study.shortlist
        gone = device_id in listed
        ids = tuple(d for d in listed if d != device_id) if gone else (*listed, device_id)
        self.run(
            Message(text=N_("Saving the short list")),
            self._keep,
            ids,
            () if gone else (device_id,),
            done=lambda _: self.opened.saved(),
        )

    @property
    def limit(self) -> Limit | None:
        """The limit that the bars are drawn against."""
        view = self.opened.view
        if view is None:
            return None
        found = (view.study.workload.limit(measure) for measure in _LIMITS)
        return next((limit for limit in found if limit is not None), None)

    @property
    def generating(self) -> bool:
        """Whether the work is generated token by token."""
        view = self.opened.view
        return view is not None and view.study.workload.task is Task.TEXT_GENERATION

    @property
    def all_rows(self) -> tuple[DeviceRow, ...]:
        """Every device, the quickest first, those without a prediction last."""
        view = self.opened.view
        listed = view.study.shortlist if view else ()
        rows = []
        for device in self.devices:
            prediction = self.predictions.get(device.id)
            figure = self._latency(prediction)
            verdict = self._verdict(prediction, figure)
            rows.append(DeviceRow(device, prediction, figure, verdict, device.id in listed))

        def order(row: DeviceRow) -> tuple[bool, float, str]:
            value = row.latency.value if row.latency is not None else None
            return value is None, value or 0.0, row.device.name

        return tuple(sorted(rows, key=order))

    @property
    def rows(self) -> tuple[DeviceRow, ...]:
        """The devices that pass the filter."""

        def shown(row: DeviceRow) -> bool:
            device = row.device
            text = f"{device.name} {device.vendor} {device.device_class} {device.cpu_name}".lower()
            if self.filter not in text:
                return False
            return {"pass": row.verdict in ("met", "likely"), "listed": row.listed}.get(
                self.scope, True
            )

        return tuple(row for row in self.all_rows if shown(row))

    @property
    def current(self) -> DeviceRow | None:
        """The row whose breakdown is shown."""
        rows = self.rows
        return next((r for r in rows if r.device.id == self.selected), rows[0] if rows else None)

    @property
    def scale(self) -> float:
        """The top of the bars: the usual prediction, and the limit in any case within view."""
        limit = self.limit
        values = sorted(r.latency.value for r in self.all_rows if r.latency and r.latency.value)
        usual = values[3 * len(values) // 4] * 1.2 if values else 1.0
        if limit is None:
            return usual
        return max(1.25 * limit.value, min(usual, 2.5 * limit.value))

    @property
    def answer(self) -> tuple[str, Message]:
        """State and sentence for the answer line."""
        view = self.opened.view
        if view is None or view.model is None:
            return "not_yet", Message(text=N_("Import a model first."))
        rows = self.all_rows
        if not self.predictions:
            state = "running" if self.busy else "not_yet"
            return state, Message(text=N_("Nothing has been predicted yet."))
        limit = self.limit
        done = [r for r in rows if r.latency is not None]
        if limit is None:
            text = N_("{n} devices predicted. Without a latency target none can pass or fail.")
            return "attention", Message(text=text, params={"n": len(done)})
        good = sum(r.verdict in ("met", "likely") for r in rows)
        params = {
            "good": good,
            "n": len(rows),
            "limit": _shown(limit.value),
            "listed": len(view.study.shortlist),
        }
        if good == 0:
            text = N_(
                "No device of {n} is predicted to stay within {limit}. Compress, or loosen it."
            )
            return "attention", Message(text=text, params=params)
        text = N_(
            "{good} of {n} devices are predicted to stay within {limit}. Short list: {listed}."
        )
        return "likely", Message(text=text, params=params)

    def _key(self) -> tuple[object, ...]:
        view = self.opened.view
        if view is None or not self.subject:
            return (None, bool(self.devices))
        work = view.study.workload
        return (self.subject, work.task, work.prompt_tokens, work.generate_tokens)

    def _predict_all(
        self, *, job: JobContext
    ) -> tuple[tuple[DeviceProfile, ...], tuple[Prediction, ...]]:
        devices = self.door.list_devices(job=job)
        if not self.subject:
            return devices, ()
        prompt, generate = self._tokens()
        return devices, self.door.predict(
            self.subject, None, prompt_tokens=prompt, generate_tokens=generate, job=job
        )

    def _keep(self, ids: tuple[str, ...], new: tuple[str, ...], *, job: JobContext) -> None:
        study = self.opened.study_id
        self.door.set_shortlist(study, ids, job=job)
        if new and self.subject:
            prompt, generate = self._tokens()
            self.door.predict(
                self.subject,
                study,
                prompt_tokens=prompt,
                generate_tokens=generate,
                device_ids=new,
                job=job,
            )

    def _tokens(self) -> tuple[int | None, int | None]:
        view = self.opened.view
        if view is None or not self.generating:
            return None, None
        return view.study.workload.prompt_tokens, view.study.workload.generate_tokens

    def _predicted(
        self,
        key: tuple[object, ...],
        result: tuple[tuple[DeviceProfile, ...], tuple[Prediction, ...]],
    ) -> None:
        self.devices, predictions = result
        self._predicted_for = key
        best: dict[str, Prediction] = {}
        for prediction in predictions:
            known = best.get(prediction.device_id)
            if known is None or _sooner(self._latency(prediction), self._latency(known)):
                best[prediction.device_id] = prediction
        self.predictions = best

    def _latency(self, prediction: Prediction | None) -> Figure | None:
        if prediction is None:
            return None
        limit = self.limit
        names = [limit.measure] if limit is not None else []
        for name in (*names, "latency_ms", "latency_p90_ms", "latency_p50_ms"):
            figure = prediction.figures.get(name)
            if figure is not None and figure.value is not None:
                return figure
        return None

    def _verdict(self, prediction: Prediction | None, figure: Figure | None) -> str:
        if prediction is not None and prediction.fits is False:
            return "unlikely"
        if self.limit is None or figure is None:
            return "no_limit" if figure is None else "undecided"
        return verdict(figure, self.limit.value, self.limit.operator)


def _sooner(new: Figure | None, old: Figure | None) -> bool:
    if new is None or new.value is None:
        return False
    return old is None or old.value is None or new.value < old.value


def _shown(milliseconds: float) -> Figure:
    return Figure(value=milliseconds, unit="ms", basis=Basis.EXACT, ref="workload/limit")
