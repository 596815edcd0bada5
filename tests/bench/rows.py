"""One line of the table: a figure, our value, a peer's value taken in the same sitting."""

from __future__ import annotations

import math
import statistics
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Row:
    """`ours` and `peer` are in `unit`; below 1 the ratio is in our favour for times and memory.

    `low` and `high` bound the ratio at 95 % where it was taken in pairs. A figure without a peer
    of the same machine leaves `peer` None and names what it is held against in `peer_name`.
    """

    figure: str
    ours: float
    unit: str
    peer_name: str = ""
    peer: float | None = None
    low: float | None = None
    high: float | None = None

    @property
    def ratio(self) -> float | None:
        """Ours over the peer's."""
        return None if not self.peer else self.ours / self.peer


def paired(figure: str, unit: str, peer_name: str, pairs: Sequence[tuple[float, float]]) -> Row:
    """A row from pairs (ours, peer) taken next to each other.

    The ratio is the geometric mean of the pairs' ratios; its interval is Student's on their
    logarithms, so that a slow spell of the machine hits both sides of a pair.
    """
    from scipy.stats import t

    logs = [math.log(ours / peer) for ours, peer in pairs]
    centre, count = statistics.fmean(logs), len(logs)
    half = float(t.ppf(0.975, count - 1)) * statistics.stdev(logs) / math.sqrt(count)
    peer = statistics.median(peer for _, peer in pairs)
    return Row(
        figure, peer * math.exp(centre), unit, peer_name, peer,
        math.exp(centre - half), math.exp(centre + half),
    )  # fmt: skip


def abba(rounds: int) -> list[bool]:
    """An order of `rounds` pairs in which neither side always comes first: ours is True."""
    return [
        ours for n in range(rounds) for ours in ((True, False) if n % 2 == 0 else (False, True))
    ]
