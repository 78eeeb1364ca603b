"""One layer of a recurrence in one direction."""

from typing import Any, Protocol

from torch import Tensor, nn
from torch.func import functional_call

from recurra.nn.ragged_lstm import run_ragged

WEIGHT_HH = "weight_hh_l0"
"""Its recurrent weights, as torch names them."""


class LayerRun(Protocol):
    """Lets a layer read a right-padded batch."""

    def __call__(
        self,
        layer: nn.RNNBase,
        weight_hh: Tensor,
        x: Tensor,
        lengths: Tensor,
        initial: tuple[Tensor, ...] | None,
        ragged: bool,
    ) -> tuple[Tensor, tuple[Tensor, ...]]:
        """Runs the layer.

        Args:
            layer: one layer, one direction, batch first, with biases.
            weight_hh: the recurrent weights to run it with: its own, or those that dropout left of them.
            x: (B, T, E), T at least 1.
            lengths: (B,).
            initial: the parts (B, H) of the state to begin with; None for zeros.
            ragged: whether what it ends with is to be taken after each sequence's own last step; else after step T.

        Returns:
            the hidden states (B, T, H), meaningless at padding, and the parts (B, H) of the state that it ends with
            beside the hidden one: the cell state of an LSTM.
        """


def run_fused(
    layer: nn.RNNBase,
    weight_hh: Tensor,
    x: Tensor,
    lengths: Tensor,
    initial: tuple[Tensor, ...] | None,
    ragged: bool,
) -> tuple[Tensor, tuple[Tensor, ...]]:
    """A `LayerRun` that leaves all steps to torch's kernel."""
    if not isinstance(layer, nn.LSTM):
        states, _ = _call(layer, weight_hh, x, None if initial is None else initial[0].unsqueeze(0))
        return states, ()
    if ragged:
        states, cell = run_ragged(layer, weight_hh, x, lengths, initial)
        return states, (cell,)
    given = None if initial is None else tuple(part.unsqueeze(0) for part in initial)
    states, (_, cell) = _call(layer, weight_hh, x, given)
    return states, (cell.squeeze(0),)


def _call(layer: nn.Module, weight_hh: Tensor, *args: Any) -> Any:
    """What a layer gives with these recurrent weights; of any kind, since it is its own forward that reads them."""
    if weight_hh is getattr(layer, WEIGHT_HH):
        return layer(*args)
    return functional_call(layer, {WEIGHT_HH: weight_hh}, args)
