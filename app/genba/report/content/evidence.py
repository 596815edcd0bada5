"""Page: the runs with their environment, a distribution, how to repeat it, and the glossary."""

from __future__ import annotations

from typing import Any

from genba.errors import N_, Message
from genba.report import tree
from genba.report.content.basics import number, plain, say, words
from genba.report.content.facts import Facts
from genba.study.run import Run
from genba.study.words import MEASURES, label

_ENVIRONMENT = (
    ("cpu_model", N_("Processor")),
    ("cpu", N_("Processor")),
    ("kernel", N_("Kernel")),
    ("python", N_("Python")),
    ("threads", N_("Threads")),
    ("governor", N_("CPU governor")),
    ("power_mode", N_("Power mode")),
    ("load_start", N_("Load at the start")),
    ("agent_sha256", N_("Agent (SHA-256)")),
    ("model_sha256", N_("Model (SHA-256)")),
)


def evidence_page(facts: Facts) -> tree.Page:
    """How was it obtained, and how is it repeated?"""
    runs = facts.snapshot.runs
    blocks: list[tree.Block] = []
    if runs:
        blocks.append(_runs(runs))
    blocks += _distributions(facts)
    blocks.append(tree.Commands(title=say(N_("How to repeat it")), lines=_commands(facts)))
    chosen = _chosen_run(facts)
    if chosen is not None:
        blocks.append(
            tree.Side(weights=(1.0, 1.15), columns=((_environment(chosen),), (_quantiles(chosen),)))
        )
    blocks.append(_glossary())
    return tree.Page(
        id="evidence",
        name=say(N_("Evidence")),
        headline=_headline(facts),
        lead=say(
            N_("Warm-up requests are kept and left out of the summary; outliers are never removed.")
        ),
        blocks=tuple(blocks),
    )


def _chosen_run(facts: Facts) -> Run | None:
    ids = facts.chosen.run_ids if facts.chosen is not None else ()
    by_id = {run.run_id: run for run in facts.snapshot.runs}
    found = [by_id[i] for i in ids if i in by_id]
    return found[-1] if found else next(iter(facts.snapshot.runs), None)


def _headline(facts: Facts) -> tuple[Message, ...]:
    runs = facts.snapshot.runs
    if not runs:
        return (
            say(N_("Nothing has been measured yet.")),
            say(N_("All technical figures are predictions")),
        )
    samples = sum(run.samples_count for run in runs)
    first = say(
        N_("{n} runs with {samples} requests stand behind the figures."),
        n=len(runs),
        samples=samples,
    )
    cut = sum(not run.complete for run in runs)
    if cut:
        return first, say(N_("{n} of them were cut short"), n=cut)
    return (first,)


def _runs(runs: tuple[Run, ...]) -> tree.Table:
    rows = []
    for run in runs:
        device: dict[str, Any] = {"note": plain(run.target_name)}
        rows.append(
            tree.TableRow(
                cells=(
                    words(plain(run.run_id[:8]), note=plain(run.created_at.date().isoformat())),
                    words(
                        plain(run.variant_name),
                        note=plain(f"{run.runtime} {run.runtime_version}".strip()),
                    ),
                    words(plain(run.device_name), **device),
                    words(
                        say(N_("{n}"), n=run.samples_count),
                        note=say(N_("warm-up {n}"), n=run.warmup_count),
                    ),
                    number(run.figures.get("latency_p50_ms"), interval=True),
                    number(run.figures.get("latency_p90_ms"), interval=True),
                    number(run.figures.get("latency_p99_ms"), interval=True),
                    words(say(N_("complete")) if run.complete else say(N_("cut short"))),
                )
            )
        )
    return tree.Table(
        title=say(N_("Runs")),
        columns=(
            tree.Column(head=say(N_("Run, date")), weight=1.15),
            tree.Column(head=say(N_("Variant, runtime")), weight=1.9),
            tree.Column(head=say(N_("Device, target")), weight=1.7),
            tree.Column(head=say(N_("requests")), weight=1.0, align="right"),
            tree.Column(head=say(N_("p50 ({unit})")), align="right", scale="latency", weight=1.1),
            tree.Column(head=say(N_("p90 ({unit})")), align="right", scale="latency", weight=1.1),
            tree.Column(head=say(N_("p99 ({unit})")), align="right", scale="latency", weight=1.1),
            tree.Column(head=say(N_("state")), weight=0.9),
        ),
        rows=tuple(rows),
        size=8,
    )


def _distributions(facts: Facts) -> list[tree.Block]:
    blocks: list[tree.Block] = []
    limit = next(
        (x.value for x in facts.snapshot.study.workload.limits if x.measure == "latency_p99_ms"),
        None,
    )
    for run in facts.snapshot.runs:
        values = facts.samples_ms.get(run.run_id, ())
        if len(values) < 2:
            continue
        names = ("latency_p50_ms", "latency_p90_ms", "latency_p99_ms")
        quantiles = tuple(run.figures[n] for n in names if n in run.figures)
        blocks.append(
            tree.Distribution(
                title=say(
                    N_(
                        "Latency of {variant} with {runtime}: cumulative distribution of {n} "
                        "requests (band: 95 %)"
                    ),
                    variant=run.variant_name,
                    runtime=run.runtime,
                    n=len(values),
                ),
                values=tuple(values),
                quantiles=quantiles,
                limit=limit,
                alt=say(N_("Cumulative distribution of {n} latencies."), n=len(values)),
            )
        )
    return blocks[:2]


def _environment(run: Run) -> tree.KeyValueBox:
    rows: list[tree.KeyValue] = [
        tree.KeyValue(key=say(N_("Device")), value=plain(run.device_name)),
        tree.KeyValue(
            key=say(N_("Runtime")), value=plain(f"{run.runtime} {run.runtime_version}".strip())
        ),
    ]
    seen: set[str] = set()
    for key, name in _ENVIRONMENT:
        value = run.environment.get(key)
        if value in (None, "") or name in seen:
            continue
        seen.add(name)
        rows.append(tree.KeyValue(key=say(name), value=plain(_short(value))))
    rows.append(tree.KeyValue(key=say(N_("Model id")), value=plain(_short(run.model_id))))
    return tree.KeyValueBox(
        title=say(N_("Environment of run {id}"), id=run.run_id[:8]), rows=tuple(rows), framed=False
    )


def _short(value: object) -> str:
    text = str(value)
    if len(text) >= 40 and all(c in "0123456789abcdef" for c in text):
        return " ".join(text[i : i + 8] for i in range(0, 32, 8)) + " …"
    return text


def _quantiles(run: Run) -> tree.Table:

    rows = [
        tree.TableRow(
            cells=(
                words(label(MEASURES, name)),
                number(figure, show="number"),
                number(figure, show="range"),
                number(figure, show="unit"),
            )
        )
        for name, figure in run.figures.items()
    ]
    return tree.Table(
        title=say(N_("Summary of run {id}"), id=run.run_id[:8]),
        subtitle=say(N_("95 % intervals")),
        columns=(
            tree.Column(head=say(N_("Quantity")), weight=2.1),
            tree.Column(head=say(N_("value")), weight=1.35, align="right"),
            tree.Column(head=say(N_("interval")), weight=1.2, align="right"),
            tree.Column(head=say(N_("unit")), weight=0.9),
        ),
        rows=tuple(rows),
        size=8,
    )


def _commands(facts: Facts) -> tuple[str, ...]:
    """The command lines that lead to these figures, for the chosen run and the report."""
    lines: list[str] = []
    study = facts.snapshot.study.study_id
    for run in facts.snapshot.runs[:4]:
        s = run.scenario
        parts = [
            f"genba bench {run.variant_id[:12]} --target {run.target_name}",
            f"--runtime {run.runtime} --scenario {s.kind}",
        ]
        if s.queries is not None:
            parts.append(f"--queries {s.queries}")
        elif s.duration_s is not None:
            parts.append(f"--duration-s {s.duration_s:g}")
        if s.kind == "generate":
            parts.append(f"--prompt-tokens {s.prompt_tokens} --generate-tokens {s.generate_tokens}")
        lines.append(" ".join([*parts, f"--study {study}"]))
    lines.append(f"genba business {study}")
    lines.append(f"genba report {study} -o report.pdf --template {'full'}")
    return tuple(lines)


def _glossary() -> tree.Table:
    terms = (
        (N_("latency p99"), N_("99 of 100 requests are answered at least this fast.")),
        (N_("TTFT, TPOT"), N_("Time until the first word appears, and time per further token.")),
        (N_("throughput"), N_("Requests answered per second.")),
        (N_("peak memory"), N_("The most memory that the running model needed.")),
        (
            N_("quantisation"),
            N_(
                "Storing the model's numbers with fewer digits, so that it becomes "
                "smaller and often faster."
            ),
        ),
        (N_("runtime"), N_("The program that executes the model on the device.")),
        (N_("measured"), N_("Obtained on this very device with this very model.")),
        (N_("predicted"), N_("Computed before measuring, with an 80 % interval.")),
        (N_("assumed"), N_("Taken from a person, a price list or a data sheet.")),
        (N_("NPV"), N_("All future money in today's value, less the outlay.")),
        (N_("payback"), N_("Time until the cumulative net flow turns positive.")),
        (N_("TCO"), N_("All costs of owning and running it, not only the purchase.")),
        (N_("P10, P50, P90"), N_("10, 50 and 90 of 100 simulated cases lie below this value.")),
        (N_("gate"), N_("The day on which numbers decide whether the next stage starts.")),
    )
    return tree.Table(
        title=say(N_("Glossary")),
        columns=(
            tree.Column(head=say(N_("Term")), weight=1.0),
            tree.Column(head=say(N_("Meaning")), weight=3.6),
        ),
        rows=tuple(tree.TableRow(cells=(words(say(a)), words(say(b)))) for a, b in terms),
        size=8,
    )
