"""The cell state of an LSTM at the end of each sequence of a ragged batch."""

import torch
from torch import Tensor, nn

from recurra.nn.sequences import mask

SATURATION = 1e4
"""A gate's pre-activation from which sigmoid(-x) and sigmoid(x) are exactly 0 and 1, far above any that training makes
and still inside the range of float16."""


def run_ragged(
    lstm: nn.LSTM, weight_hh: Tensor, x: Tensor, lengths: Tensor, initial: tuple[Tensor, ...] | None
) -> tuple[Tensor, Tensor]:
    """Runs one layer in one direction and holds its cell state still over the padding.

    The fused kernels give the cell state after step T only, not after each sequence's own last step. One more input
    feature, 1 at padding, shuts the input gate and opens the forget gate there, so that c_t = 1 c_{t-1} + 0 g_t: what
    stands after step T is then the cell state at `lengths`, exactly, gradients too.

    Args:
        lstm: one layer, one direction, batch first, with biases.
        weight_hh: (4 H, H), the recurrent weights to run with: its own, or those that dropout left of them.
        x: (B, T, E).
        lengths: (B,).
        initial: hidden and cell state, (B, H) each, or None for zeros.

    Returns:
        the hidden states (B, T, H), meaningless at padding, and the cell state (B, H) after the last real step.
    """
    padding = ~mask(lengths, x.size(1)).unsqueeze(2)
    # Whatever stands at padding is taken out: it could otherwise be large enough to outweigh the shut gate.
    inputs = torch.cat([x.masked_fill(padding, 0.0), padding.to(x.dtype)], dim=2)

    size = lstm.hidden_size
    weight_ih, _, bias_ih, bias_hh = lstm.parameters()
    switch = weight_ih.new_zeros(4 * size, 1)
    switch[:size] = -SATURATION  # the gates' order is input, forget, cell, output
    switch[size : 2 * size] = SATURATION
    weights = [torch.cat([weight_ih, switch], dim=1), weight_hh, bias_ih, bias_hh]

    if initial is None:
        hidden = cell = x.new_zeros(1, x.size(0), size)
    else:
        hidden, cell = (part.unsqueeze(0) for part in initial)
    states, _, cell = torch.lstm(inputs, (hidden, cell), weights, True, 1, 0.0, lstm.training, False, True)
    return states, cell.squeeze(0)
