"""Right-padded batches: where they are real, and what is read from the real part alone.

Everywhere B is the batch, T the steps of its longest sequence or more, E or D a width, and `lengths` (B,) int64 how
many steps of each sequence are real: between 0 and T.
"""

import torch
from torch import Tensor


def mask(lengths: Tensor, size: int) -> Tensor:
    """Where a step is real: (B,) lengths -> (B, size) bool."""
    return torch.arange(size, device=lengths.device) < lengths.unsqueeze(1)


def reverse(x: Tensor, lengths: Tensor) -> Tensor:
    """Reverses each sequence inside its length; padding stays where it is. Its own inverse.

    Args:
        x: (B, T, E).
        lengths: (B,).

    Returns:
        (B, T, E).
    """
    rows, size = x.size(0), x.size(1)
    steps = torch.arange(size, device=x.device).unsqueeze(1)
    mirrored = lengths - 1 - steps
    index = torch.where(mirrored < 0, steps, mirrored) * rows + torch.arange(rows, device=x.device)
    # Whole rows of a flat view are by far the fastest to move, forward and backward; time-major, since that is how the
    # recurrent kernels leave and take their memory.
    flat = x.transpose(0, 1).flatten(0, 1)
    return flat.index_select(0, index.flatten()).view(size, rows, x.size(2)).transpose(0, 1)


def last(states: Tensor, lengths: Tensor) -> Tensor:
    """The state of the last real step: (B, T, D) -> (B, D), zero for an empty sequence."""
    if not states.size(1):
        return states.new_zeros(states.size(0), states.size(2))
    index = (lengths - 1).clamp(min=0).view(-1, 1, 1).expand(-1, 1, states.size(2))
    return states.gather(1, index).squeeze(1).masked_fill((lengths == 0).unsqueeze(1), 0.0)


def masked_mean(states: Tensor, lengths: Tensor) -> Tensor:
    """The mean over the real steps: (B, T, D) -> (B, D), zero for an empty sequence."""
    padding = ~mask(lengths, states.size(1)).unsqueeze(2)
    return states.masked_fill(padding, 0.0).sum(1) / lengths.clamp(min=1).unsqueeze(1)


def masked_max(states: Tensor, lengths: Tensor) -> Tensor:
    """The maximum over the real steps: (B, T, D) -> (B, D), zero for an empty sequence."""
    if not states.size(1):
        return states.new_zeros(states.size(0), states.size(2))
    padding = ~mask(lengths, states.size(1)).unsqueeze(2)
    highest = states.masked_fill(padding, -torch.inf).amax(1)
    return highest.masked_fill((lengths == 0).unsqueeze(1), 0.0)


def real_steps(states: Tensor, lengths: Tensor) -> Tensor:
    """The real steps of all sequences, one sequence after another: (B, T, D) -> (sum of lengths, D)."""
    flat = states.flatten(0, 1)
    real = mask(lengths, states.size(1)).flatten()
    if bool(real.all()):
        return flat
    return flat.index_select(0, real.nonzero().squeeze(1))
