"""The gated recurrent unit whose reset gate acts before the matrix product."""

from typing import final

import torch
from torch import Tensor, nn
from torch.nn import functional

RESET_BEFORE = "GRU_RESET_BEFORE"
"""What it is called among the cells."""


@final
class ResetBeforeGRU(nn.RNNBase):
    """The unit as Cho et al. 2014 wrote it (section 2.3): what is reset is the state that the product reads.

        r = sigmoid(W_r x + U_r h + b_r)      z = sigmoid(W_z x + U_z h + b_z)
        n = tanh(W_n x + U_n (r * h) + b_n)   h' = (1 - z) n + z h

    In `nn.GRU` n is tanh(W_n x + b_n + r * (U_n h + c_n)) instead, which lets a fused kernel multiply by all three U at
    once. Here it takes two products, a step at a time. On a CPU, where torch fuses neither, that is 0.9 to 1.2 times as
    long, measured with 64 to 256 units; on a GPU it was not measured, and will be slower.

    Weights have the names, shapes and order of `nn.GRU`, so each gate has two biases, which are added. One layer, one
    direction, batch first.

    Args:
        input_size: E.
        hidden_size: H.
        batch_first: as torch's cells are asked; nothing else than true.

    Attributes:
        form: tells it from torch's own, whose `mode` it has.
    """

    form = RESET_BEFORE

    def __init__(self, input_size: int, hidden_size: int, *, batch_first: bool) -> None:
        assert batch_first
        super().__init__("GRU", input_size, hidden_size, batch_first=True)

    def forward(self, x: Tensor, initial: Tensor | None = None) -> tuple[Tensor, Tensor]:
        """As `nn.GRU`: (B, T, E) and (1, B, H), zeros if None -> states (B, T, H) and the last of them (1, B, H)."""
        weight_ih, weight_hh, bias_ih, bias_hh = self.parameters()
        size = self.hidden_size
        read = functional.linear(x.transpose(0, 1), weight_ih, bias_ih + bias_hh)
        gates, candidates = read[:, :, : 2 * size].unbind(0), read[:, :, 2 * size :].unbind(0)
        for_gates, for_candidate = weight_hh[: 2 * size].t(), weight_hh[2 * size :].t()
        hidden = x.new_zeros(x.size(0), size) if initial is None else initial[0]
        states = []
        for gate, candidate in zip(gates, candidates, strict=True):
            reset, update = torch.addmm(gate, hidden, for_gates).sigmoid().chunk(2, dim=1)
            new = torch.addmm(candidate, reset * hidden, for_candidate).tanh()
            hidden = new + update * (hidden - new)
            states.append(hidden)
        return torch.stack(states).transpose(0, 1), hidden.unsqueeze(0)
