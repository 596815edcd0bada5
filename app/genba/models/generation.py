"""The costs of a generating model's two phases: the prompt at once, then token by token."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from genba.models import dimensions
from genba.models.costs import analyze
from genba.study.base import Data
from genba.study.costs import ModelCosts


class PhaseCosts(Data):
    """One pass at the given dimensions; for a model with a cache also its two phases.

    `prefill` runs the whole prompt over an empty cache, `decode` one token in the middle of the
    answer; both are None for a model without a cache.
    """

    whole: ModelCosts
    prefill: ModelCosts | None = None
    decode: ModelCosts | None = None


def analyze_phases(
    path: Path, dims: Mapping[str, int], prompt_tokens: int, generate_tokens: int
) -> PhaseCosts:
    """Analyse the model for one request of that many tokens.

    Raises:
        As `genba.models.costs.analyze`.
    """
    whole = analyze(path, dims)
    roles = dimensions.free_dimensions(whole.inputs)
    sequence = [name for name, role in roles.items() if role == "sequence"]
    past = [name for name, role in roles.items() if role == "past"]
    if not whole.kv_cache_bytes_per_token or not sequence or not past:
        return PhaseCosts(whole=whole)
    middle = prompt_tokens + generate_tokens // 2
    return PhaseCosts(
        whole=whole,
        prefill=analyze(path, {**dims, **_sized(sequence, prompt_tokens), **_sized(past, 0)}),
        decode=analyze(path, {**dims, **_sized(sequence, 1), **_sized(past, middle)}),
    )


def _sized(names: list[str], size: int) -> dict[str, int]:
    return dict.fromkeys(names, size)
