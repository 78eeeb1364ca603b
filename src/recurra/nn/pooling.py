"""From one state a step to one vector a text."""

from collections.abc import Callable, Sequence
from typing import Literal

import torch
from torch import Tensor, nn

from recurra.errors import ConfigError, unknown
from recurra.nn.attention import Attention
from recurra.nn.sequences import masked_max, masked_mean

Pool = Literal["last", "mean", "max", "attention"]


class Pooling(nn.Module):
    """One or several ways to sum a text up, side by side in the order given.

    `last` is the state at the end of the text in each direction; `mean`, `max` and `attention` go over its real steps.

    Args:
        kinds: which, each at most once.
        size: D, the width of a state.

    Attributes:
        output_size: D times the number of kinds.

    Raises:
        ConfigError: no kind, one twice, or one that does not exist.
    """

    def __init__(self, kinds: Sequence[Pool], size: int) -> None:
        super().__init__()
        self.attention = Attention(size) if "attention" in kinds else None
        self.kinds = list(kinds)
        self.output_size = size * len(self.kinds)
        ways = self._ways()
        for kind in self.kinds:
            if kind not in ways:
                raise ConfigError("pooling: " + unknown("pooling", kind, ways))
        if not self.kinds or len(set(self.kinds)) < len(self.kinds):
            raise ConfigError(
                f"pooling: {self.kinds} came, and one or more of {', '.join(ways)} are expected, each at most once."
            )

    def forward(self, states: Tensor, lengths: Tensor, final: Tensor) -> Tensor:
        """Sums up.

        Args:
            states: (B, T, D).
            lengths: (B,).
            final: (B, D), the true last state of the top layer: forward direction at lengths - 1, backward at 0.

        Returns:
            (B, output_size); zero for an empty text, save for the final state that was given for it.
        """
        ways = self._ways()
        return torch.cat([ways[kind](states, lengths, final) for kind in self.kinds], dim=1)

    def _ways(self) -> dict[str, Callable[[Tensor, Tensor, Tensor], Tensor]]:
        return {
            "last": lambda _states, _lengths, final: final,
            "mean": lambda states, lengths, _final: masked_mean(states, lengths),
            "max": lambda states, lengths, _final: masked_max(states, lengths),
            "attention": self._attend,
        }

    def _attend(self, states: Tensor, lengths: Tensor, _final: Tensor) -> Tensor:
        assert self.attention is not None
        attended: Tensor = self.attention(states, lengths)
        return attended
