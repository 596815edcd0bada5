"""Page: measured against predicted, what is not yet verified, and the table of all candidates."""

from __future__ import annotations

from statistics import median

from genba.errors import N_, Message
from genba.figures import Figure
from genba.report import tree
from genba.report.content.basics import counted, number, plain, say, words
from genba.report.content.facts import Facts, figure_of, is_measured
from genba.study.candidate import Candidate, Prediction
from genba.study.words import MEASURES, label

_SHORT = {"ttft_ms": N_("TTFT"), "tpot_ms": N_("TPOT")}
_PAIRS = (
    ("latency_ms", "latency_p50_ms"),
    ("ttft_ms", "ttft_ms"),
    ("tpot_ms", "tpot_ms"),
    ("memory_bytes", "memory_bytes"),
    ("energy_mj", "energy_mj"),
    ("throughput_per_s", "throughput_per_s"),
)
LIMIT = 14


def forecast_page(facts: Facts) -> tree.Page:
    """Can the forecasts be trusted?"""
    rows = _pairs(facts)
    blocks: list[tree.Block] = []
    if rows:
        inside = sum(_inside(r) for r in rows)
        blocks.append(
            tree.ForecastChart(
                title=say(N_("Deviation of the measurement from the prediction (band: 80 %)")),
                rows=tuple(rows[:LIMIT]),
                alt=say(
                    N_("Prediction intervals and {n} measurements; {k} lie inside."),
                    n=len(rows),
                    k=inside,
                ),
            )
        )
        blocks.append(
            tree.Side(weights=(1.0, 1.2), columns=((_record(rows),), (_unverified(facts),)))
        )
    else:
        blocks.append(_unverified(facts))
    blocks += _all_candidates(facts)
    blocks.append(
        tree.Note(
            text=say(
                N_(
                    "Predictions are frozen before the measurement. Latency is compared with "
                    "the measured median (p50)."
                )
            )
        )
    )
    return tree.Page(
        id="forecast",
        name=say(N_("Measured and predicted")),
        headline=_headline(facts, rows),
        lead=_lead(rows),
        blocks=tuple(blocks),
    )


def _pairs(facts: Facts) -> list[tree.ForecastRow]:
    rows: list[tree.ForecastRow] = []
    for candidate in facts.ranked:
        prediction = _prediction_of(facts, candidate)
        if prediction is None or not is_measured(candidate):
            continue
        for predicted_name, measured_name in _PAIRS:
            predicted = prediction.figures.get(predicted_name)
            measured = candidate.figures.get(measured_name)
            if predicted is None or measured is None or not (predicted.value and measured.known):
                continue
            if measured.basis is not predicted.basis:
                rows.append(
                    tree.ForecastRow(
                        group=plain(f"{candidate.variant_name} {candidate.runtime}"),
                        measure=label({**MEASURES, **_SHORT}, predicted_name),
                        predicted=predicted,
                        measured=measured,
                    )
                )
    return rows


def _prediction_of(facts: Facts, candidate: Candidate) -> Prediction | None:
    device = candidate.device_ref.removeprefix("target:")
    return next(
        (
            p
            for p in facts.snapshot.study.predictions
            if p.variant_id == candidate.variant_id
            and (p.device_id == device or p.device_name == candidate.device_name)
            and p.runtime.split(":")[0] == candidate.runtime.split(":")[0]
        ),
        None,
    )


def _inside(row: tree.ForecastRow) -> bool:
    low, high, value = row.predicted.low, row.predicted.high, row.measured.value
    return low is not None and high is not None and value is not None and low <= value <= high


def _error(row: tree.ForecastRow) -> float:
    return (row.measured.value or 0.0) / (row.predicted.value or 1.0) - 1.0


def _headline(facts: Facts, rows: list[tree.ForecastRow]) -> tuple[Message, ...]:
    if not rows:
        return (
            say(N_("No prediction has been verified by a measurement yet.")),
            say(N_("{n} candidates are compared"), n=len(facts.ranked)),
        )
    inside, total = sum(_inside(r) for r in rows), len(rows)
    share = inside / total
    if share < 0.7:
        first = say(
            N_("The predictions were too sure: only {k} of {n} lie inside."), k=inside, n=total
        )
    elif share > 0.9 and total >= 10:
        first = say(
            N_("The intervals are wide: {k} of {n} measurements lie inside."), k=inside, n=total
        )
    else:
        first = say(N_("{k} of {n} measurements lie inside the 80 % interval."), k=inside, n=total)
    worst = max(rows, key=lambda r: abs(_error(r)))
    return first, say(
        N_("The largest deviation is {error} ({measure})"),
        error=counted(abs(_error(worst)), "ratio", "forecast/worst"),
        measure=worst.measure,
    )


def _lead(rows: list[tree.ForecastRow]) -> Message:
    if rows:
        return say(
            N_(
                "How well the predictions made before buying hold, on the devices that were "
                "measured. Zero is the predicted value."
            )
        )
    return say(
        N_(
            "Nothing was measured on a device that was predicted, so the predictions below "
            "stand unverified."
        )
    )


def _record(rows: list[tree.ForecastRow]) -> tree.Table:
    inside = sum(_inside(r) for r in rows)
    errors = [abs(_error(r)) for r in rows]
    facts = (
        (say(N_("inside the 80 % interval")), plain(f"{inside} / {len(rows)}")),
        (
            say(N_("median deviation")),
            say(N_("{value}"), value=counted(median(errors), "ratio", "forecast/median")),
        ),
        (
            say(N_("largest deviation")),
            say(N_("{value}"), value=counted(max(errors), "ratio", "forecast/worst")),
        ),
    )
    return tree.Table(
        title=say(N_("Record of the predictions")),
        columns=(
            tree.Column(head=say(N_("Quantity")), weight=2.2),
            tree.Column(head=say(N_("result")), align="right"),
        ),
        rows=tuple(tree.TableRow(cells=(words(a), words(b))) for a, b in facts),
    )


def _unverified(facts: Facts) -> tree.Table:
    seen: dict[str, Candidate] = {}
    measured_devices = {c.device_name for c in facts.ranked if is_measured(c)}
    for candidate in facts.ranked:
        if not is_measured(candidate) and candidate.device_name not in measured_devices:
            seen.setdefault(candidate.device_name, candidate)
    nothing = (words(say(N_("none: all devices were measured"))), words(plain("–")))
    rows = [
        tree.TableRow(
            cells=(
                words(plain(name)),
                number(figure_of(c, "latency_ms", "latency_p50_ms"), show="full"),
            )
        )
        for name, c in seen.items()
    ] or [tree.TableRow(cells=nothing)]
    return tree.Table(
        title=say(N_("Not yet verified on a device")),
        columns=(
            tree.Column(head=say(N_("Device")), weight=1.8),
            tree.Column(head=say(N_("predicted latency")), align="right"),
        ),
        rows=tuple(rows),
    )


def _all_candidates(facts: Facts) -> list[tree.Block]:
    """Every candidate: speed in one table, resources and quality in another."""
    if not facts.ranked:
        return []
    generating = any(
        f is not None and f.known for c in facts.ranked for f in (c.figures.get("tpot_ms"),)
    )
    speed: list[tuple[str, tuple[str, ...], str]] = [
        (N_("p50 ({unit})"), ("latency_p50_ms", "latency_ms"), "latency"),
        (N_("p90 ({unit})"), ("latency_p90_ms",), "latency"),
        (N_("p99 ({unit})"), ("latency_p99_ms",), "latency"),
        (N_("throughput ({unit})"), ("throughput_per_s",), "throughput"),
    ]
    if generating:
        speed += [
            (N_("TTFT ({unit})"), ("ttft_ms",), "ttft"),
            (N_("TPOT ({unit})"), ("tpot_ms",), "tpot"),
            (N_("tokens/s"), ("decode_tokens_per_s",), "tokens"),
        ]
    resources: list[tuple[str, tuple[str, ...], str]] = [
        (N_("size ({unit})"), ("",), "size"),
        (N_("peak memory ({unit})"), ("memory_bytes",), "memory"),
        (N_("energy ({unit})"), ("energy_mj",), "energy"),
        (N_("power ({unit})"), ("power_w",), "power"),
        (N_("temperature ({unit})"), ("temperature_c",), "temperature"),
        (N_("quality"), ("quality",), "quality"),
    ]
    return [
        _table(facts, say(N_("All candidates: speed")), speed),
        _table(facts, say(N_("All candidates: resources and quality")), resources),
    ]


def _table(
    facts: Facts, title: Message, columns: list[tuple[str, tuple[str, ...], str]]
) -> tree.Table:
    heads = [
        tree.Column(head=say(N_("Preset, runtime")), weight=2.2),
        tree.Column(head=say(N_("Device")), weight=1.9),
    ]
    heads += [
        tree.Column(head=say(head), align="right", scale=scale, weight=1.05)
        for head, _, scale in columns
    ]
    rows = []
    for candidate in facts.ranked:
        cells = [
            words(
                plain(candidate.variant_name),
                note=plain(candidate.runtime),
                strong=candidate is facts.chosen,
            ),
            words(plain(candidate.device_name)),
        ]
        for _, names, scale in columns:
            cells.append(_value(candidate, names, scale))
        rows.append(tree.TableRow(cells=tuple(cells), tinted=candidate is facts.chosen))
    return tree.Table(title=title, columns=tuple(heads), rows=tuple(rows), size=8)


def _value(candidate: Candidate, names: tuple[str, ...], scale: str) -> tree.Cell:
    if scale == "size":
        if not candidate.bytes:
            return words(plain("–"))
        return number(counted(candidate.bytes, "byte", f"variant/{candidate.variant_id}/bytes"))
    figure: Figure | None = figure_of(candidate, *names)
    if figure is None:
        return words(plain("–"), grey=True)
    return number(
        figure, interval=True, decimals=1 if scale == "quality" and figure.unit == "ratio" else None
    )
