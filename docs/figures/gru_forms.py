"""Which of the two forms of the GRU torch computes: both by hand, with the weights of `model=gru`."""

import torch
from drawing import tabulate
from encoders import encoder
from torch import Tensor

SIZE = 64
STEPS = 20


def by_hand(layer: torch.nn.GRU, x: Tensor, reset_before: bool) -> Tensor:
    """(B, STEPS, SIZE): the states where r_t meets the state before the product with W, or after it."""
    u, w, b_u, b_w = layer.parameters()
    state, states = x.new_zeros(x.size(0), SIZE), []
    for vector in x.unbind(1):
        r, z = ((vector @ u.T + b_u + state @ w.T + b_w)[:, : 2 * SIZE]).sigmoid().chunk(2, dim=1)
        u_n, w_n, b_un, b_wn = (part.chunk(3)[2] for part in (u, w, b_u, b_w))
        from_state = (r * state) @ w_n.T + b_wn if reset_before else r * (state @ w_n.T + b_wn)
        state = (1 - z) * (vector @ u_n.T + b_un + from_state).tanh() + z * state
        states.append(state)
    return torch.stack(states, dim=1)


@torch.inference_mode()
def main() -> None:
    """The greatest difference of a state from torch's own."""
    torch.manual_seed(0)
    settings = ["model=gru", f"model.hidden_size={SIZE}", "model.bidirectional=false"]
    reader = encoder(*settings, input_size=SIZE).double()
    x = torch.randn(32, STEPS, SIZE, dtype=torch.float64)
    own = reader(x, torch.full((32,), STEPS)).states
    (layer,) = reader.recurrence.layers
    rows = []
    for name, form, reset_before in (
        ("`before`", r"$U_n x_t + W_n (r_t \odot s_{t-1}) + b_n$", True),
        ("`after`", r"$U_n x_t + r_t \odot (W_n s_{t-1} + b'_n) + b_n$", False),
    ):
        off = float((by_hand(layer, x, reset_before) - own).abs().max())
        rows.append([name, form, "0" if off < 1e-12 else f"{off:.2f}"])
    off_by = r"$\max \left\lvert s_t - s_t^{\text{torch}} \right\rvert$"
    tabulate(["`model.reset`", r"$\tanh(\cdot)$", off_by], rows, __file__)


if __name__ == "__main__":
    main()
