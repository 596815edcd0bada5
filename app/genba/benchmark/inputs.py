"""Realistic inputs for a run: the first sample of the evaluation data."""

from __future__ import annotations

from pathlib import Path

import numpy as np

FILE_NAME = "inputs.npz"
PROMPT_TOKENS = 4096


def first_inputs(evaluation: Path | None, folder: Path) -> Path | None:
    """Write one request's inputs into `folder` and return the file; None without data.

    Evaluation data holds arrays ``input:<name>`` with a leading sample axis, or ``tokens`` of a
    text, whose beginning becomes ``input_ids`` [1, n]. Data that cannot be read is left to the
    quality evaluation to complain about: a run without it draws its inputs.
    """
    if evaluation is None or not evaluation.is_file():
        return None
    try:
        with np.load(evaluation, allow_pickle=False) as data:
            arrays = {
                name.removeprefix("input:"): data[name][:1]
                for name in data.files
                if name.startswith("input:")
            }
            if "tokens" in data.files:
                arrays["input_ids"] = data["tokens"][:PROMPT_TOKENS].astype(np.int64)[None]
    except (ValueError, OSError):
        return None
    if not arrays:
        return None
    path = folder / FILE_NAME
    np.savez(path, allow_pickle=False, **arrays)
    return path
