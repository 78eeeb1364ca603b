"""What the recurrent encoders share."""

import abc

from torch import Tensor

from recurra.nn.encoders.base import Encoder
from recurra.nn.pooling import Pool, Pooling
from recurra.nn.recurrence import Recurrence
from recurra.types import Encoding


class Recurrent(Encoder):
    """A recurrence, and its states pooled; causal where it reads in one direction.

    Args:
        recurrence: initialised.
        pooling: how the states are summed up, one way or several side by side.

    Raises:
        ConfigError: a pooling that does not exist.
    """

    @abc.abstractmethod
    def __init__(self, recurrence: Recurrence, pooling: Pool | list[Pool]) -> None:
        super().__init__()
        self.recurrence = recurrence
        kinds = [pooling] if isinstance(pooling, str) else pooling
        self.pooling = Pooling(kinds, recurrence.output_size, recurrence.input_size)
        self.input_size = recurrence.input_size
        self.states_size = recurrence.output_size
        self.summary_size = self.pooling.output_size
        self.causal = recurrence.directions == 1

    def forward(self, x: Tensor, lengths: Tensor, state: tuple[Tensor, ...] | None = None) -> Encoding:
        self.check_state(state)
        states, final, state = self.recurrence(x, lengths, state, with_state=self.causal)
        return Encoding(states, self.pooling(states, lengths, final, x), state)
