"""The agent's parts: syntax, folders, hashes, lock, journal, warm-up, end of a phase."""

from __future__ import annotations

import array
import ast
import hashlib
import json
import os
import random
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from genba.remote import agent
from genba.remote.bootstrap import DAMAGED, agent_source, start_input


def test_the_agent_is_python_3_8_and_imports_the_standard_library_only() -> None:
    tree = ast.parse(agent_source(), feature_version=(3, 8))
    imported = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            imported |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            imported.add((node.module or "").split(".")[0])
    # numpy belongs to the runner process, which has the runtime's packages.
    assert imported - {"numpy"} <= set(sys.stdlib_module_names)


def start(request: dict[str, Any], data: bytes | None = None) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [sys.executable, "-I", "-S", "-c", agent.ONE_LINER],
        input=start_input(request) if data is None else data,
        capture_output=True, timeout=30, check=False,
    )  # fmt: skip


def test_the_one_liner_runs_what_it_hashed_and_greets_with_the_nonce() -> None:
    done = start({"role": "attach", "nonce": "abc", "run_id": "nothing", "from_line": 0})
    hello, refused, *rest = [line.partition(b" ") for line in done.stdout.splitlines()]
    assert hello[0] == refused[0] == b"@abc"
    assert json.loads(hello[2])["t"] == "hello"
    assert json.loads(refused[2])["code"] == "run_gone"
    assert rest == []


def test_the_one_liner_refuses_other_bytes_than_announced() -> None:
    data = start_input({"role": "probe", "nonce": "abc"})
    head, _, rest = data.partition(b"\n")
    size, digest = head.split()
    wrong = b"0" * len(digest)
    done = start({}, size + b" " + wrong + b"\n" + rest)
    assert done.returncode == DAMAGED
    assert done.stdout == b""


def test_the_folder_falls_back_when_the_home_cannot_be_written(tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("no folder")
    home = tmp_path / "home"
    home.mkdir()
    environment = {"XDG_CACHE_HOME": str(blocked), "HOME": str(home)}
    root = agent.find_root(environment)
    assert root == str(home / ".cache/genba")
    assert Path(root).stat().st_mode & 0o777 == 0o700


def test_a_folder_that_is_a_link_is_not_taken(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "cache").mkdir()
    (tmp_path / "cache/genba").symlink_to(tmp_path / "elsewhere")
    home = tmp_path / "home"
    home.mkdir()
    environment = {"XDG_CACHE_HOME": str(tmp_path / "cache"), "HOME": str(home)}
    assert agent.find_root(environment) == str(home / ".cache/genba")


@pytest.mark.parametrize(
    "name", ["../escape", "/etc/passwd", "a/../../../b", "nul\0byte", "link/file"]
)
def test_file_names_do_not_lead_out_of_the_folder(tmp_path: Path, name: str) -> None:
    folder = tmp_path / "artifacts" / "ab12"
    folder.mkdir(parents=True)
    (folder / "link").symlink_to("/tmp")
    with pytest.raises(agent.Refused, match="bad_path"):
        agent.artifact_file(str(tmp_path), "ab12", name)


def test_a_file_is_adopted_only_with_its_hash(tmp_path: Path) -> None:
    content, path = b"weights", tmp_path / "model.onnx"
    digest = hashlib.sha256(content).hexdigest()
    part = Path(f"{path}.part")
    part.write_bytes(b"Weights")
    with pytest.raises(agent.Refused, match="file_corrupt"):
        agent.adopt(str(path), 7, digest)
    assert not path.exists()
    assert not part.exists()
    with pytest.raises(agent.Refused, match="file_missing"):
        agent.adopt(str(path), 7, digest)
    part.write_bytes(content)
    agent.adopt(str(path), 7, digest)
    assert agent.is_present(str(path), 7, digest)


def test_a_large_file_is_trusted_only_while_it_is_untouched(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(agent, "REHASH_BYTES_MAX", 0)
    content, path = b"large", tmp_path / "model.data"
    digest = hashlib.sha256(content).hexdigest()
    Path(f"{path}.part").write_bytes(content)
    agent.adopt(str(path), 5, digest)
    assert agent.is_present(str(path), 5, digest)
    path.write_bytes(b"LARGE")
    os.utime(path, ns=(1, 1))
    assert not agent.is_present(str(path), 5, digest)


def test_the_lock_admits_one_and_names_its_holder(tmp_path: Path) -> None:
    first = agent.acquire_lock(str(tmp_path), {"client": "desk", "run_id": "r1"})
    with pytest.raises(agent.Refused) as caught:
        agent.acquire_lock(str(tmp_path), {"client": "other"})
    assert caught.value.fields["holder"] == {"client": "desk", "run_id": "r1"}
    os.close(first)
    second = agent.acquire_lock(str(tmp_path), {"client": "other"})
    os.close(second)


def test_the_journal_numbers_and_chains_its_lines(tmp_path: Path) -> None:
    journal = agent.Journal(str(tmp_path / "j"))
    journal.write("start", a=1)
    journal.write("end", code="complete")
    journal.close()
    link = agent.CHAIN_START
    for number, line in enumerate((tmp_path / "j").read_bytes().splitlines()):
        document = json.loads(line)
        given = document.pop("h")
        body = json.dumps(document, separators=(",", ":"), sort_keys=True).encode()
        link = agent.chain(link, body)
        assert given == link
        assert document["n"] == number


def noisy(level: float, count: int, seed: int) -> list[int]:
    rng = random.Random(seed)  # noqa: S311 - noise, not a secret
    return [int(level * rng.lognormvariate(0.0, 0.02)) for _ in range(count)]


def test_warmup_ends_on_a_plateau_and_not_on_a_slope() -> None:
    assert agent.is_settled(array.array("q", noisy(1e6, 40, 1)))
    falling = [int(3e6 * 0.97**i) for i in range(40)]
    assert not agent.is_settled(array.array("q", falling))
    rising = [int(1e6 * 1.02**i) for i in range(40)]
    assert not agent.is_settled(array.array("q", rising))


def test_a_late_drop_keeps_warming_up_until_it_is_past() -> None:
    slow, fast = noisy(2e6, 30, 2), noisy(1e6, 10, 3)
    assert not agent.is_settled(array.array("q", slow + fast))
    assert agent.is_settled(array.array("q", slow + noisy(1e6, 60, 6)))


def walk(plan: agent.Plan, latencies_ns: list[int]) -> int:
    """Feed warm-up queries back to back; return after how many the warm-up ended."""
    now, taken = 0, array.array("q")
    for latency in latencies_ns:
        if not plan.warming:
            break
        now += latency
        taken.append(latency)
        plan.after_warmup_query(now, 0, taken)
    return len(taken)


def test_the_length_of_the_warmup_follows_the_data() -> None:
    scenario = {"queries": 10, "warmup_queries_min": 5, "warmup_s_min": 0.0}
    steady, settling = agent.Plan(scenario), agent.Plan(scenario)
    short = walk(steady, noisy(1e7, 500, 5))
    long = walk(settling, [int(8e7 * 0.93**i) + 10_000_000 for i in range(500)])
    assert steady.settled
    assert settling.settled
    assert short < 20 < long


def test_the_warmup_has_a_longest_time_and_says_that_it_never_settled() -> None:
    plan = agent.Plan({"queries": 1, "warmup_queries_min": 5, "warmup_s_max": 0.5})
    walk(plan, [int(1e6 * 1.05**i) for i in range(200)])
    assert not plan.warming
    assert not plan.settled


def test_the_measured_phase_ends_by_queries_or_by_time() -> None:
    by_queries = agent.Plan({"queries": 3})
    assert not by_queries.finished(10**12, 0, 2)
    assert by_queries.finished(0, 0, 3)
    by_time = agent.Plan({"duration_s": 0.5})
    assert not by_time.finished(499_999_999, 0, 10**6)
    assert by_time.finished(500_000_000, 0, 0)


class Pipe:
    """Collects what the runner would send."""

    def __init__(self) -> None:
        self.events: list[dict[str, Any]] = []
        self.rows: list[tuple[int, int, int, int]] = []

    def event(self, **fields: Any) -> None:
        self.events.append(fields)

    def numbers(self, kind: int, values: Any) -> None:
        assert kind == agent.SAMPLES
        warmup, sequence = values[0], values[1]
        for index in range(2, len(values), 2):
            self.rows.append(
                (sequence + (index - 2) // 2, warmup, values[index], values[index + 1])
            )


def test_every_query_is_handed_on_once_and_in_order() -> None:
    class Handle:
        def infer(self, inputs: Any) -> None:
            sum(range(200))

    pipe = Pipe()
    plan = agent.Plan({"queries": 500, "warmup_queries_min": 5, "warmup_s_min": 0.0})
    query = agent.single_stream(Handle(), {})
    warmup, measured = agent.run_queries(query, plan, pipe, agent.SAMPLES)
    assert measured == 500
    assert [row[0] for row in pipe.rows] == list(range(warmup + 500))
    assert [row[1] for row in pipe.rows] == [1] * warmup + [0] * 500
    starts = [row[2] for row in pipe.rows]
    assert starts == sorted(starts)
    ends = [row[2] + row[3] for row in pipe.rows]
    assert all(end <= start for end, start in zip(ends, starts[1:], strict=False))


def test_drawn_inputs_follow_the_specification_and_the_seed() -> None:
    import numpy as np

    class Handle:
        inputs = (
            {"name": "x", "dtype": "float32", "shape": ["batch", 3]},
            {"name": "ids", "dtype": "int64", "shape": [1, "sequence"]},
            {"name": "mask", "dtype": "bool", "shape": [2]},
        )

    drawn = agent.make_inputs(Handle(), {}, {"sequence": 7}, 1)
    assert drawn["x"].shape == (1, 3)
    assert drawn["x"].dtype == np.float32
    assert drawn["ids"].shape == (1, 7)
    assert set(np.unique(drawn["ids"])) <= {0, 1}
    assert drawn["mask"].all()
    again = agent.make_inputs(Handle(), {}, {"sequence": 7}, 1)
    assert all((drawn[name] == again[name]).all() for name in drawn)
    given = agent.make_inputs(Handle(), {"x": np.ones((1, 3))}, {}, 1)
    assert (given["x"] == 1).all()


def test_a_frame_longer_than_allowed_is_a_defect_here() -> None:
    with pytest.raises(ValueError, match="frame"):
        agent.Link("abc", fd=-1).send(t="x", text="y" * agent.LINE_LIMIT)


def test_process_memory_of_this_very_process() -> None:
    rss, peak = agent.process_memory(os.getpid())
    assert rss is not None
    assert peak is not None
    assert 1e6 < rss <= peak
    assert agent.process_memory(-1) == (None, None)
