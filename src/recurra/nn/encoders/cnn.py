"""A convolutional network."""

import torch
from torch import Tensor, nn
from torch.nn import functional

from recurra.errors import ConfigError
from recurra.nn.convolution import convolved, draw_glorot, windows
from recurra.nn.encoders.base import Encoder
from recurra.nn.sequences import mask, masked_max
from recurra.types import Encoding, PositiveInt


class CNN(Encoder):
    """Convolutions of several widths with ReLU, and the maximum of each filter over the text.

    Source: Kim, Convolutional Neural Networks for Sentence Classification, EMNLP 2014, equations 2 and 3; section 3.1
    has widths of 3, 4 and 5 with 100 filters each. Not recurrent: it sees word order inside a window alone.

    A window counts only if it lies wholly inside the text; a text shorter than a window is extended with zeros to one.
    Where each step is asked, its state is what the filters find in the windows that it stands in the middle of (left of
    the middle in an even one), with zeros beyond both ends of the text.

    Args:
        input_size: E.
        filters: of each width.
        widths: of the windows, in tokens.

    Attributes:
        states_size: filters * widths.
        summary_size: filters * widths.

    Raises:
        ConfigError: no width.
    """

    def __init__(
        self,
        input_size: int,
        *,
        filters: PositiveInt,
        widths: list[PositiveInt],
    ) -> None:
        super().__init__()
        if not widths:
            raise ConfigError("model.widths: an empty list came, and at least one width is expected, such as [3,4,5].")
        self.input_size = input_size
        self.states_size = self.summary_size = filters * len(widths)
        self.causal = False
        self.widths = list(widths)
        convolutions = [nn.Conv1d(input_size, filters, width) for width in widths]
        draw_glorot(convolutions)
        self.convolutions = nn.ModuleList(convolutions)

    def forward(self, x: Tensor, lengths: Tensor, state: tuple[Tensor, ...] | None = None) -> Encoding:
        self.check_state(state)
        steps = x.size(1)
        real = mask(lengths, steps).unsqueeze(2)
        x = x.masked_fill(~real, 0.0)
        states, summaries = [], []
        for width, convolution in zip(self.widths, self.convolutions, strict=True):
            before = (width - 1) // 2
            found = convolved(functional.pad(x, (0, 0, before, max(width // 2, width - steps))), convolution).relu()
            states.append(found[:, :steps])
            summaries.append(masked_max(found[:, before:], windows(lengths, width)))
        return Encoding(torch.cat(states, dim=2) * real, torch.cat(summaries, dim=1))
