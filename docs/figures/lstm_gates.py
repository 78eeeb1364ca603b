"""The gates of an LSTM while it reads a sentence, after it has learnt to tell whether the lamp is on."""

import torch
from lamp import SENTENCE, Reader, draw, learnt, numbers
from torch import Tensor


@torch.inference_mode()
def gates(reader: Reader) -> dict[str, Tensor]:
    """Each (units, words), one step at a time with the weights of the fused layer."""
    x = reader.embedding(numbers(SENTENCE))
    (layer,) = reader.encoder.recurrence.layers
    weight_ih, weight_hh, bias_ih, bias_hh = layer.parameters()
    state = cell = torch.zeros(layer.hidden_size)
    seen: dict[str, list[Tensor]] = {"forget gate $f_t$": [], "input gate $i_t$": [], "cell $c_t$": []}
    for vector in x[0]:
        i, f, g, o = (weight_ih @ vector + bias_ih + weight_hh @ state + bias_hh).chunk(4)
        cell = f.sigmoid() * cell + i.sigmoid() * g.tanh()
        state = o.sigmoid() * cell.tanh()
        for kind, value in zip(seen.values(), (f.sigmoid(), i.sigmoid(), cell), strict=True):
            kind.append(value)
    assert torch.allclose(state, reader.encoder(x, torch.tensor([x.size(1)])).summary[0], atol=1e-5)
    return {name: torch.stack(values, dim=1) for name, values in seen.items()}


if __name__ == "__main__":
    draw(gates(learnt("lstm")), __file__)
