"""The photographs: which teach, which test, under which licence, and how they are reduced.

All come with scikit-image; the licence is what the docstring of the named function states.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import skimage.data
from PIL import Image

SCALE = 2


@dataclass(frozen=True, slots=True)
class Photograph:
    """One picture of scikit-image: the function that loads it, and its stated licence."""

    name: str
    licence: str


TRAINING = (
    Photograph("astronaut", "public domain (NASA)"),
    Photograph("brick", "CC0-1.0"),
    Photograph("camera", "CC0-1.0"),
    Photograph("coins", "no known copyright restrictions"),
    Photograph("grass", "CC0-1.0"),
    Photograph("gravel", "CC0-1.0"),
    Photograph("hubble_deep_field", "public domain (NASA)"),
    Photograph("immunohistochemistry", "no known copyright restrictions"),
    Photograph("retina", "CC0-1.0"),
)
UNSEEN = (
    Photograph("chelsea", "CC0-1.0"),
    Photograph("coffee", "CC0-1.0"),
    Photograph("rocket", "public domain (SpaceX)"),
)


def load(photograph: Photograph) -> np.ndarray:
    """The picture as RGB, uint8 [height, width, 3]; grey pictures repeat their one channel."""
    pixels = getattr(skimage.data, photograph.name)()
    return np.repeat(pixels[..., None], 3, axis=2) if pixels.ndim == 2 else pixels[..., :3]


def pyramid(pixels: np.ndarray) -> Iterator[np.ndarray]:
    """*pixels* and reductions of it: soft pictures become sharp when they shrink."""
    height, width = pixels.shape[:2]
    for share in (1.0, 0.75, 0.5):
        yield _resize(pixels, int(height * share), int(width * share))


def reduce(pixels: np.ndarray) -> np.ndarray:
    """Half of *pixels* (even height and width) by Pillow's bicubic filter, uint8."""
    return _resize(pixels, pixels.shape[0] // SCALE, pixels.shape[1] // SCALE)


def enlarge(pixels: np.ndarray) -> np.ndarray:
    """The baseline: *pixels* doubled by the same bicubic filter, uint8."""
    return _resize(pixels, pixels.shape[0] * SCALE, pixels.shape[1] * SCALE)


def even(pixels: np.ndarray) -> np.ndarray:
    """*pixels* without its last row or column where their number is odd."""
    height, width = pixels.shape[:2]
    return pixels[: height - height % SCALE, : width - width % SCALE]


def crops(pixels: np.ndarray, side: int, rows: int, columns: int) -> list[np.ndarray]:
    """Squares of *side* pixels, evenly spread over *pixels*, at even offsets."""
    height, width = pixels.shape[:2]
    tops = np.linspace(0, height - side, rows).astype(int) // SCALE * SCALE
    lefts = np.linspace(0, width - side, columns).astype(int) // SCALE * SCALE
    return [pixels[t : t + side, x : x + side] for t in tops for x in lefts]


def _resize(pixels: np.ndarray, height: int, width: int) -> np.ndarray:
    picture = Image.fromarray(np.ascontiguousarray(pixels))
    return np.asarray(picture.resize((width, height), Image.Resampling.BICUBIC))
