"""Plain data that passes between the floors. Importing this module imports no torch."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Literal, NamedTuple

from annotated_types import Ge, Gt, Lt

if TYPE_CHECKING:
    import torch
    from torch import Tensor

PositiveInt = Annotated[int, Gt(0)]
NaturalInt = Annotated[int, Ge(0)]
PositiveFloat = Annotated[float, Gt(0)]
NaturalFloat = Annotated[float, Ge(0)]
Share = Annotated[float, Ge(0), Lt(1)]
"""A fraction of something, such as a dropout probability: 0 <= share < 1."""
PADDING = 0
UNKNOWN = 1
"""The ids that every vocabulary begins with."""
Targets = Literal["classes", "bits", "values"]
"""What is to be predicted: one class of several, yes or no for each of them, or numbers."""


@dataclass(frozen=True, slots=True)
class Example:
    """One row of a corpus.

    Attributes:
        text: the text as it was read; several text columns are joined by a newline.
        labels: one label, several (multi-label), one a word (tagging), or none (a text to predict).
        source: the file that it was read from, for error messages.
        line: the number of its line or row in that file, from 1.
    """

    text: str
    labels: tuple[str, ...] = ()
    source: str = ""
    line: int = 0


class Batch(NamedTuple):
    """What the model is given.

    Where a long text is read through several windows, each window is a sequence of its own and `windows` says to
    which of the B rows each of the N sequences belongs; otherwise `windows` is None and N = B. Tasks that ask at every
    step have M targets, one a real step, sequence after sequence.

    Attributes:
        inputs: (N, T) int64 token ids, right-padded with 0, or (N, T, F) float32 features.
        lengths: (N,) int64, how much of each sequence is real; 0 for an empty text.
        targets: (B,) int64 classes, (B, C) float32 bits, (B, 1) float32 values or (M,) int64, as the task encodes them.
        rows: (B,) int64, the number of each row in its split.
        windows: (N,) int64 in [0, B), or None.
        continues: (N,) bool, whether each sequence goes on from the state in which its like in the batch before ended,
            or begins anew; None where all begin anew.
        characters: (N,) float64, how many characters of text each sequence stands for; None where nobody asks.
        places: (N,) int64, the step of each sequence that is asked; None where all or none are.
    """

    inputs: Tensor
    lengths: Tensor
    targets: Tensor
    rows: Tensor
    windows: Tensor | None = None
    continues: Tensor | None = None
    characters: Tensor | None = None
    places: Tensor | None = None

    def to(self, device: torch.device) -> Batch:
        """The batch on a device, itself where it is there. Lightning calls this; it would else search for tensors."""
        if self.inputs.device == device:
            return self
        moved = [part if part is None else part.to(device, non_blocking=device.type == "cuda") for part in self]
        return Batch(*moved)  # type: ignore[arg-type]


class Encoding(NamedTuple):
    """What an encoder makes of a batch of sequences.

    Attributes:
        states: (B, T, D), one state a step; zero at padding, unless the encoder reads that.
        summary: (B, S), the whole text; zero for an empty one, likewise.
        state: what a causal encoder needs to go on after the last real step of each sequence: a tuple of tensors
            (layers, B, H); None for an encoder that is not causal.
    """

    states: Tensor
    summary: Tensor
    state: tuple[Tensor, ...] | None = None
