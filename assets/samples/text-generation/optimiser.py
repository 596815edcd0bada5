"""Muon for the hidden matrices, AdamW for the rest.

Muon: K. Jordan et al., "Muon: An optimizer for hidden layers in neural networks", 2024.
A step moves each matrix along the nearest orthogonal matrix to its momentum, found by a
quintic Newton-Schulz iteration. It needs fewer steps than AdamW on a small budget.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn


class Muon(torch.optim.Optimizer):
    """Momentum, orthogonalised per matrix; parameters are [inputs, outputs] matrices."""

    def __init__(
        self,
        parameters: list[nn.Parameter],
        lr: float,
        momentum: float = 0.95,
        weight_decay: float = 0.01,
    ) -> None:
        super().__init__(parameters, {"lr": lr, "momentum": momentum, "decay": weight_decay})

    @torch.no_grad()
    def step(self) -> None:
        """Moves every matrix; matrices of one shape are orthogonalised together."""
        for group in self.param_groups:
            for matrices in _by_shape(group["params"]):
                updates = orthogonalise(torch.stack([self._nesterov(p, group) for p in matrices]))
                scale = max(1.0, matrices[0].shape[1] / matrices[0].shape[0]) ** 0.5
                for matrix, update in zip(matrices, updates, strict=True):
                    matrix.mul_(1 - group["lr"] * group["decay"])
                    matrix.add_(update, alpha=-group["lr"] * scale)

    def _nesterov(self, parameter: nn.Parameter, group: dict) -> Tensor:
        state = self.state[parameter]
        average = state.setdefault("average", torch.zeros_like(parameter))
        average.lerp_(parameter.grad, 1 - group["momentum"])
        return parameter.grad.lerp(average, group["momentum"])


def orthogonalise(matrices: Tensor, iterations: int = 5) -> Tensor:
    """Pushes the singular values of *matrices* [count, rows, columns] towards one."""
    tall = matrices.shape[1] > matrices.shape[2]
    x = matrices.mT if tall else matrices
    x = x / (x.norm(dim=(1, 2), keepdim=True) + 1e-7)
    a, b, c = 3.4445, -4.7750, 2.0315
    for _ in range(iterations):
        gram = x @ x.mT
        x = a * x + (b * gram + c * gram @ gram) @ x
    return x.mT if tall else x


def _by_shape(parameters: list[nn.Parameter]) -> list[list[nn.Parameter]]:
    groups: dict[torch.Size, list[nn.Parameter]] = {}
    for parameter in parameters:
        groups.setdefault(parameter.shape, []).append(parameter)
    return list(groups.values())
