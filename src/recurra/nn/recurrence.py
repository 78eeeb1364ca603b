"""Stacked recurrence in one or both directions, on right-padded batches that are never packed."""

from collections.abc import Callable, Iterator, Mapping

import torch
from torch import Tensor, nn
from torch.nn import functional

from recurra.errors import ConfigError
from recurra.nn.dropout import Dropout
from recurra.nn.layer_run import WEIGHT_HH, LayerRun, run_fused
from recurra.nn.sequences import last, mask, reverse

_DEEPEST = 100  # the deepest that the field has trained are a tenth of it


def _has_low_precision() -> bool:
    """Whether this CPU multiplies bfloat16; where it does not, oneDNN's LSTM refuses it instead of falling back."""
    return bool(torch.ops.mkldnn._is_mkldnn_bf16_supported())


class Recurrence(nn.Module):
    """What `cell(..., num_layers, bidirectional)` gives on a packed batch, at the speed of an unpacked one.

    Packing leaves the fast CPU kernel and the persistent GPU kernels. Here each layer and direction is a torch module
    of its own that reads the padded batch: padding comes after the text and so cannot touch it, and the backward
    direction reads each sequence reversed inside its length.

    Args:
        cell: `nn.LSTM`, `nn.GRU`, `ResetBeforeGRU`, or `nn.RNN` with its nonlinearity bound.
        input_size: E.
        hidden_size: H, units a direction.
        num_layers: each after the first reads the states of the one below.
        bidirectional: whether each layer also reads backwards.
        dropout: on the states between layers, as in torch; nothing with one layer.
        locked: whether it drops the same elements at every step, as in `Dropout`.
        weight_dropout: share of the recurrent weights that are zero in a pass through training, in each layer and
            direction the same at all its steps, the others scaled up: DropConnect (Wan et al. 2013) as in Merity et al.
            2018, section 4.1.
        layer_norm: whether the states that each layer after the first reads are normalised at every step, over the
            units of both directions, and then scaled and shifted by learned numbers (Ba et al. 2016, section 3); before
            dropout. Nothing with one layer.

    Raises:
        ConfigError: more layers than anyone could train.

    Attributes:
        output_size: D, H times the number of directions.
        layers: in torch's order: layer 0 forward, layer 0 backward, layer 1 forward...
        norms: of the states below each layer after the first, if any.
        run: what each of them is run by.
    """

    def __init__(
        self,
        cell: Callable[..., nn.RNNBase],
        input_size: int,
        hidden_size: int,
        num_layers: int = 1,
        bidirectional: bool = False,
        dropout: float = 0.0,
        locked: bool = False,
        weight_dropout: float = 0.0,
        layer_norm: bool = False,
    ) -> None:
        super().__init__()
        if num_layers > _DEEPEST:
            raise ConfigError(f"num_layers={num_layers} does not fit: it should be at most {_DEEPEST}.")
        self.input_size = input_size
        self.directions = 2 if bidirectional else 1
        self.output_size = hidden_size * self.directions
        layers = [
            cell(input_size if depth == 0 else self.output_size, hidden_size, batch_first=True)
            for depth in range(num_layers)
            for _ in range(self.directions)
        ]
        self.layers = nn.ModuleList(layers)
        self.norms = nn.ModuleList(nn.LayerNorm(self.output_size) for _ in range(1, num_layers) if layer_norm)
        self.run: LayerRun = run_fused
        self._bounded = all(layer.mode != "RNN_RELU" for layer in layers)
        self.dropout = Dropout(dropout, locked)
        self.weight_dropout = Dropout(weight_dropout)

    def forward(
        self, x: Tensor, lengths: Tensor, state: tuple[Tensor, ...] | None = None, with_state: bool = False
    ) -> tuple[Tensor, Tensor, tuple[Tensor, ...] | None]:
        """Reads a batch.

        Args:
            x: (B, T, E), right-padded with anything finite.
            lengths: (B,) int64, each between 0 and T.
            state: where to begin, (layers * directions, B, H) each: hidden, and for an LSTM cell; None for zeros.
            with_state: whether to return the like after the last real step; an empty sequence leaves it as it was.

        Returns:
            states (B, T, D), zero at padding; final (B, D), the top layer's state after the last real step of each
            direction, or where it began for an empty sequence; and the state, or None.
        """
        if torch.is_autocast_enabled("cpu") and x.device.type == "cpu" and not _has_low_precision():
            with torch.autocast("cpu", enabled=False):
                state = None if state is None else tuple(part.float() for part in state)
                return self(x.float(), lengths, state, with_state)  # type: ignore[no-any-return]
        steps = x.size(1)
        if not steps:  # torch's kernels refuse no steps: they are given one of padding
            x = functional.pad(x, (0, 0, 0, 1))
        real = mask(lengths, x.size(1))
        ragged = with_state and not bool(real.all())
        # Shapes are batch-first and memory is time-major, as the kernels want it: each would make its own copy.
        x = x.transpose(0, 1).contiguous().transpose(0, 1)

        ends: list[tuple[Tensor, ...]] = []
        for depth in range(0, len(self.layers), self.directions):
            if depth:
                if self.norms:
                    x = self.norms[depth // self.directions - 1](x.transpose(0, 1)).transpose(0, 1)
                x = self.dropout(x)
            outputs = []
            for number in range(depth, depth + self.directions):
                initial = None if state is None else tuple(part[number] for part in state)
                backward = number > depth
                output, end = self._run(number, reverse(x, lengths) if backward else x, lengths, initial, ragged)
                outputs.append(reverse(output, lengths) if backward else output)
                ends.append(end)
            if len(outputs) > 1:
                x = torch.cat([output.transpose(0, 1) for output in outputs], dim=2).transpose(0, 1)
            else:
                x = outputs[0]

        # A product costs a quarter of a fill but makes NaN of infinity, and ReLU may grow without end over padding.
        real = real.unsqueeze(2)
        states = (x * real.to(x.dtype) if self._bounded else x.masked_fill(~real, 0.0))[:, :steps]
        final = torch.cat([end[0] for end in ends[-self.directions :]], dim=1)
        return states, final, tuple(map(torch.stack, zip(*ends, strict=True))) if with_state else None

    def _run(
        self, number: int, x: Tensor, lengths: Tensor, initial: tuple[Tensor, ...] | None, ragged: bool
    ) -> tuple[Tensor, tuple[Tensor, ...]]:
        """One layer in one direction: its states (B, T, H) and the parts (B, H) of the state that it ends with."""
        layer = self.layers[number]
        assert isinstance(layer, nn.RNNBase)
        weight_hh = self.weight_dropout(getattr(layer, WEIGHT_HH))  # itself where nothing is dropped
        states, others = self.run(layer, weight_hh, x, lengths, initial, ragged)
        hidden = last(states, lengths)
        if initial is not None:
            hidden = torch.where((lengths > 0).unsqueeze(1), hidden, initial[0])
        return states, (hidden, *others)

    def load_torch_state_dict(self, state_dict: Mapping[str, Tensor]) -> None:
        """Takes over the weights of the one torch module with as many layers and directions.

        Args:
            state_dict: its names are `weight_ih_l0`, `bias_hh_l1_reverse`...

        Raises:
            RuntimeError: from torch, a name that is missing or unknown, or a shape that differs.
        """
        names = {theirs: ours for ours, theirs in self._names()}
        self.load_state_dict({names.get(name, name): value for name, value in state_dict.items()})

    def torch_state_dict(self) -> dict[str, Tensor]:
        """The weights as the one torch module with as many layers and directions names them."""
        own = self.state_dict()
        return {theirs: own[ours] for ours, theirs in self._names()}

    def _names(self) -> Iterator[tuple[str, str]]:
        """Each parameter's name here, and in the one torch module."""
        for number, layer in enumerate(self.layers):
            depth, backward = divmod(number, self.directions)
            for name, _ in layer.named_parameters():
                stem = name.removesuffix("0")
                yield f"layers.{number}.{name}", f"{stem}{depth}" + ("_reverse" if backward else "")
