"""Measures the figures that Genba promises and prints them beside a peer's: `make bench`.

    python tests/bench/run.py [--quick] [--json FILE] [NAME ...]

Each `bench_NAME.py` beside this file has a ``measure(*, quick) -> list[Row]``. The figures hold
for this machine only and need it idle; the load is printed with them. Never part of the tests.
"""

from __future__ import annotations

import argparse
import dataclasses
import importlib
import json
import os
import platform
import sys
from collections.abc import Sequence
from pathlib import Path

from rows import Row

FOLDER = Path(__file__).resolve().parent


def main(arguments: Sequence[str]) -> int:
    """Run the named benches, else all; 1 when one of them failed."""
    known = sorted(path.stem.removeprefix("bench_") for path in FOLDER.glob("bench_*.py"))
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"of {', '.join(known)}")
    parser.add_argument("--quick", action="store_true", help="fewer rounds, wider intervals")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the rows there, too")
    options = parser.parse_args(arguments)
    if unknown := set(options.names) - set(known):
        parser.error(f"no bench {', '.join(sorted(unknown))}; there are {', '.join(known)}")
    print(_machine())
    rows: list[Row] = []
    failed = []
    for name in options.names or known:
        sys.stderr.write(f"{name} …\n")
        try:
            rows += importlib.import_module(f"bench_{name}").measure(quick=options.quick)
        except Exception as error:  # noqa: BLE001 - the others are still worth having
            failed.append(f"{name}: {type(error).__name__}: {error}")
    print(table(rows))
    if options.json:
        document = {"machine": _machine(), "rows": [dataclasses.asdict(row) for row in rows]}
        options.json.write_text(json.dumps(document, indent=1) + "\n", encoding="utf-8")
    for line in failed:
        print(f"failed: {line}")
    return int(bool(failed))


def table(rows: Sequence[Row]) -> str:
    """The rows as a table of text with aligned columns."""
    cells = [("figure", "ours", "peer", "ratio", "peer is"), *map(_cells, rows)]
    widths = [max(len(row[column]) for row in cells) for column in range(4)]
    lines = [
        "  ".join(
            [f"{row[0]:<{widths[0]}}", *(f"{row[c]:>{widths[c]}}" for c in (1, 2, 3)), row[4]]
        )
        for row in cells
    ]
    return "\n".join(line.rstrip() for line in lines)


def _cells(row: Row) -> tuple[str, str, str, str, str]:
    peer = "–" if row.peer is None else f"{row.peer:.4g} {row.unit}"
    ratio = "–" if row.ratio is None else f"{row.ratio:.3f}"
    if row.low is not None and row.high is not None:
        ratio += f" [{row.low:.3f}, {row.high:.3f}]"
    return row.figure, f"{row.ours:.4g} {row.unit}".strip(), peer, ratio, row.peer_name


def _machine() -> str:
    model = platform.processor() or platform.machine()
    cpuinfo = Path("/proc/cpuinfo")
    if cpuinfo.exists():
        names = [line for line in cpuinfo.read_text().splitlines() if line.startswith("model name")]
        model = names[0].partition(":")[2].strip() if names else model
    load = f", load {os.getloadavg()[0]:.1f}" if hasattr(os, "getloadavg") else ""
    return (
        f"{model}, {os.cpu_count()} cores, {platform.system()} {platform.release()}, "
        f"Python {platform.python_version()}{load}"
    )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
