"""Presets: the recipes that ship."""

from __future__ import annotations

from genba.study.variant import Recipe


def list_presets() -> tuple[Recipe, ...]:
    """All presets, the mildest first."""
    from genba.compression import recipes

    return recipes.presets()


def show(identifier: str) -> Recipe:
    """One preset.

    Raises:
        UnknownId: there is none.
    """
    from genba.compression import recipes

    return recipes.preset(identifier)
