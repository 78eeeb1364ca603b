"""Dropout whose mask is cheap to draw on a CPU."""

import torch
from torch import Tensor, nn
from torch.nn import functional

from recurra.errors import ConfigError
from recurra.types import Share

_CHANCES = 2**16  # what 16 random bits can tell apart


class Dropout(nn.Module):
    """Sets elements to zero in training and scales the others up, so that the mean stays (Srivastava et al. 2014).

    As `nn.Dropout`, which on a CPU draws one number of 64 bits an element, a tenth of a small LSTM's training. Here one
    serves four elements. The share that is dropped is `p` rounded to a multiple of 1/65,536, and the scale is its own.

    Locked, it is the variational dropout of Gal & Ghahramani 2016 (Merity et al. 2018, section 4.2): a mask is drawn
    for each sequence, and it is the same at every step. Each pass draws anew, so truncated backpropagation through time
    has another mask in each window.

    Args:
        p: share of the elements.
        locked: whether elements of (B, T, D) are dropped at all T steps or at none.

    Raises:
        ConfigError: it is no share.
    """

    def __init__(self, p: Share = 0.0, locked: bool = False) -> None:
        super().__init__()
        if not 0 <= p <= 1:
            raise ConfigError(f"dropout={p} does not fit: it should be between 0 and 1.")
        self.p = p
        self.locked = locked

    def forward(self, x: Tensor) -> Tensor:
        """(...) -> (...); locked (B, T, D) -> (B, T, D)."""
        dropped = round(self.p * _CHANCES)
        if not self.training or not dropped:
            return x
        if self.locked:  # a mask without steps is small enough to be torch's
            return functional.dropout1d(x.transpose(1, 2), self.p).transpose(1, 2)
        if x.device.type != "cpu" or dropped == _CHANCES:
            return functional.dropout(x, self.p)
        drawn = torch.empty(-(-x.numel() // 4), dtype=torch.int64, device=x.device).random_(-(2**63), None)
        chances = drawn.view(torch.int16)[: x.numel()].view(x.shape)
        mask = (chances >= dropped - _CHANCES // 2).to(x.dtype)
        return x * mask.mul_(_CHANCES / (_CHANCES - dropped))

    def extra_repr(self) -> str:
        return f"p={self.p}" + (", locked" if self.locked else "")
