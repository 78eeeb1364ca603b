"""How the weights of a recurrence are drawn."""

from collections.abc import Callable
from typing import Literal

import torch
from torch import Tensor, nn

from recurra.nn.recurrence import Recurrence

RecurrentInit = Literal["orthogonal", "uniform", "identity"]


def _uniform(block: Tensor) -> Tensor:
    bound = block.size(1) ** -0.5
    return nn.init.uniform_(block, -bound, bound)


_RECURRENT: dict[str, Callable[[Tensor], Tensor]] = {
    "orthogonal": nn.init.orthogonal_,
    "uniform": _uniform,
    "identity": nn.init.eye_,
}


@torch.no_grad()
def initialise(
    recurrence: Recurrence,
    recurrent: RecurrentInit,
    forget_bias: float | None = None,
    *,
    chrono: int | None = None,
    input_sd: float | None = None,
) -> None:
    """Draws every weight anew, gate by gate: torch keeps the gates of a layer stacked in one matrix.

    Input weights are Xavier-uniform (Glorot & Bengio 2010) unless told otherwise, biases zero.

    Args:
        recurrence: what is initialised, in place.
        recurrent: each gate's (H, H) recurrent weights: `orthogonal` (Saxe et al. 2014), `uniform` as torch draws
            them, U(-1/sqrt(H), 1/sqrt(H)), or the `identity` of Le, Jaitly & Hinton 2015, meant for ReLU units.
        forget_bias: for LSTMs, the bias of the forget gate at first (Jozefowicz et al. 2015); torch adds two biases, so
            it stands in the input one, and the recurrent one is zero.
        chrono: for LSTMs, the longest dependency T in steps, at least 2. The forget gate's biases are then drawn as
            log u with u from U(1, T - 1), one a unit, so that units forget over all spans up to T, and the input gate's
            are their negatives, whatever `forget_bias` says (Tallec & Ollivier 2018, equation 16).
        input_sd: standard deviation of a normal around zero that input weights are drawn from instead. Le, Jaitly &
            Hinton 2015 take 0.001 with the identity, so that states do not grow at first.
    """
    for layer in recurrence.layers:
        assert isinstance(layer, nn.RNNBase)
        size = layer.hidden_size
        weight_ih, weight_hh, bias_ih, bias_hh = layer.parameters()
        for block in weight_ih.view(-1, size, weight_ih.size(1)):
            if input_sd is None:
                nn.init.xavier_uniform_(block)
            else:
                nn.init.normal_(block, std=input_sd)
        for block in weight_hh.view(-1, size, size):
            _RECURRENT[recurrent](block)
        nn.init.zeros_(bias_ih)
        nn.init.zeros_(bias_hh)
        assert isinstance(layer, nn.LSTM) or forget_bias is chrono is None
        forget = bias_ih[size : 2 * size]  # the gates' order is input, forget, cell, output
        if chrono is not None:
            bias_ih[:size] = -forget.uniform_(1, chrono - 1).log_()
        elif forget_bias is not None:
            forget.fill_(forget_bias)
