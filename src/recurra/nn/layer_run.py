"""One layer of a recurrence in one direction."""

from typing import Protocol

from torch import Tensor, nn

from recurra.nn.ragged_lstm import run_ragged


class LayerRun(Protocol):
    """Lets a layer read a right-padded batch."""

    def __call__(
        self, layer: nn.RNNBase, x: Tensor, lengths: Tensor, initial: tuple[Tensor, ...] | None, ragged: bool
    ) -> tuple[Tensor, tuple[Tensor, ...]]:
        """Runs the layer.

        Args:
            layer: one layer, one direction, batch first, with biases.
            x: (B, T, E), T at least 1.
            lengths: (B,).
            initial: the parts (B, H) of the state to begin with; None for zeros.
            ragged: whether what it ends with is to be taken after each sequence's own last step; else after step T.

        Returns:
            the hidden states (B, T, H), meaningless at padding, and the parts (B, H) of the state that it ends with
            beside the hidden one: the cell state of an LSTM.
        """


def run_fused(
    layer: nn.RNNBase, x: Tensor, lengths: Tensor, initial: tuple[Tensor, ...] | None, ragged: bool
) -> tuple[Tensor, tuple[Tensor, ...]]:
    """A `LayerRun` that leaves all steps to torch's kernel."""
    if not isinstance(layer, nn.LSTM):
        states, _ = layer(x, None if initial is None else initial[0].unsqueeze(0))
        return states, ()
    if ragged:
        states, cell = run_ragged(layer, x, lengths, initial)
        return states, (cell,)
    states, (_, cell) = layer(x, None if initial is None else tuple(part.unsqueeze(0) for part in initial))
    return states, (cell.squeeze(0),)
