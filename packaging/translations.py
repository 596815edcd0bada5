"""The message catalogue: extract, update, merge, compile and check.

    translations.py extract [-o FILE.pot]   the template of all messages
    translations.py update                  bring assets/locale/*/…/genba.po up to date
    translations.py merge FILE.json …       add translations: {"English template": "translation"}
    translations.py compile                 genba.po -> genba.mo
    translations.py check                   complete, same fields, standard words, else exit code 1

What a message is stands in messages.py.
"""

from __future__ import annotations

import argparse
import json
import re
import string
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

import messages as source
from messages import ROOT, MarkedWrongly

LOCALE = ROOT / "assets" / "locale"
TRANSLATED = ("ja",)
WIDTH = 100

TRAPS = {
    "ja": {
        "レイテンシ": "応答時間",
        "スループット": "処理量",
        "キャリブレーション": "校正",
        "ビジネスケース": "事業性評価",
        "スタディ": "検討",
        "プリフィル": "入力処理",
        "ウォームアップ": "慣らし",
        "ベンチ": "計測",
        "信頼区間": "区間",
        "N/A": "測っていません",
        "派生モデル": "バリアント",
        "ゲート(?!ウェイ)": "関門",
        "，": "、",
        "．": "。",
    }
}
"""Patterns that the project's word list rules out, and what to write instead."""


@dataclass(frozen=True)
class Finding:
    """One thing wrong with a catalogue: the language, the English text, what is wrong."""

    language: str
    text: str
    problem: str

    def __str__(self) -> str:
        return f"{self.language}: “{self.text}”: {self.problem}"


def catalogue_path(language: str, locale: Path = LOCALE) -> Path:
    """Where a language's catalogue lies."""
    return locale / language / "LC_MESSAGES" / "genba.po"


def load(path: Path, language: str) -> Catalog:
    """A catalogue, empty where there is no file yet."""
    if not path.exists():
        return _new(language)
    with path.open("rb") as stream:
        return read_po(stream, locale=language)


def updated(old: Catalog, messages: Iterable[str]) -> Catalog:
    """The catalogue of exactly `messages`, with the translations that `old` has.

    A translation that is no longer used stays in the file as an obsolete entry, and comes back
    when its message does.
    """
    new = _new(str(old.locale))
    new.creation_date = old.creation_date
    known = {_key(m): m for m in (*old.obsolete.values(), *old) if m.id and m.string}
    wanted = sorted(set(messages))
    for text in wanted:
        before = known.get(text)
        new.add(text, before.string if before else "", flags=_kept(before))
    for text in sorted(set(known) - set(wanted)):
        new.obsolete[text] = Message(text, known[text].string)
    return new


def save(catalogue: Catalog, path: Path) -> None:
    """Write a catalogue without line numbers and dates: a change shows only what changed."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as stream:
        write_po(stream, catalogue, width=WIDTH, no_location=True, sort_output=True)
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    kept = (line for line in lines if "-Date: " not in line and "Generated-By" not in line)
    path.write_text("".join(kept), encoding="utf-8")


def merge(catalogue: Catalog, translations: dict[str, str]) -> list[str]:
    """Fill in translations; returns the English texts that no message of the program has."""
    unknown = []
    for text, translation in translations.items():
        message = catalogue.get(text)
        if message is None:
            unknown.append(text)
        else:
            message.string = translation
            message.flags.discard("fuzzy")
    return unknown


def check(catalogue: Catalog, messages: Iterable[str]) -> list[Finding]:
    """What is wrong: missing, left over, fuzzy, other {fields}, a word ruled out."""
    language = str(catalogue.locale)
    wanted = set(messages)
    findings = [Finding(language, text, "not in the catalogue: update it") for text in
                sorted(wanted - {_key(m) for m in catalogue if m.id})]  # fmt: skip
    for message in catalogue:
        text, translation = _key(message), str(message.string or "")
        if not text:
            continue
        if text not in wanted:
            findings.append(Finding(language, text, "no longer used: update the catalogue"))
        elif not translation:
            findings.append(Finding(language, text, "not translated"))
        elif message.fuzzy:
            findings.append(Finding(language, text, "marked fuzzy"))
        elif fields(text) != fields(translation):
            theirs = ", ".join(sorted(fields(translation))) or "none"
            findings.append(
                Finding(language, text, f"has other fields than the original: {theirs}")
            )
        findings += [
            Finding(language, text, f"says {trap}; the word is {right}")
            for trap, right in TRAPS.get(language, {}).items()
            if re.search(trap, translation)
        ]
    return findings


def fields(template: str) -> frozenset[str]:
    """The named fields of a template: ``"{n} of {total}"`` has ``n`` and ``total``."""
    try:
        parsed = list(string.Formatter().parse(template))
    except ValueError:
        return frozenset({"unbalanced braces"})
    return frozenset(name for _, name, _, _ in parsed if name is not None)


def compile_catalogue(path: Path) -> Path:
    """Write the .mo beside a .po; returns its path."""
    with path.open("rb") as stream:
        catalogue = read_po(stream)
    target = path.with_suffix(".mo")
    partial = target.with_suffix(".part")
    with partial.open("wb") as stream:
        write_mo(stream, catalogue)
    partial.replace(target)
    return target


def _new(language: str) -> Catalog:
    return Catalog(
        locale=language, domain="genba", project="Genba", version="", fuzzy=False,
        copyright_holder="the Genba authors", header_comment="# The messages of Genba.",
    )  # fmt: skip


def _key(message: Message) -> str:
    return message.id if isinstance(message.id, str) else str(message.id[0])


def _kept(message: Message | None) -> set[str]:
    return {"fuzzy"} if message is not None and message.fuzzy else set()


def main(arguments: list[str]) -> int:
    """Run one command; 0 when all is well."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    commands.add_parser("extract").add_argument("-o", "--output", type=Path)
    commands.add_parser("update")
    commands.add_parser("merge").add_argument("files", nargs="+", type=Path)
    commands.add_parser("compile")
    commands.add_parser("check")
    options = parser.parse_args(arguments)
    if options.command == "compile":
        for path in sorted(LOCALE.glob("*/LC_MESSAGES/genba.po")):
            compile_catalogue(path)
        return 0
    try:
        messages = source.extract()
    except (MarkedWrongly, SyntaxError) as error:
        sys.stderr.write(f"{error}\n")
        return 1
    if options.command == "extract":
        return _extract(messages, options.output)
    if options.command == "check":
        findings = [f for code in TRANSLATED for f in check(_catalogue(code), messages)]
        print("\n".join(map(str, findings)) or f"{len(messages)} messages, all translated")
        return int(bool(findings))
    additions = [_pairs(file) for file in getattr(options, "files", [])]
    return max(_update(code, messages, additions) for code in TRANSLATED)


def _extract(messages: dict[str, list[str]], output: Path | None) -> int:
    template = _new("en")
    for text, files in messages.items():
        template.add(text, locations=[(name, 1) for name in files])
    with output.open("wb") if output else sys.stdout.buffer as stream:
        write_po(stream, template, width=WIDTH, include_lineno=False)
    return 0


def _update(code: str, messages: dict[str, list[str]], additions: list[dict[str, str]]) -> int:
    catalogue = updated(_catalogue(code), messages)
    unknown = [text for pairs in additions for text in merge(catalogue, pairs)]
    save(catalogue, catalogue_path(code))
    missing = sum(1 for message in catalogue if message.id and not message.string)
    print(f"{code}: {len(messages)} messages, {missing} without a translation")
    for text in unknown:
        sys.stderr.write(f"no message of the program reads: {text}\n")
    return int(bool(unknown))


def _catalogue(code: str) -> Catalog:
    return load(catalogue_path(code), code)


def _pairs(file: Path) -> dict[str, str]:
    pairs = json.loads(file.read_text(encoding="utf-8"))
    if not isinstance(pairs, dict) or not all(isinstance(v, str) for v in pairs.values()):
        raise SystemExit(f"{file}: expected an object of English text to translation")
    return pairs


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
