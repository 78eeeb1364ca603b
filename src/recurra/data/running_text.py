"""Texts as one long row of tokens, each of which is predicted from those before it."""

from typing import NamedTuple, final

import numpy as np
import torch
from numpy.typing import NDArray

from recurra.data.token_store import TokenStore
from recurra.data.truncation import Integers
from recurra.types import Batch

_GRID = 4  # widths of ragged batches are multiples of it, so that few tensor shapes exist


class Windows(NamedTuple):
    """The parts of a batch; all arrays are (N,).

    Attributes:
        starts: int64, the place of the first token that each reads.
        lengths: int64, how many it reads.
        continues: bool, whether each goes on from the state in which its like in the batch before ended.
    """

    starts: Integers
    lengths: Integers
    continues: NDArray[np.bool_]


@final
class RunningText:
    """The tokens of all texts of a split, with a boundary (id 0) before, between and after them.

    What is read at a place has the token after it as its target: the first token of a text is predicted from the
    boundary before it, and the boundary after a text, its end, from its last token. As an input the boundary is the
    zero vector, which stands for nothing, unless the output shares the embedding's weights and so teaches it one.

    Args:
        store: the tokens.
        characters: (texts,) how many characters each text has.

    Attributes:
        ids: (predictions + 1,) int32.
        begins: (texts,) the place of the boundary before each text.
        spans: (texts,) how many predictions each asks for: its tokens and its end.
    """

    def __init__(self, store: TokenStore, characters: torch.Tensor) -> None:
        self.ids = np.concatenate([[0], np.insert(store.ids[:-1], store.offsets[1:], 0)]).astype(np.int32, copy=False)
        self.spans = store.lengths + 1
        self.begins = np.cumsum(self.spans) - self.spans
        self._characters = float(characters.sum()) / max(len(self), 1)

    def __len__(self) -> int:
        """How many predictions there are."""
        return len(self.ids) - 1

    def batch(self, windows: Windows, *, carried: bool) -> Batch:
        """The batch of some windows.

        Args:
            carried: whether states go over from batch to batch.
        """
        starts, lengths, continues = windows
        longest = int(lengths.max())
        width = longest if (lengths == longest).all() else -(-longest // _GRID) * _GRID
        steps = np.arange(max(width, 1))
        real = steps < lengths[:, None]
        places = np.where(real, starts[:, None] + steps, 0)
        return Batch(
            inputs=torch.from_numpy((self.ids[places] * real).astype(np.int64)),
            lengths=torch.from_numpy(lengths),
            targets=torch.from_numpy(self.ids[places[real] + 1].astype(np.int64)),
            rows=torch.arange(len(lengths)),
            continues=torch.from_numpy(continues) if carried else None,
            characters=torch.from_numpy(lengths * self._characters),
        )
