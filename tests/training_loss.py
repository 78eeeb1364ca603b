"""What a training step computes, for those who hold it against an independent computation."""

from collections.abc import Mapping

import torch
from torch import Tensor, nn

from recurra.module import SequenceModule
from recurra.types import Batch


def training_loss(module: SequenceModule, batch: Batch, weights: Mapping[str, Tensor] | None = None) -> Tensor:
    """The loss of a batch, penalty included, with other weights where some are given."""

    class Step(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.module = module

        def forward(self) -> Tensor:
            loss = module.loss(module.task.head, module.features(batch), batch.targets)
            return loss + module.loss.penalty(module.named_parameters()) if module.loss.l2 else loss

    given = {f"module.{name}": weight for name, weight in (weights or {}).items()}
    found: Tensor = torch.func.functional_call(Step(), given, ())
    return found


def check_gradients(module: SequenceModule, batch: Batch) -> int:
    """Holds the gradients of all that is trained against finite differences, in float64; returns how many tensors."""
    trained = {name: weight for name, weight in module.named_parameters() if weight.requires_grad}

    def loss(*values: Tensor) -> Tensor:
        return training_loss(module, batch, dict(zip(trained, values, strict=True)))

    assert torch.autograd.gradcheck(loss, tuple(weight.detach().requires_grad_() for weight in trained.values()))
    return len(trained)


def is_uniform(weight: Tensor, bound: float) -> bool:
    """Whether many numbers may come from U(-bound, bound): none beyond, some near it, and of its variance."""
    weight = weight.detach()
    near = bound * (1 - 20 / weight.numel())
    return near < weight.abs().max().item() <= bound and abs(weight.var().item() * 3 / bound**2 - 1) < 0.05
