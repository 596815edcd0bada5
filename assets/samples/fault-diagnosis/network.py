"""A one-dimensional convolutional classifier with a wide first kernel and a dense head.

The wide first kernel follows W. Zhang et al., "A new deep learning model for fault diagnosis
with good anti-noise and domain adaptation ability on raw vibration signals", Sensors 17, 2017.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn


class Dense(nn.Module):
    """``x @ weight + bias`` with weight [inputs, outputs]: a MatMul node in the exported graph."""

    def __init__(self, inputs: int, outputs: int) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.randn(inputs, outputs) * (2 / inputs) ** 0.5)
        self.bias = nn.Parameter(torch.zeros(outputs))

    def forward(self, x: Tensor) -> Tensor:
        return x @ self.weight + self.bias


class Classifier(nn.Module):
    """Vibration [batch, 1, 2048] in g in, logits [batch, classes] out."""

    def __init__(self, classes: int) -> None:
        super().__init__()
        self.features = nn.Sequential(
            *_block(1, 32, kernel=64, stride=4),
            *_block(32, 48, kernel=9, stride=2),
            *_block(48, 64, kernel=9, stride=2),
            *_block(64, 96, kernel=9, stride=2),
            *_block(96, 128, kernel=9, stride=2),
            nn.AvgPool1d(4),
        )
        self.hidden = Dense(128 * 8, 256)
        self.dropout = nn.Dropout(0.3)
        self.output = Dense(256, classes)

    def forward(self, signal: Tensor) -> Tensor:
        features = self.features(signal).flatten(1)
        return self.output(self.dropout(torch.relu(self.hidden(features))))


def _block(inputs: int, outputs: int, kernel: int, stride: int) -> tuple[nn.Module, ...]:
    convolution = nn.Conv1d(inputs, outputs, kernel, stride, (kernel - 1) // 2, bias=False)
    return convolution, nn.BatchNorm1d(outputs), nn.ReLU()
