"""From token ids to vectors."""

from typing import Any, Literal

import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from recurra.errors import ConfigError
from recurra.nn.dropout import Dropout
from recurra.nn.ngrams import NGrams
from recurra.types import PADDING, UNKNOWN, PositiveFloat, PositiveInt, Share


class Embedding(nn.Module):
    """A learned vector a token, with three kinds of noise in training, and beside it what n-grams that end there add.

    Args:
        vocabulary_size: tokens, padding (id 0) and unknown (id 1) among them.
        size: E, the width of a vector.
        dropout: share of the vectors' elements set to zero.
        locked: whether these are the same elements at every step of a sequence, as in `Dropout`.
        word_dropout: share of the tokens read as unknown, padding left alone; teaches a vector for the unknown. An
            n-gram has what was so read in it.
        type_dropout: share of the vocabulary whose vectors are zero wherever they stand in the batch, the others scaled
            up: embedding dropout as in Merity et al. 2018, section 4.3, after Gal & Ghahramani 2016. What is looked up
            is masked, not the matrix, which an output layer may share; n-grams are not.
        init: what the vectors are drawn from: a normal, or uniformly from between -sqrt(3) sd and sqrt(3) sd.
        sd: the standard deviation of either.
        frozen: whether the tokens' vectors stay as they are; those of n-grams learn.
        learned_padding: whether padding has a vector like any other, as in TensorFlow and Keras without a mask; else
            it is zero. No n-gram has padding in it.
        ngrams: the tokens of the longest n-grams that have a vector, which is added to that of their last token; 1:
            none.
        ngram_rows: how many there are, see `NGrams`.

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
        init: Literal["normal", "uniform"] = "normal",
        sd: PositiveFloat = 0.1,
        frozen: bool = False,
        learned_padding: bool = False,
        ngrams: Literal[1, 2, 3] = 1,
        ngram_rows: PositiveInt = 20_000,
    ) -> None:
        super().__init__()
        self.output_size = size
        self.word_dropout = word_dropout
        # `padding_idx` keeps gradients off row 0; it is zero, so that weight decay leaves it so.
        self.vectors = nn.Embedding(vocabulary_size, size, padding_idx=None if learned_padding else PADDING)
        if init == "normal":
            nn.init.normal_(self.vectors.weight, std=sd)
        else:
            nn.init.uniform_(self.vectors.weight, -(3**0.5) * sd, 3**0.5 * sd)
        if not learned_padding:
            with torch.no_grad():
                self.vectors.weight[PADDING] = 0.0
        self.vectors.weight.requires_grad_(not frozen)
        self.ngrams = NGrams(vocabulary_size, size, longest=ngrams, rows=ngram_rows) if ngrams > 1 else None
        self.dropout = Dropout(dropout, locked)
        self.type_dropout = Dropout(type_dropout)

    def forward(self, tokens: Tensor) -> Tensor:
        """(B, T) int64 -> (B, T, E), zero at padding unless that is learned."""
        if self.training and self.word_dropout:
            dropped = torch.rand(tokens.shape, device=tokens.device) < self.word_dropout
            tokens = tokens.masked_fill(dropped & (tokens != PADDING), UNKNOWN)
        embedded: Tensor = self.vectors(tokens)
        if self.training and self.type_dropout.p:
            types, places = torch.unique(tokens, return_inverse=True)
            embedded = embedded * self.type_dropout(embedded.new_ones(len(types), 1))[places]
        if self.ngrams is not None:
            embedded = embedded + self.ngrams(tokens)
        return self.dropout(embedded)  # type: ignore[no-any-return]

    @torch.no_grad()
    def load_vectors(self, matrix: Tensor | NDArray[Any], found: Tensor | NDArray[Any]) -> None:
        """Takes over vectors that were trained elsewhere.

        Args:
            matrix: (vocabulary_size, E), a row a token.
            found: (vocabulary_size,) bool, which rows to copy; the others stay as drawn, padding among them.

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
