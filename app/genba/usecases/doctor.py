"""What is installed, what is missing, what to do."""

from __future__ import annotations

import shutil
import sys
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from genba.errors import N_, GenbaError, Message
from genba.extension import runners
from genba.jobs import JobContext
from genba.resources import assets_dir
from genba.store.home import resolve_home
from genba.store.workspace import Workspace
from genba.study.base import Data
from genba.usecases.connecting import connected, find

CORE = ("onnxruntime", "openvino", "onnx", "pyside6-essentials", "reportlab", "sqlalchemy",
        "asyncssh")  # fmt: skip
LITTLE_SPACE_BYTES = 2_000_000_000


class Finding(Data):
    """One thing that was looked at: whether it is fine, what was seen, and what to do if not."""

    name: str
    ok: bool
    detail: Message
    fix: Message = Message(text="")


def check(
    *, target: str | None = None, job: JobContext, home: Path | None = None
) -> tuple[Finding, ...]:
    """Look at this computer, and at a target when one is named.

    Raises:
        UnknownId: there is no such target.
    """
    job.report(N_("Looking around"), 0.1)
    findings = [_python(), *(_package(name) for name in CORE), _assets(), _space(home)]
    findings += [_workspace(home), *_runners()]
    if target is not None:
        findings += _target(target, job, home)
    return tuple(findings)


def _text(text: str, **params: object) -> Message:
    return Message(text=text, params=params)


def _python() -> Finding:
    ok = (3, 11) <= sys.version_info[:2] < (3, 14)
    detail = _text("{version}", version=".".join(map(str, sys.version_info[:3])))
    return Finding(
        name="Python", ok=ok, detail=detail,
        fix=_text("" if ok else N_("Genba needs Python 3.11, 3.12 or 3.13.")),
    )  # fmt: skip


def _package(name: str) -> Finding:
    try:
        found = version(name)
    except PackageNotFoundError:
        fix = _text(N_("Run: python3 packaging/bootstrap.py setup"))
        return Finding(name=name, ok=False, detail=_text(N_("not installed")), fix=fix)
    return Finding(name=name, ok=True, detail=_text("{version}", version=found))


def _assets() -> Finding:
    missing = [n for n in ("devices", "fonts", "samples") if not (assets_dir() / n).is_dir()]
    detail = _text("{path}", path=assets_dir())
    fix = _text(N_("Reinstall Genba: {names} is missing."), names=missing) if missing else _text("")
    return Finding(name="assets", ok=not missing, detail=detail, fix=fix)


def _space(home: Path | None) -> Finding:
    place = resolve_home(home)
    existing = next(p for p in (place, *place.parents) if p.exists())
    free = shutil.disk_usage(existing).free
    ok = free > LITTLE_SPACE_BYTES
    detail = _text(N_("{free} MB free at {path}"), free=free // 10**6, path=place)
    fix = _text("" if ok else N_("Free some space or set GENBA_HOME to another disk."))
    return Finding(name="disk", ok=ok, detail=detail, fix=fix)


def _workspace(home: Path | None) -> Finding:
    try:
        with Workspace.open(home) as workspace:
            studies = len(workspace.studies.list())
    except GenbaError as error:
        return Finding(name="workspace", ok=False, detail=error.message, fix=error.hint)
    detail = _text(N_("{n} studies at {path}"), n=studies, path=resolve_home(home))
    return Finding(name="workspace", ok=True, detail=detail)


def _runners() -> list[Finding]:
    found = runners.installed()
    good = [
        Finding(name=f"runner {name}", ok=True, detail=_text("{title}", title=runner.title))
        for name, runner in sorted(found.runners.items())
    ]
    broken = [
        Finding(name=f"runner {w.params.get('name', '?')}", ok=False, detail=w,
                fix=_text(N_("Update or remove the plugin.")))
        for w in found.warnings
    ]  # fmt: skip
    return good + broken


def _target(name: str, job: JobContext, home: Path | None) -> list[Finding]:
    """Whether a target can be reached, and which runners its Python could use."""
    from genba.remote.probe import probe

    target = find(name, home)
    try:
        with connected(target, job=job, home=home) as link:
            facts = probe(link.connection, job=job)
    except GenbaError as error:
        return [Finding(name=target.name, ok=False, detail=error.message, fix=error.hint)]
    device = facts["device"]
    reached = _text("{cpu}, {kernel}", cpu=device.get("cpu_model") or device.get("machine"),
                    kernel=device.get("kernel"))  # fmt: skip
    packages = facts["packages"].get("packages", {})
    findings = [Finding(name=target.name, ok=True, detail=reached)]
    for runner_name, runner in sorted(runners.installed().runners.items()):
        missing = [r.distribution for r in runner.requirements if r.module not in packages]
        detail = _text(N_("{names} missing on the device"), names=missing) if missing else _text(
            "{version}", version=packages[runner.requirements[0].module])  # fmt: skip
        fix = N_("Name a Python that has it: genba target add … --python PATH") if missing else ""
        findings.append(
            Finding(name=f"{target.name}: {runner_name}", ok=not missing, detail=detail,
                    fix=_text(fix))
        )  # fmt: skip
    return findings
