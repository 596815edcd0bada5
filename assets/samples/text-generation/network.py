"""A small decoder-only transformer: rotary positions, gated feed-forward, no biases.

Every dense layer holds its weight as [inputs, outputs] and computes ``x @ weight``, so that
the exported graph has MatMul nodes with constant right-hand sides.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional as F


@dataclass(frozen=True, slots=True)
class Shape:
    """Sizes of the network; every width is a multiple of 32."""

    vocabulary: int
    layers: int
    width: int
    heads: int
    feed_forward: int
    rotary_base: float = 10_000.0

    @property
    def head_dim(self) -> int:
        return self.width // self.heads


class Dense(nn.Module):
    """A matrix [inputs, outputs] without bias."""

    def __init__(self, inputs: int, outputs: int, std: float = 0.02) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.randn(inputs, outputs) * std)

    def forward(self, x: Tensor) -> Tensor:
        return x @ self.weight


class Attention(nn.Module):
    """Causal self-attention with rotary positions."""

    def __init__(self, shape: Shape, residual_std: float) -> None:
        super().__init__()
        self.shape = shape
        self.query = Dense(shape.width, shape.width)
        self.key = Dense(shape.width, shape.width)
        self.value = Dense(shape.width, shape.width)
        self.output = Dense(shape.width, shape.width, residual_std)

    def forward(self, x: Tensor, cos: Tensor, sin: Tensor) -> Tensor:
        """*x* [batch, sequence, width]; *cos*, *sin* [sequence, head_dim / 2]."""
        batch, sequence, width = x.shape
        split = (batch, sequence, self.shape.heads, self.shape.head_dim)
        query, key, value = (
            layer(x).view(split).transpose(1, 2) for layer in (self.query, self.key, self.value)
        )
        mixed = F.scaled_dot_product_attention(
            rotate(query, cos, sin), rotate(key, cos, sin), value, is_causal=True
        )
        return self.output(mixed.transpose(1, 2).reshape(batch, sequence, width))


class FeedForward(nn.Module):
    """Gated feed-forward: ``down(silu(gate(x)) * up(x))``."""

    def __init__(self, shape: Shape, residual_std: float) -> None:
        super().__init__()
        self.gate = Dense(shape.width, shape.feed_forward)
        self.up = Dense(shape.width, shape.feed_forward)
        self.down = Dense(shape.feed_forward, shape.width, residual_std)

    def forward(self, x: Tensor) -> Tensor:
        return self.down(F.silu(self.gate(x)) * self.up(x))


class Layer(nn.Module):
    """Attention and feed-forward, each behind a normalisation and a residual."""

    def __init__(self, shape: Shape) -> None:
        super().__init__()
        residual_std = 0.02 / (2 * shape.layers) ** 0.5
        self.attention_norm = nn.LayerNorm(shape.width)
        self.attention = Attention(shape, residual_std)
        self.feed_forward_norm = nn.LayerNorm(shape.width)
        self.feed_forward = FeedForward(shape, residual_std)

    def forward(self, x: Tensor, cos: Tensor, sin: Tensor) -> Tensor:
        x = x + self.attention(self.attention_norm(x), cos, sin)
        return x + self.feed_forward(self.feed_forward_norm(x))


class Decoder(nn.Module):
    """Token ids [batch, sequence] in, logits [batch, sequence, vocabulary] out."""

    def __init__(self, shape: Shape) -> None:
        super().__init__()
        self.shape = shape
        self.embedding = nn.Embedding(shape.vocabulary, shape.width)
        nn.init.normal_(self.embedding.weight, std=0.02)
        self.layers = nn.ModuleList(Layer(shape) for _ in range(shape.layers))
        self.norm = nn.LayerNorm(shape.width)
        self.head = Dense(shape.width, shape.vocabulary)

    def forward(self, ids: Tensor) -> Tensor:
        x = self.embedding(ids)
        angles = torch.arange(ids.shape[1])[:, None] * rotary_frequencies(self.shape)
        cos, sin = angles.cos(), angles.sin()
        for layer in self.layers:
            x = layer(x, cos, sin)
        return self.head(self.norm(x))


def rotary_frequencies(shape: Shape) -> Tensor:
    """Radians per position, [head_dim / 2]."""
    half = shape.head_dim // 2
    return shape.rotary_base ** (-torch.arange(half, dtype=torch.float32) / half)


def rotate(x: Tensor, cos: Tensor, sin: Tensor) -> Tensor:
    """Rotates the two halves of *x* [batch, heads, sequence, head_dim] by position."""
    first, second = x.chunk(2, dim=-1)
    return torch.cat((first * cos - second * sin, first * sin + second * cos), dim=-1)
