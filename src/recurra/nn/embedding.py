"""From token ids to vectors."""

from typing import Any

import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from recurra.errors import ConfigError
from recurra.nn.dropout import Dropout
from recurra.types import PositiveFloat, PositiveInt, Share

PADDING = 0
UNKNOWN = 1


class Embedding(nn.Module):
    """A learned vector a token, with three kinds of noise in training.

    Args:
        vocabulary_size: tokens, padding (id 0) and unknown (id 1) among them.
        size: E, the width of a vector.
        dropout: share of the vectors' elements set to zero.
        locked: whether these are the same elements at every step of a sequence, as in `Dropout`.
        word_dropout: share of the tokens read as unknown, padding left alone; teaches a vector for the unknown.
        type_dropout: share of the vocabulary whose vectors are zero wherever they stand in the batch, the others scaled
            up: embedding dropout as in Merity et al. 2018, section 4.3, after Gal & Ghahramani 2016. What is looked up
            is masked, not the matrix, which an output layer may share.
        sd: standard deviation of the normal that the vectors are drawn from.
        frozen: whether the vectors stay as they are.

    Attributes:
        output_size: E.
    """

    def __init__(
        self,
        vocabulary_size: int,
        *,
        size: PositiveInt,
        dropout: Share = 0.0,
        locked: bool = False,
        word_dropout: Share = 0.0,
        type_dropout: Share = 0.0,
        sd: PositiveFloat = 0.1,
        frozen: bool = False,
    ) -> None:
        super().__init__()
        self.output_size = size
        self.word_dropout = word_dropout
        # `padding_idx` keeps gradients off row 0; it is zero, so that weight decay leaves it so.
        self.vectors = nn.Embedding(vocabulary_size, size, padding_idx=PADDING)
        nn.init.normal_(self.vectors.weight, std=sd)
        with torch.no_grad():
            self.vectors.weight[PADDING] = 0.0
        self.vectors.weight.requires_grad_(not frozen)
        self.dropout = Dropout(dropout, locked)
        self.type_dropout = Dropout(type_dropout)

    def forward(self, tokens: Tensor) -> Tensor:
        """(B, T) int64 -> (B, T, E), zero at padding."""
        if self.training and self.word_dropout:
            dropped = torch.rand(tokens.shape, device=tokens.device) < self.word_dropout
            tokens = tokens.masked_fill(dropped & (tokens != PADDING), UNKNOWN)
        embedded: Tensor = self.vectors(tokens)
        if self.training and self.type_dropout.p:
            types, places = torch.unique(tokens, return_inverse=True)
            embedded = embedded * self.type_dropout(embedded.new_ones(len(types), 1))[places]
        return self.dropout(embedded)  # type: ignore[no-any-return]

    @torch.no_grad()
    def load_vectors(self, matrix: Tensor | NDArray[Any], found: Tensor | NDArray[Any]) -> None:
        """Takes over vectors that were trained elsewhere.

        Args:
            matrix: (vocabulary_size, E), a row a token.
            found: (vocabulary_size,) bool, which rows to copy; the others stay as drawn, and padding stays zero.

        Raises:
            ConfigError: the matrix has another shape.
        """
        weight = self.vectors.weight
        matrix, rows = torch.as_tensor(matrix), torch.as_tensor(found).clone()
        if matrix.shape != weight.shape:
            raise ConfigError(
                f"embedding.vectors: a matrix of {tuple(matrix.shape)} came, and {tuple(weight.shape)} "
                "(vocabulary, width) is expected. Take the width from the file."
            )
        rows[PADDING] = False
        weight[rows] = matrix[rows].to(weight)
