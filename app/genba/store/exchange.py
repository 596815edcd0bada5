"""A study as one `.genba` file: a ZIP of JSON documents and artifacts, out and back in.

``manifest.json`` (format version, every member's size and SHA-256), ``study.json``, ``model.json``,
``variants/<id>.json``, ``runs/<id>.json``, ``artifacts/<id>/<name>``. The same study gives the same
bytes. Nothing is executed on import, and nothing is kept when any part is not sound.
"""

from genba.store.exporting import export_study
from genba.store.importing import import_study

__all__ = ["export_study", "import_study"]
