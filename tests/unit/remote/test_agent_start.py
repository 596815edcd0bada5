"""The start command is constant; an interpreter's path is quoted whatever it holds."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from genba.remote.agent import ONE_LINER
from genba.remote.bootstrap import FIND_PYTHON, LIST_PYTHONS, start_command, start_input


def test_the_one_liner_needs_no_quoting_in_any_shell() -> None:
    assert not set(ONE_LINER) & set("'\"`$\\!\n")


def test_the_start_command_finds_a_python_and_starts_the_agent() -> None:
    done = subprocess.run(
        ["/bin/sh", "-c", start_command()], input=start_input({"role": "probe", "nonce": "n1"}),
        capture_output=True, check=False, timeout=60,
    )  # fmt: skip
    assert b'@n1 {"t":"hello"' in done.stdout
    assert b'"t":"probe"' in done.stdout


def test_without_any_python_the_status_is_127(tmp_path: Path) -> None:
    done = subprocess.run(
        ["/bin/sh", "-c", FIND_PYTHON],
        env={"PATH": str(tmp_path)},
        capture_output=True,
        check=False,
    )
    assert done.returncode == 127


def test_the_list_names_versions() -> None:
    done = subprocess.run(["/bin/sh", "-c", LIST_PYTHONS], capture_output=True, check=True)
    assert b"Python 3" in done.stdout


@settings(max_examples=25, deadline=None)
@given(
    st.text(
        st.characters(exclude_characters="/\0", exclude_categories=["Cs"]), min_size=1, max_size=20
    ).filter(lambda name: name not in (".", ".."))
)
def test_any_path_arrives_as_it_is(tmp_path_factory: pytest.TempPathFactory, name: str) -> None:
    """A program under that very name is started, and no shell sees the name as syntax."""
    folder = tmp_path_factory.mktemp("odd")
    program = folder / name
    shutil.copy("/bin/echo", program)
    done = subprocess.run(
        ["/bin/sh", "-c", start_command(str(program))], capture_output=True, check=False
    )
    assert done.stdout.decode().startswith("-I -S -c import sys")
    program.unlink()


def test_the_agent_serves_under_the_oldest_python_at_hand() -> None:
    """With python3.8 where the machine has one; at least with the one that runs the tests."""
    oldest = shutil.which("python3.8") or sys.executable
    if subprocess.run([oldest, "-I", "-S", "-c", "0"], capture_output=True, check=False).returncode:
        oldest = sys.executable  # a version manager's stand-in for one that is not chosen
    done = subprocess.run(
        [oldest, "-I", "-S", "-c", ONE_LINER], input=start_input({"role": "probe", "nonce": "n1"}),
        capture_output=True, check=False, timeout=60,
    )  # fmt: skip
    assert b'"t":"probe"' in done.stdout
