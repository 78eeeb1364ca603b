"""Averaging independent probabilities."""

import torch
from torch import Tensor


def mean_of_windows(logits: Tensor, windows: Tensor, rows: int) -> Tensor:
    """Logits (rows, C) whose sigmoids are the means of the windows' sigmoids.

    Args:
        logits: (N, C), one row a window.
        windows: (N,) the row that each belongs to.
    """
    counts = torch.bincount(windows, minlength=rows).unsqueeze(1)
    yes = torch.zeros(rows, logits.shape[1], device=logits.device).index_add_(0, windows, logits.float().sigmoid())
    # The complement is summed on its own: 1 - p would lose all digits of a p near 1.
    no = torch.zeros_like(yes).index_add_(0, windows, (-logits.float()).sigmoid())
    tiny = torch.finfo(yes.dtype).tiny
    return (yes / counts).clamp_min(tiny).log() - (no / counts).clamp_min(tiny).log()
