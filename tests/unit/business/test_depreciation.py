"""Depreciation against the published vectors for a cost of one million."""

from __future__ import annotations

import numpy as np
import pytest

from genba.business.depreciation import UnknownDepreciation, shares, software_life_years, tables
from unit.business.example import example

VECTORS = example()["depreciation_vectors"]


@pytest.mark.parametrize("name", VECTORS)
def test_the_published_vectors_are_reproduced(name: str) -> None:
    method, _, life = name.rpartition("_") if name != "lump3" else ("lump3", "", "3")
    assert shares(method, int(life)) * 1e6 == pytest.approx(VECTORS[name], rel=1e-9)


def test_one_million_over_five_years_as_in_the_tax_office_example() -> None:
    assert (shares("declining_200", 5) * 1e6).round() == pytest.approx(
        [400_000, 240_000, 144_000, 108_000, 108_000]
    )


@pytest.mark.parametrize("life", sorted(tables()["declining_200"]["rates"], key=int))
def test_every_table_writes_off_the_whole_cost_and_never_rises(life: str) -> None:
    vector = shares("declining_200", int(life))
    assert len(vector) == int(life)
    assert vector.sum() == pytest.approx(1.0)
    assert (np.diff(vector) <= 1e-3).all()
    assert (vector >= 0).all()


def test_lump_and_immediate_ignore_the_life() -> None:
    assert shares("lump3", 6) == pytest.approx([1 / 3] * 3)
    assert shares("immediate", 6).tolist() == [1.0]


@pytest.mark.parametrize(("method", "life"), [("declining_200", 40), ("guess", 4)])
def test_what_has_no_table_is_refused_with_what_there_is(method: str, life: int) -> None:
    with pytest.raises(UnknownDepreciation) as error:
        shares(method, life)
    assert "declining_200 (2, 3, 4" in error.value.params["known"]


def test_software_is_written_off_over_five_years() -> None:
    assert software_life_years() == 5
