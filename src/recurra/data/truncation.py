"""Which part of a long text is read: its head, its tail, both ends, or pieces of it.

A piece is described by numbers alone, so that a batch is one gather: token p of a piece stands at position
`start + p` of its text, and from `gap_at` on at `start + p + gap`.
"""

import abc
from collections.abc import Callable
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

Integers = NDArray[np.int64]


class Pieces(NamedTuple):
    """Parts of texts, each to be read as one sequence; all arrays are (N,) int64.

    Attributes:
        rows: the text that each piece belongs to.
        starts: where the piece begins in it.
        lengths: how many tokens it has.
        gaps: how many tokens are left out after the first `gap_at`.
        gap_at: after how many tokens a gap is made; the same for all.
    """

    rows: Integers
    starts: Integers
    lengths: Integers
    gaps: Integers
    gap_at: int

    def take(self, index: Integers | slice) -> "Pieces":
        """The pieces at `index`, in its order."""
        return Pieces(self.rows[index], self.starts[index], self.lengths[index], self.gaps[index], self.gap_at)


class Truncation(abc.ABC):
    """Cuts texts to at most `max_length` tokens."""

    def __init__(self, max_length: int) -> None:
        self.max_length = max_length

    @abc.abstractmethod
    def training(self, lengths: Integers, generator: np.random.Generator) -> Pieces:
        """One piece of every text, in their order, as it is read in training.

        Args:
            lengths: (rows,) tokens of each text.
            generator: the only source of chance.
        """

    def reading(self, lengths: Integers) -> Pieces:
        """The pieces of every text, in their order, as it is read in validation, test and prediction."""
        return self.training(lengths, np.random.default_rng(0))

    def _one_piece(self, lengths: Integers, starts: Integers | None = None, gaps: Integers | None = None) -> Pieces:
        none = np.zeros_like(lengths)
        return Pieces(
            rows=np.arange(len(lengths), dtype=np.int64),
            starts=none if starts is None else starts,
            lengths=np.minimum(lengths, self.max_length),
            gaps=none if gaps is None else gaps,
            gap_at=(self.max_length + 1) // 2,
        )


class Head(Truncation):
    """The first `max_length` tokens."""

    def training(self, lengths: Integers, generator: np.random.Generator) -> Pieces:
        return self._one_piece(lengths)


class Tail(Truncation):
    """The last `max_length` tokens."""

    def training(self, lengths: Integers, generator: np.random.Generator) -> Pieces:
        return self._one_piece(lengths, starts=np.maximum(lengths - self.max_length, 0))


class Ends(Truncation):
    """The first half of `max_length` (rounded up) and the last half, the middle left out."""

    def training(self, lengths: Integers, generator: np.random.Generator) -> Pieces:
        return self._one_piece(lengths, gaps=np.maximum(lengths - self.max_length, 0))


class Crop(Truncation):
    """A random piece in training; up to `windows` evenly spaced pieces, to be averaged, when reading."""

    def __init__(self, max_length: int, windows: int) -> None:
        super().__init__(max_length)
        self.windows = windows

    def training(self, lengths: Integers, generator: np.random.Generator) -> Pieces:
        return self._one_piece(lengths, starts=generator.integers(0, np.maximum(lengths - self.max_length, 0) + 1))

    def reading(self, lengths: Integers) -> Pieces:
        needed = np.maximum(-(-lengths // self.max_length), 1)
        counts = np.minimum(needed, self.windows)
        rows = np.repeat(np.arange(len(lengths), dtype=np.int64), counts)
        first = np.repeat(np.cumsum(counts) - counts, counts)
        number = np.arange(len(rows)) - first
        room = np.maximum(lengths - self.max_length, 0)[rows]
        # A single window of a longer text stands in its middle; several reach from its head to its tail.
        several = np.maximum(counts - 1, 1)[rows]
        starts = np.where(counts[rows] > 1, (room * number) // several, room // 2)
        cut = np.minimum(lengths, self.max_length)[rows]
        return Pieces(rows, starts.astype(np.int64), cut, np.zeros_like(rows), self.max_length)


class OnePiece(Truncation):
    """As another one in training; when reading, too, a single piece of each text, the same at all times."""

    def __init__(self, truncation: Truncation) -> None:
        super().__init__(truncation.max_length)
        self._truncation = truncation

    def training(self, lengths: Integers, generator: np.random.Generator) -> Pieces:
        return self._truncation.training(lengths, generator)


TruncationKind = Literal["head", "tail", "ends", "crop"]


def truncation(kind: TruncationKind, max_length: int, windows: int) -> Truncation:
    """The truncation called `kind`; `windows` matters to `crop` alone."""
    made: dict[str, Callable[[], Truncation]] = {
        "head": lambda: Head(max_length),
        "tail": lambda: Tail(max_length),
        "ends": lambda: Ends(max_length),
        "crop": lambda: Crop(max_length, windows),
    }
    return made[kind]()
