"""A recurrence step by step, so that what flows back into each of its states can be seen."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial

import torch
from torch import Tensor, nn
from torch.nn import functional

from recurra.nn.cells import CELLS, Cell, State
from recurra.nn.layer_run import run_fused
from recurra.nn.recurrence import Recurrence
from recurra.nn.sequences import last, mask, reverse


@dataclass(frozen=True)
class Trace:
    """What one layer did in one direction.

    Attributes:
        layer: its number from 0, the lowest; where a model has several recurrences it is counted on.
        backward: whether it read each text from its end.
        lengths: (B,) of the texts.
        states: T hidden states (B, H) in the order of reading, meaningless beyond a text's length.
        saturated: of each gate, the share over all units and real steps that is nearly shut (`forget_low`: below 0.1)
            and nearly open (`forget_high`: above 0.9), as in Karpathy, Johnson & Fei-Fei 2015, section 4.2; of a tanh
            network the share of its states below -0.9 and above 0.9. Empty for ReLU, and where all texts are.
    """

    layer: int
    backward: bool
    lengths: Tensor
    states: Sequence[Tensor]
    saturated: dict[str, float]


@contextmanager
def unrolled(model: nn.Module) -> Iterator[list[Trace]]:
    """Lets every `Recurrence` in a model read step by step, with its own weights, for as long as it lasts.

    It gives what torch's kernels give, and takes many times as long. They keep to themselves what happens between two
    steps; here each step is an operation of its own.

    Yields:
        what the layers did, in the order in which they did it.
    """
    traces: list[Trace] = []
    recurrences = [part for part in model.modules() if isinstance(part, Recurrence)]
    below = 0
    for recurrence in recurrences:
        places = {}
        for number, layer in enumerate(recurrence.layers):
            depth, backward = divmod(number, recurrence.directions)
            places[layer] = (below + depth, bool(backward))
        below += len(recurrence.layers) // recurrence.directions
        recurrence.run = partial(_run_unrolled, traces, places)
    try:
        yield traces
    finally:
        for recurrence in recurrences:
            recurrence.run = run_fused


def total_derivatives(loss: Tensor, traces: Sequence[Trace]) -> list[Tensor]:
    """d loss / d s_t of the hidden states of each trace, through all that comes after them, later steps included.

    The cell state of an LSTM is held while its hidden state moves: what h_t does to later steps counts, what c_t
    carries past it does not. No parameter's gradient is touched.

    Args:
        loss: made while the model was `unrolled`.
        traces: what that gave.

    Returns:
        (B, T, H) each, t being the token's place in the text in both directions; zero at padding.
    """
    states = [state for trace in traces for state in trace.states]
    found = iter(torch.autograd.grad(loss, states, materialize_grads=True))
    read = [torch.stack([next(found) for _ in trace.states], dim=1) for trace in traces]
    return [reverse(each, trace.lengths) if trace.backward else each for each, trace in zip(read, traces, strict=True)]


def _run_unrolled(
    traces: list[Trace],
    places: dict[nn.Module, tuple[int, bool]],
    layer: nn.RNNBase,
    weight_hh: Tensor,
    x: Tensor,
    lengths: Tensor,
    initial: State | None,
    ragged: bool,
) -> tuple[Tensor, State]:
    """A `LayerRun` that notes what it does; what it ends with is always taken after each sequence's own last step."""
    cell = CELLS[getattr(layer, "form", layer.mode)]
    weight_ih, _, bias_ih, bias_hh = layer.parameters()
    began = initial or (x.new_zeros(x.size(0), layer.hidden_size),) * cell.parts
    state, states, activations = began, [], []
    for given in functional.linear(x, weight_ih, bias_ih).unbind(1):
        state, active = cell.step(given, weight_hh, bias_hh, state)
        states.append(state)
        activations.append(active)
    hidden, *others = zip(*states, strict=True)
    traces.append(Trace(*places[layer], lengths, hidden, _saturated(cell, activations, mask(lengths, x.size(1)))))
    is_read = (lengths > 0).unsqueeze(1)
    ends = [last(torch.stack(steps, dim=1), lengths) for steps in others]
    return torch.stack(hidden, dim=1), tuple(
        torch.where(is_read, end, first) for end, first in zip(ends, began[1:], strict=True)
    )


@torch.no_grad()
def _saturated(cell: Cell, activations: Sequence[State], real: Tensor) -> dict[str, float]:
    """The shares of a `Trace`; (B, T) `real` says which steps count."""
    shares = {}
    if real.any():
        for name, steps in zip(cell.activations, zip(*activations, strict=True), strict=True):
            values = torch.stack(steps, dim=1)[real]
            shares[f"{name}_low"] = (values < cell.low).double().mean().item()
            shares[f"{name}_high"] = (values > cell.high).double().mean().item()
    return shares
