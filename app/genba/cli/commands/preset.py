"""`genba preset`: the recipes that ship."""

from __future__ import annotations

import argparse

from genba.cli.parser import Commands
from genba.cli.terminal import Terminal
from genba.errors import N_
from genba.study.variant import Recipe


def register(commands: Commands) -> None:
    """Declare the verbs."""
    group = commands.group("preset", N_("list and show compression presets"))
    group.add("list", N_("list the presets"), list_)
    parser = group.add("show", N_("show one preset's passes"), show)
    parser.add_argument("preset", metavar="ID")


def list_(options: argparse.Namespace, terminal: Terminal) -> None:
    """List the presets."""
    from genba.usecases import presets

    found = presets.list_presets()
    terminal.answer(
        {"presets": [{"preset_id": r.id, **r.model_dump(mode="json")} for r in found]},
        lambda: terminal.table(
            [N_("Id"), N_("Name"), N_("What it does")], [_row(r, terminal) for r in found]
        ),
    )


def show(options: argparse.Namespace, terminal: Terminal) -> None:
    """Show one preset."""
    from genba.usecases import presets

    recipe = presets.show(options.preset)

    def human() -> None:
        terminal.say(
            "{name}: {text}", name=recipe.id, text=terminal.language.text(recipe.description)
        )
        for step in recipe.passes:
            print(f"  {step.name} {step.parameters}")

    terminal.answer({"preset_id": recipe.id, **recipe.model_dump(mode="json")}, human)


def _row(recipe: Recipe, terminal: Terminal) -> list[str]:
    return [
        recipe.id,
        terminal.language.text(recipe.name),
        terminal.language.text(recipe.description),
    ]
