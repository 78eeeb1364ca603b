"""How the weights of a recurrence are drawn."""

from collections.abc import Callable
from typing import Literal

import torch
from torch import Tensor, nn

from recurra.nn.recurrence import Recurrence

RecurrentInit = Literal["orthogonal", "uniform", "identity", "glorot_stacked", "orthogonal_stacked"]


def _uniform(block: Tensor) -> Tensor:
    bound = block.size(1) ** -0.5
    return nn.init.uniform_(block, -bound, bound)


def _gate_by_gate(draw: Callable[[Tensor], Tensor]) -> Callable[[Tensor, Tensor], None]:
    def drawn(weight_ih: Tensor, weight_hh: Tensor) -> None:
        size = weight_hh.size(1)
        for block in weight_ih.view(-1, size, weight_ih.size(1)):
            nn.init.xavier_uniform_(block)
        for block in weight_hh.view(-1, size, size):
            draw(block)

    return drawn


def _glorot_stacked(weight_ih: Tensor, weight_hh: Tensor) -> None:
    bound = (6 / (weight_ih.size(1) + sum(weight_hh.shape))) ** 0.5
    for weight in (weight_ih, weight_hh):
        nn.init.uniform_(weight, -bound, bound)


def _orthogonal_stacked(weight_ih: Tensor, weight_hh: Tensor) -> None:
    nn.init.xavier_uniform_(weight_ih)
    nn.init.orthogonal_(weight_hh)


_WAYS: dict[RecurrentInit, Callable[[Tensor, Tensor], None]] = {
    "orthogonal": _gate_by_gate(nn.init.orthogonal_),
    "uniform": _gate_by_gate(_uniform),
    "identity": _gate_by_gate(nn.init.eye_),
    "glorot_stacked": _glorot_stacked,
    "orthogonal_stacked": _orthogonal_stacked,
}


@torch.no_grad()
def initialise(
    recurrence: Recurrence,
    recurrent: RecurrentInit,
    forget_bias: float | None = None,
    single_bias: bool = False,
    *,
    chrono: int | None = None,
    input_sd: float | None = None,
) -> None:
    """Draws every weight anew; torch keeps the G gates of a layer stacked in one matrix.

    Input weights are Xavier-uniform (Glorot & Bengio 2010) gate by gate unless told otherwise, biases zero. The two
    stacked ways take the gates of a layer together, and so draw smaller weights.

    Args:
        recurrence: what is initialised, in place.
        recurrent: each gate's (H, H) recurrent weights: `orthogonal` (Saxe et al. 2014), `uniform` as torch draws
            them, U(-1/sqrt(H), 1/sqrt(H)), or the `identity` of Le, Jaitly & Hinton 2015, meant for ReLU units.
            `glorot_stacked` is TensorFlow's BasicLSTMCell: input and recurrent weights are one Glorot-uniform kernel
            (E + H, G H). `orthogonal_stacked` is Keras: Glorot-uniform input weights (E, G H), and orthonormal rows of
            the recurrent ones (H, G H).
        forget_bias: for LSTMs, the bias of the forget gate at first (Jozefowicz et al. 2015); torch adds two biases, so
            it stands in the input one, and the recurrent one is zero.
        chrono: for LSTMs, the longest dependency T in steps, at least 2. The forget gate's biases are then drawn as
            log u with u from U(1, T - 1), one a unit, so that units forget over all spans up to T, and the input gate's
            are their negatives, whatever `forget_bias` says (Tallec & Ollivier 2018, equation 16).
        input_sd: standard deviation of a normal around zero that input weights are drawn from instead. Le, Jaitly &
            Hinton 2015 take 0.001 with the identity, so that states do not grow at first.
        single_bias: whether the recurrent bias stays zero. The sum of the two moves twice as fast under Adam as the one
            that TensorFlow and Keras have.
    """
    for layer in recurrence.layers:
        assert isinstance(layer, nn.RNNBase)
        size = layer.hidden_size
        weight_ih, weight_hh, bias_ih, bias_hh = layer.parameters()
        _WAYS[recurrent](weight_ih, weight_hh)
        if input_sd is not None:
            nn.init.normal_(weight_ih, std=input_sd)
        nn.init.zeros_(bias_ih)
        nn.init.zeros_(bias_hh)
        bias_hh.requires_grad_(not single_bias)
        assert isinstance(layer, nn.LSTM) or forget_bias is chrono is None
        forget = bias_ih[size : 2 * size]  # the gates' order is input, forget, cell, output
        if chrono is not None:
            bias_ih[:size] = -forget.uniform_(1, chrono - 1).log_()
        elif forget_bias is not None:
            forget.fill_(forget_bias)
