"""Tokeniser and network, trained from text."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import torch
from network import Decoder, Shape
from optimiser import Muon
from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers
from torch.nn import functional as F

SHAPE = Shape(vocabulary=1024, layers=4, width=256, heads=4, feed_forward=704)
CONTEXT = 256
WINDOWS_PER_STEP = 16
WARM_UP_STEPS = 20
MUON_RATE = 0.02
ADAMW_RATE = 3e-3
SEED = 7


@dataclass(frozen=True, slots=True)
class Cycle:
    """A stretch of training: short warm-up to *peak* (a share of the rates), then down to zero."""

    steps: int
    peak: float

    def rate(self, step: int) -> float:
        """The learning rate at *step*, counted from 0, as a share."""
        return self.peak * min((step + 1) / WARM_UP_STEPS, 1.0) * (1 - step / self.steps)


CYCLES = (Cycle(steps=800, peak=1.0), Cycle(steps=300, peak=0.5))


def train_tokeniser(text: str) -> Tokenizer:
    """A byte-level BPE, so that any text encodes."""
    tokeniser = Tokenizer(models.BPE())
    tokeniser.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokeniser.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=SHAPE.vocabulary,
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    tokeniser.train_from_iterator(text.splitlines(keepends=True), trainer)
    return tokeniser


def encode(tokeniser: Tokenizer, text: str) -> np.ndarray:
    """Token ids of *text*, uint16 [tokens]."""
    lines = tokeniser.encode_batch(text.splitlines(keepends=True))
    return np.concatenate([np.asarray(line.ids, np.uint16) for line in lines])


def train_network(tokens: np.ndarray) -> Decoder:
    """A decoder trained on *tokens* [tokens] through all CYCLES."""
    torch.manual_seed(SEED)
    network, batches = Decoder(SHAPE), _batches(tokens)
    for cycle in CYCLES:
        run_cycle(network, batches, cycle)
    return network


def run_cycle(network: Decoder, batches: Iterator[torch.Tensor], cycle: Cycle) -> None:
    """Trains *network* for one cycle with fresh optimisers; prints its loss in nats."""
    optimisers = _optimisers(network)
    schedules = [torch.optim.lr_scheduler.LambdaLR(o, cycle.rate) for o in optimisers]
    started, recent = time.perf_counter(), []
    for step, windows in zip(range(1, cycle.steps + 1), batches, strict=False):
        logits = network(windows[:, :-1])
        loss = F.cross_entropy(logits.flatten(0, 1), windows[:, 1:].flatten())
        loss.backward()
        for optimiser, schedule in zip(optimisers, schedules, strict=True):
            optimiser.step()
            schedule.step()
            optimiser.zero_grad()
        recent.append(loss.item())
        if step % 25 == 0:
            print(
                f"step {step} loss {np.mean(recent[-25:]):.3f} "
                f"{time.perf_counter() - started:.0f} s",
                flush=True,
            )


def _optimisers(network: Decoder) -> list[torch.optim.Optimizer]:
    hidden = [p for p in network.layers.parameters() if p.ndim == 2]
    chosen = set(hidden)
    rest = [p for p in network.parameters() if p not in chosen]
    return [
        Muon(hidden, lr=MUON_RATE),
        torch.optim.AdamW(rest, lr=ADAMW_RATE, betas=(0.9, 0.95), weight_decay=0.0),
    ]


def _batches(tokens: np.ndarray) -> Iterator[torch.Tensor]:
    """Endless windows [WINDOWS_PER_STEP, CONTEXT + 1], int64; each pass has its own order."""
    generator = np.random.default_rng(SEED)
    stream = torch.from_numpy(tokens.astype(np.int64))
    while True:
        starts = np.arange(generator.integers(CONTEXT), len(tokens) - CONTEXT - 1, CONTEXT)
        generator.shuffle(starts)
        for first in range(0, len(starts) - WINDOWS_PER_STEP + 1, WINDOWS_PER_STEP):
            chosen = starts[first : first + WINDOWS_PER_STEP]
            yield torch.stack([stream[s : s + CONTEXT + 1] for s in chosen])
