"""Makes what the README shows: the demo's two reports, their first pages, the window's pages.

``.venv/bin/python packaging/showcase.py`` runs the demo in a workspace of its own and writes into
assets/samples/reports/ and assets/samples/screenshots/. Needs poppler's pdftoppm.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
REPORTS = ROOT / "assets" / "samples" / "reports"
SCREENSHOTS = ROOT / "assets" / "samples" / "screenshots"
LANGUAGES = ("en", "ja")
SIZE = "1440x900"
DPI = 72


def main() -> int:
    """Run the demo and replace the committed pictures and reports."""
    with tempfile.TemporaryDirectory(prefix="genba-showcase-") as folder:
        home, out = Path(folder) / "home", Path(folder) / "out"
        _demo(home, out)
        _reports(out)
        _pictures(home, Path(folder) / "shots")
    return 0


def _demo(home: Path, out: Path) -> None:
    from genba.jobs import JobContext
    from genba.usecases import demo

    demo.run(out, job=JobContext(), home=home)


def _reports(out: Path) -> None:
    REPORTS.mkdir(parents=True, exist_ok=True)
    for language in LANGUAGES:
        target = REPORTS / f"demo-{language}.pdf"
        shutil.copyfile(out / f"report-{language}.pdf", target)
        subprocess.run(
            ["pdftoppm", "-png", "-r", str(DPI), "-f", "1", "-l", "1", "-singlefile",
             str(target), str(REPORTS / f"demo-{language}-1")],
            check=True,
        )  # fmt: skip


def _pictures(home: Path, folder: Path) -> None:
    subprocess.run(
        [sys.executable, "-m", "genba.gui.shoot", str(folder), "--home", str(home),
         "--lang", ",".join(LANGUAGES), "--theme", "light", "--size", SIZE],
        check=True,
    )  # fmt: skip
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    for picture in sorted(folder.glob("*-light.png")):
        shutil.copyfile(picture, SCREENSHOTS / picture.name.replace("-light", ""))


if __name__ == "__main__":
    sys.exit(main())
