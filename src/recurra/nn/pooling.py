"""From one state a step to one vector a text."""

from collections.abc import Callable, Sequence
from typing import Literal

import torch
from torch import Tensor, nn

from recurra.errors import ConfigError, unknown
from recurra.nn.attention import Attention
from recurra.nn.sequences import masked_max, masked_mean

Pool = Literal["last", "mean", "max", "attention", "bag"]


class Pooling(nn.Module):
    """One or several ways to sum a text up, side by side in the order given.

    `last` is the state at the end of the text in each direction; `mean`, `max` and `attention` go over its real steps;
    `bag` is the mean of the vectors that the states were made of.

    Args:
        kinds: which, each at most once.
        size: D, the width of a state.
        input_size: E, the width of what the states were made of.

    Attributes:
        output_size: D for each kind, E for `bag`, in sum.

    Raises:
        ConfigError: no kind, one twice, or one that does not exist.
    """

    def __init__(self, kinds: Sequence[Pool], size: int, input_size: int) -> None:
        super().__init__()
        self.attention = Attention(size) if "attention" in kinds else None
        self.kinds = list(kinds)
        self.output_size = sum(input_size if kind == "bag" else size for kind in self.kinds)
        ways = self._ways()
        for kind in self.kinds:
            if kind not in ways:
                raise ConfigError("pooling: " + unknown("pooling", kind, ways))
        if not self.kinds or len(set(self.kinds)) < len(self.kinds):
            raise ConfigError(
                f"pooling: {self.kinds} came, and one or more of {', '.join(ways)} are expected, each at most once."
            )

    def forward(self, states: Tensor, lengths: Tensor, final: Tensor, x: Tensor) -> Tensor:
        """Sums up.

        Args:
            states: (B, T, D).
            lengths: (B,).
            final: (B, D), the true last state of the top layer: forward direction at lengths - 1, backward at 0.
            x: (B, T, E), what the first layer read.

        Returns:
            (B, output_size); zero for an empty text, save for the final state that was given for it.
        """
        ways = self._ways()
        return torch.cat([ways[kind](states, lengths, final, x) for kind in self.kinds], dim=1)

    def _ways(self) -> dict[str, Callable[[Tensor, Tensor, Tensor, Tensor], Tensor]]:
        return {
            "last": lambda _states, _lengths, final, _x: final,
            "mean": lambda states, lengths, _final, _x: masked_mean(states, lengths),
            "max": lambda states, lengths, _final, _x: masked_max(states, lengths),
            "attention": self._attend,
            "bag": lambda _states, lengths, _final, x: masked_mean(x, lengths),
        }

    def _attend(self, states: Tensor, lengths: Tensor, _final: Tensor, _x: Tensor) -> Tensor:
        assert self.attention is not None
        attended: Tensor = self.attention(states, lengths)
        return attended
