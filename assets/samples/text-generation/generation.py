"""Continues a prompt with the exported network, one token at a time, through its cache."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from onnxruntime import InferenceSession
from tokenizers import Tokenizer

TEMPERATURE = 0.7
CANDIDATES = 20


def continue_text(
    session: InferenceSession, tokeniser: Tokenizer, prompt: str, count: int, seed: int
) -> str:
    """*prompt* and *count* tokens drawn from the CANDIDATES likeliest at each step."""
    generator = np.random.default_rng(seed)
    tokens = tokeniser.encode(prompt).ids
    steps = _logits(session, tokens)
    for _ in range(count):
        tokens.append(_draw(next(steps), generator))
    return tokeniser.decode(tokens)


def _logits(session: InferenceSession, tokens: list[int]) -> Iterator[np.ndarray]:
    """Logits [vocabulary] after *tokens*, again and again as the caller appends to it."""
    names = [output.name for output in session.get_outputs()]
    past = {
        i.name: np.zeros((1, i.shape[1], 0, i.shape[3]), np.float32)
        for i in session.get_inputs()
        if i.name != "input_ids"
    }
    done = 0
    while True:
        fresh = np.array([tokens[done:]], np.int64)
        done = len(tokens)
        outputs = dict(zip(names, session.run(None, {"input_ids": fresh, **past}), strict=True))
        past = {name: outputs[name.replace("past_key_values", "present")] for name in past}
        yield outputs["logits"][0, -1]


def _draw(logits: np.ndarray, generator: np.random.Generator) -> int:
    best = np.argsort(logits)[-CANDIDATES:]
    weights = np.exp((logits[best] - logits[best].max()) / TEMPERATURE)
    return int(generator.choice(best, p=weights / weights.sum()))
