"""Prints how good the predictor is on devices and models that it has not seen.

``python tests/bench/prediction_lodo.py`` prints the table; with ``--write`` it also renews the
widths and errors in ``assets/devices/efficiency.json`` from the shipped measurements.
"""

from __future__ import annotations

import json
import sys

from genba.devices import fitting
from genba.devices.efficiency import posterior
from genba.resources import asset

CASES = {"device": "unseen device", "model": "unseen model", "both": "both unseen"}


def main() -> None:
    """Print one line per family and case."""
    if "--write" in sys.argv[1:]:
        text = json.dumps(fitting.refitted(), indent=1) + "\n"
        asset("devices", "efficiency.json").write_text(text, "utf-8")
    head = (
        "family",
        "left out",
        "rows",
        "devices",
        "median",
        "p90",
        "constant",
        "in 80 %",
        "high/low",
    )
    print("{:9} {:14} {:>5} {:>7} {:>7} {:>6} {:>8} {:>7} {:>8}".format(*head))
    for family in ("decode", "prefill", "network"):
        for case, words in CASES.items():
            s = fitting.score(posterior(family), case)  # type: ignore[arg-type]
            print(
                f"{family:9} {words:14} {s.rows:5d} {s.devices:7d} {s.median_error:7.0%}"
                f" {s.p90_error:6.0%} {s.constant_median_error:8.0%} {s.coverage:7.0%}"
                f" {s.width:8.1f}"
            )


if __name__ == "__main__":
    main()
