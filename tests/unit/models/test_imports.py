"""Importing the steps loads no heavy library; calling them does."""

from __future__ import annotations

import subprocess
import sys


def test_heavy_libraries_are_imported_where_they_are_used() -> None:
    code = (
        "import sys, genba.models.costs, genba.models.importing, genba.compression.applying\n"
        "import genba.compression.quality, genba.compression.recipes, genba.extension.runners\n"
        "import genba.runtimes.local\n"
        "print(sorted({'onnx', 'onnxruntime', 'openvino', 'google.protobuf', 'scipy'}\n"
        "             & set(sys.modules)))\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
