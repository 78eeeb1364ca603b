"""The gates of a GRU while it reads a sentence, after it has learnt to tell whether the lamp is on."""

import torch
from lamp import SENTENCE, Reader, draw, learnt, numbers
from torch import Tensor


@torch.inference_mode()
def gates(reader: Reader) -> dict[str, Tensor]:
    """Each (units, words), one step at a time with the weights of the fused layer."""
    x = reader.embedding(numbers(SENTENCE))
    (layer,) = reader.encoder.recurrence.layers
    weight_ih, weight_hh, bias_ih, bias_hh = layer.parameters()
    state = torch.zeros(layer.hidden_size)
    seen: dict[str, list[Tensor]] = {"update gate $z_t$": [], "reset gate $r_t$": [], "state $s_t$": []}
    for vector in x[0]:
        from_input = (weight_ih @ vector + bias_ih).chunk(3)
        from_state = (weight_hh @ state + bias_hh).chunk(3)
        r, z = (from_input[i] + from_state[i] for i in range(2))
        proposed = (from_input[2] + r.sigmoid() * from_state[2]).tanh()
        state = (1 - z.sigmoid()) * proposed + z.sigmoid() * state
        for kind, value in zip(seen.values(), (z.sigmoid(), r.sigmoid(), state), strict=True):
            kind.append(value)
    assert torch.allclose(state, reader.encoder(x, torch.tensor([x.size(1)])).summary[0], atol=1e-5)
    return {name: torch.stack(values, dim=1) for name, values in seen.items()}


if __name__ == "__main__":
    draw(gates(learnt("gru")), __file__)
