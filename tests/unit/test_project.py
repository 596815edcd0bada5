"""The promises of the project as a whole: start-up, borders, files that everybody relies on."""

from __future__ import annotations

import ast
import importlib.metadata
import json
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

import bootstrap
import lock

ROOT = bootstrap.ROOT
HEAVY = {
    "PySide6", "alembic", "asyncssh", "babel", "numpy", "onnx", "onnx_ir", "onnxruntime",
    "openvino", "pikepdf", "pyqtgraph", "pyxirr", "reportlab", "scipy", "shiboken6",
    "sqlalchemy"
}  # fmt: skip
_SKIPPED = {
    ".git", ".venv", ".mypy_cache", ".ruff_cache", ".hypothesis", ".import_linter_cache",
    "__pycache__", "build", "dist", "out"
}  # fmt: skip
_TEXT = {
    ".py", ".toml", ".txt", ".md", ".json", ".csv", ".po", ".cfg", ".ini", ".sh", ".yml",
    ".yaml", ".svg", ".importlinter"
}  # fmt: skip


def project_files() -> Iterator[Path]:
    """Every text file of the project, without what is built or fetched."""
    for path in sorted(ROOT.rglob("*")):
        inside = path.relative_to(ROOT).parts
        if not _SKIPPED.isdisjoint(inside) or not path.is_file():
            continue
        if path.suffix in _TEXT or path.suffix == "":
            yield path


def read(*parts: str) -> str:
    return ROOT.joinpath(*parts).read_text(encoding="utf-8")


def imported_by(statement: str) -> set[str]:
    """The top-level modules that a fresh interpreter holds after `statement`."""
    code = f"{statement}\nimport json, sys\nprint(json.dumps(sorted(sys.modules)))"
    answer = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT
    )
    return {name.partition(".")[0] for name in json.loads(answer.stdout.splitlines()[-1])}


class TestStart:
    def test_the_command_line_starts_without_a_heavy_library(self) -> None:
        assert imported_by("import genba.cli.main") & HEAVY == set()

    def test_asking_for_the_version_imports_no_command(self) -> None:
        modules = imported_by(
            "import contextlib, genba.cli.main as m\nassert m.main(['--version']) == 0"
        )
        assert modules & (HEAVY | {"argparse", "pydantic"}) == set()

    def test_help_needs_no_heavy_library(self) -> None:
        modules = imported_by(
            "import genba.cli.main as m\ntry: m.main(['bench', '--help'])\nexcept SystemExit: pass"
        )
        assert modules & HEAVY == set()

    def test_the_window_module_is_imported_without_qt_plots(self) -> None:
        assert imported_by("import genba.gui.main") & {"pyqtgraph", "onnx", "scipy"} == set()


class TestEntryPoints:
    def declared(self) -> list[importlib.metadata.EntryPoint]:
        project = tomllib.loads(read("pyproject.toml"))["project"]
        groups = {
            "console_scripts": project["scripts"],
            "gui_scripts": project["gui-scripts"],
            **project["entry-points"],
        }
        return [
            importlib.metadata.EntryPoint(name, value, group)
            for group, points in groups.items()
            for name, value in points.items()
        ]

    def test_every_declared_one_loads(self) -> None:
        for point in self.declared():
            loaded = point.load()
            assert loaded is not None, point
            assert not point.group.endswith("_scripts") or callable(loaded), point

    def test_the_installed_ones_are_those_declared(self) -> None:
        installed = {
            (point.group, point.name, point.value)
            for point in importlib.metadata.distribution("genba").entry_points
        }
        assert installed == {(p.group, p.name, p.value) for p in self.declared()}


class TestDeviceSide:
    """What is pushed to a device runs there on Python 3.8 with nothing of ours beside it."""

    def files(self) -> list[Path]:
        pushed = [
            ROOT / "app/genba/remote/agent.py",
            *sorted((ROOT / "plugins").rglob("device.py")),
        ]
        assert len(pushed) >= 3
        return pushed

    def test_its_grammar_is_that_of_python_3_8(self) -> None:
        for path in self.files():
            ast.parse(path.read_text(encoding="utf-8"), str(path), feature_version=(3, 8))

    def test_it_imports_nothing_of_ours(self) -> None:
        for path in self.files():
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                names = [a.name for a in node.names] if isinstance(node, ast.Import) else []
                names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
                assert not [n for n in names if n.split(".")[0].startswith("genba")], path

    def test_the_agent_needs_the_standard_library_only(self) -> None:
        tree = ast.parse(read("app", "genba", "remote", "agent.py"))
        names = {a.name for n in ast.walk(tree) if isinstance(n, ast.Import) for a in n.names}
        names |= {n.module or "" for n in ast.walk(tree) if isinstance(n, ast.ImportFrom)}
        foreign = {n.partition(".")[0] for n in names} - sys.stdlib_module_names
        assert foreign <= {"numpy"}  # made inputs, imported in the runner's process only


class TestFiles:
    @pytest.mark.parametrize(
        "name",
        [
            "README.md", "LICENSE", "CHANGELOG.md", "CONTRIBUTING.md", "Makefile", "pyproject.toml",
            ".importlinter", ".ci/run", "assets/fonts/OFL-Inter.txt",
            "assets/fonts/OFL-BIZUDGothic.txt",
        ],
    )  # fmt: skip
    def test_it_is_there_and_not_empty(self, name: str) -> None:
        assert (ROOT / name).stat().st_size > 100

    def test_the_licence_is_the_one_declared(self) -> None:
        assert tomllib.loads(read("pyproject.toml"))["project"]["license"] == "Apache-2.0"
        assert "Apache License\n                           Version 2.0" in read("LICENSE")

    def test_the_changelog_knows_this_version(self) -> None:
        version = tomllib.loads(read("pyproject.toml"))["project"]["version"]
        assert f"## [{version}]" in read("CHANGELOG.md") or "## [Unreleased]" in read(
            "CHANGELOG.md"
        )

    def test_ci_is_executable(self) -> None:
        assert (ROOT / ".ci" / "run").stat().st_mode & 0o111

    def test_the_set_up_folder_hides_no_library_of_its_name(self) -> None:
        # Without an __init__.py it never wins over the library `packaging` on the import path.
        assert not (ROOT / "packaging" / "__init__.py").exists()

    def test_no_file_names_a_package_index_or_a_place_on_somebodys_machine(self) -> None:
        pieces = (
            r"pypi\.(org|python)", r"files\.pythonhosted", r"registry\.npmjs", r"deb\.debian\.org",
            r"index-url\s*[= ]\s*.?https?:", r"/home/[a-z]+/[a-z]", r"(?<![\w.-])/root/",
            r"/work/(main|sh)", r"/Users/[a-z]",
        )  # fmt: skip
        here = re.escape(str(ROOT)) if len(ROOT.parts) > 2 else "(?!)"
        pattern = re.compile("|".join([*pieces, rf"(?<![\w.-]){here}\b"]))
        findings = []
        for path in project_files():
            if path == Path(__file__).resolve():
                continue
            for number, line in enumerate(path.read_text("utf-8", "replace").splitlines(), 1):
                if pattern.search(line):
                    findings.append(f"{path.relative_to(ROOT)}:{number}: {line.strip()[:80]}")
        assert findings == []


def pins(name: str) -> dict[str, list[str]]:
    """The versions of each package in a lock: more than one where Pythons differ."""
    versions: dict[str, list[str]] = {}
    for package, version in re.findall(r"^([a-z0-9._-]+)==(\S+)", read("packaging", name), re.M):
        versions.setdefault(package, []).append(version)
    return versions


class TestLocks:
    @pytest.mark.parametrize("name", sorted(lock.LOCKS))
    def test_every_requirement_has_a_version_and_hashes(self, name: str) -> None:
        text = read("packaging", name)
        blocks = re.split(r"\n(?=[a-z0-9])", text)
        assert len(blocks) > 5
        for block in blocks:
            assert re.match(r"[a-z0-9._-]+==\S+", block), block[:60]
            assert "--hash=sha256:" in block, block[:60]

    @pytest.mark.parametrize(
        ("name", "declared"),
        [
            ("requirements.txt", "dependencies"),
            ("requirements-dev.txt", "dev"),
            ("requirements-build.txt", "build"),
        ],
    )
    def test_every_declared_dependency_is_locked(self, name: str, declared: str) -> None:
        project = tomllib.loads(read("pyproject.toml"))
        wanted = project["project"].get(declared) or project["dependency-groups"][declared]
        assert {re.split(r"[<>=\[; ]", entry)[0].lower() for entry in wanted} <= pins(name).keys()

    def test_the_locks_agree_with_each_other(self) -> None:
        run, developer, build = (pins(name) for name in lock.LOCKS)
        assert run.items() <= developer.items()
        both = build.keys() & developer.keys()
        assert {name: build[name] for name in both} == {name: developer[name] for name in both}


class TestCommands:
    """What the documents tell people to type exists."""

    def typed(self) -> set[str]:
        text = read("README.md") + read("CONTRIBUTING.md")
        blocks = re.findall(r"```(?:\w+)?\n(.*?)```", text, re.DOTALL)
        spans = re.findall(r"`([^`\n]+)`", re.sub(r"```.*?```", "", text, flags=re.DOTALL))
        lines = [line.strip().removeprefix("$ ") for block in blocks for line in block.split("\n")]
        return {line for line in [*lines, *spans] if line}

    def test_the_documents_show_the_main_job(self) -> None:
        assert any("packaging/bootstrap.py demo" in line for line in self.typed())

    def test_the_set_up_commands_exist(self) -> None:
        for line in self.typed():
            if found := re.search(r"packaging/bootstrap\.py (\w+)", line):
                assert found[1] in bootstrap.GROUPS, line

    def test_the_make_targets_exist(self) -> None:
        targets = set(re.findall(r"^([a-z-]+):", read("Makefile"), re.MULTILINE))
        assert {"demo", "run", "test", "bench", "setup", "test-extras"} <= targets
        for line in self.typed():
            if found := re.match(r"make ([a-z-]+)", line):
                assert found[1] in targets, line

    def test_the_genba_commands_exist(self, capsys: pytest.CaptureFixture[str]) -> None:
        from genba.cli.main import main

        commands = {
            tuple(re.match(r"((?: ?[a-z]+)+)", found[1])[1].split()[:2])  # type: ignore[index]
            for line in self.typed()
            if (found := re.match(r"(?:\.venv/bin/)?genba ([a-z].*)", line))
        }
        assert commands
        for command in sorted(commands):
            with pytest.raises(SystemExit) as stopped:
                sys.exit(main([*command, "--help"]))
            assert stopped.value.code == 0, command
            capsys.readouterr()


class TestGuide:
    def test_every_path_that_the_guide_names_exists(self) -> None:
        named = set(re.findall(r"`((?:app|plugins|assets|tests|packaging)/[^`\s*<>]*)`",
                               read("CONTRIBUTING.md")))  # fmt: skip
        assert len(named) > 10
        assert sorted(p for p in named if not (ROOT / p).exists()) == []
