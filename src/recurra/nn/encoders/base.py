"""What every encoder promises."""

import abc

from torch import Tensor, nn

from recurra.errors import ConfigError
from recurra.types import Encoding


class Encoder(nn.Module, abc.ABC):
    """Reads a batch of sequences of vectors.

    Padding never changes an answer: the same text alone, in any batch, with any extra padding gives the same summary.
    An empty text has zero states, a zero summary and zero gradients. `recurra.testing.check_encoder` checks all of it.
    An encoder that departs from this, as the original programs do, says so: to it padding is text like any other, and
    it is trained and asked only with every text padded to one length (`data.fixed_length=true`).

    The constructor takes `input_size` and then, by keyword, what a YAML file in `conf/model` may set; its annotations
    are what values are checked against.

    Attributes:
        input_size: E, the width of what is read.
        states_size: D, the width of a state.
        summary_size: S, the width of a summary.
        causal: whether no state depends on what comes after it. A causal encoder returns its state and goes on from
            one; any other returns None and refuses one.
        sides: of how many directions `Encoding.sided` has states: 2, forwards and then backwards, 1, forwards, or 0.
        side_size: H, the width of such a state; 0 where there is none.
        reads_padding: whether every step is read, whatever the lengths say.
    """

    input_size: int
    states_size: int
    summary_size: int
    causal: bool
    sides: int = 0
    side_size: int = 0
    reads_padding: bool = False

    @abc.abstractmethod
    def forward(self, x: Tensor, lengths: Tensor, state: tuple[Tensor, ...] | None = None) -> Encoding:
        """Encodes a batch.

        Args:
            x: (B, T, E), right-padded with anything finite.
            lengths: (B,) int64, each between 0 and T; T may be 0.
            state: the `state` of an earlier encoding, to go on from it.

        Returns:
            states (B, T, D), summary (B, S), and the state of a causal encoder.

        Raises:
            ConfigError: a state was given to an encoder that is not causal.
        """

    def check_state(self, state: tuple[Tensor, ...] | None) -> None:
        """Refuses a state where there is no going on from one.

        Raises:
            ConfigError: a state was given, and this encoder is not causal.
        """
        if state is not None and not self.causal:
            raise ConfigError(
                f"A state came to go on from, and {type(self).__name__} is expected to read its whole text at once: it "
                "is not causal. Use a causal encoder, such as model=lstm model.bidirectional=false."
            )
