"""`genba target`: machines reachable over SSH, and the trust in their host keys."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any

from genba.cli.parser import Commands
from genba.cli.terminal import Terminal
from genba.errors import N_, GenbaError
from genba.study.device import Target


class NotConfirmed(GenbaError):
    """The user did not say that the fingerprint is right."""

    code = "not_confirmed"
    what = N_("The host key {fingerprint} was not confirmed, so {name} stays untrusted.")
    fix = N_(
        "Compare it on the device, then run: genba target trust {name} --fingerprint {fingerprint}"
    )


def register(commands: Commands) -> None:
    """Declare the verbs."""
    group = commands.group("target", N_("machines to measure on, reached over SSH"))
    parser = group.add("add", N_("add a machine"), add)
    parser.add_argument("ssh", metavar="[USER@]HOST[:PORT]")
    parser.add_argument("--name", help=group.t(N_("a short name; default: the host")))
    parser.add_argument(
        "--identity", type=Path, metavar="FILE", help=group.t(N_("private key file"))
    )
    parser.add_argument(
        "--python", metavar="PATH", help=group.t(N_("Python on the device that has the runtime"))
    )
    group.add("list", N_("list the targets"), list_)
    parser = group.add("remove", N_("forget a target and its host key"), remove)
    parser.add_argument("name", metavar="NAME")
    parser = group.add("trust", N_("show a target's host key and accept it"), trust)
    parser.add_argument("name", metavar="NAME")
    parser.add_argument(
        "--fingerprint",
        metavar="SHA256:…",
        help=group.t(N_("accept without asking when the key has exactly this fingerprint")),
    )


def add(options: argparse.Namespace, terminal: Terminal) -> None:
    """Add a machine; this needs no connection."""
    from genba.usecases import targets

    target = targets.add(
        options.ssh, name=options.name, identity=options.identity, python=options.python
    )
    _answer(target, terminal)


def list_(options: argparse.Namespace, terminal: Terminal) -> None:
    """List the targets, the built-in demo device first."""
    from genba.usecases import targets

    found = targets.list_targets()
    terminal.answer(
        {"targets": [_document(target) for target in found]},
        lambda: terminal.table(
            [N_("Name"), N_("Address"), N_("Trusted")], [_row(t, terminal) for t in found]
        ),
    )


def remove(options: argparse.Namespace, terminal: Terminal) -> None:
    """Forget a target."""
    from genba.usecases import targets

    targets.remove(options.name)
    terminal.answer(
        {"removed": options.name},
        lambda: terminal.say(N_("{name} is forgotten."), name=options.name),
    )


def trust(options: argparse.Namespace, terminal: Terminal) -> None:
    """Show the host key and accept it, asking or by fingerprint."""
    from genba.usecases import targets

    key = terminal.work(targets.host_key, options.name)
    if options.fingerprint is None and not _confirmed(options.name, key, terminal):
        raise NotConfirmed(name=options.name, fingerprint=key.fingerprint)
    wanted = options.fingerprint or key.fingerprint
    _answer(terminal.work(targets.trust, options.name, wanted), terminal)


def _confirmed(name: str, key: Any, terminal: Terminal) -> bool:
    if not sys.stdin.isatty():
        return False
    question = terminal.language.text(
        N_("{name} shows the host key {algorithm} {fingerprint}. Is that the device's own? [y/N] "),
        name=name,
        algorithm=key.algorithm,
        fingerprint=key.fingerprint,
    )
    print(question, end="", file=sys.stderr, flush=True)
    return sys.stdin.readline().strip().lower() in ("y", "yes", "はい")


def _document(target: Target) -> dict[str, Any]:
    return {**target.model_dump(mode="json"), "trusted": bool(target.fingerprint) or target.demo}


def _row(target: Target, terminal: Terminal) -> list[Any]:
    address = f"{target.user + '@' if target.user else ''}{target.host}:{target.port}"
    if target.demo:
        address, trusted = terminal.language.text(N_("this computer")), N_("built in")
    else:
        trusted = target.fingerprint or N_("not trusted yet")
    return [target.name, address, terminal.language.text(trusted)]


def _answer(target: Target, terminal: Terminal) -> None:
    terminal.answer(
        _document(target),
        lambda: terminal.table(
            [N_("Name"), N_("Address"), N_("Trusted")], [_row(target, terminal)]
        ),
    )
