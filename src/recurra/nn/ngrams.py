"""Vectors of tokens that stand beside each other."""

import torch
from torch import Tensor, nn
from torch.nn import functional

from recurra.errors import ConfigError
from recurra.types import PADDING

_LARGEST = 2**63 - 1  # that int64 holds


class NGrams(nn.Module):
    """A learned vector for each n-gram of a list; at each step the sum over those of 2 to n tokens that end there.

    An n-gram looks back only. Where too few tokens stand before, where padding is among them and where the list lacks
    the n-gram, its vector is zero: nothing depends on padding, or on the other sequences of a batch. All vectors are
    zero at first.

    Source: Joulin et al. 2017, section 2.1, who hash all n-grams; here the frequent ones have a row each.

    Args:
        vocabulary_size: V, tokens, padding (id 0) among them.
        size: E, the width of a vector.
        longest: n.
        rows: n-grams of the list.

    Attributes:
        keys: (rows + 1,) int64, the keys of the list in ascending order, after that of no n-gram: key i has row i of
            the vectors. Until `know` is called, no n-gram is in the list.

    Raises:
        ConfigError: there are more n-grams of V tokens than can be numbered.
    """

    keys: Tensor

    def __init__(self, vocabulary_size: int, size: int, *, longest: int, rows: int) -> None:
        super().__init__()
        if vocabulary_size**longest > _LARGEST:
            raise ConfigError(
                f"embedding.ngrams={longest}: the vocabulary has {vocabulary_size:,} tokens, and "
                f"{int(_LARGEST ** (1 / longest)):,} at most are expected. Make tokenizer.max_size smaller."
            )
        self.vocabulary_size = vocabulary_size
        self.longest = longest
        keys = torch.full((rows + 1,), _LARGEST)
        keys[0] = PADDING
        self.register_buffer("keys", keys)
        self.vectors = nn.Embedding(rows + 1, size, padding_idx=PADDING)
        nn.init.zeros_(self.vectors.weight)

    def forward(self, tokens: Tensor) -> Tensor:
        """(B, T) int64 -> (B, T, E)."""
        embedded: Tensor = self.vectors(self.rows(ngram_keys(tokens, 2, self.vocabulary_size)))
        for n in range(3, self.longest + 1):
            embedded = embedded + self.vectors(self.rows(ngram_keys(tokens, n, self.vocabulary_size)))
        return embedded

    def rows(self, keys: Tensor) -> Tensor:
        """The rows of keys, of any shape; 0 for those that the list lacks."""
        rows = torch.searchsorted(self.keys, keys, right=True) - 1
        return rows * (self.keys[rows] == keys)

    @property
    def ids(self) -> Tensor:
        """(rows, n) int64, the tokens of each n-gram of the list, padding before shorter ones."""
        return ids_of(self.keys[1:], self.longest, self.vocabulary_size)

    def know(self, ids: Tensor) -> None:
        """Makes the list.

        Args:
            ids: (rows, n) int64 as in `ids`, each n-gram once, in any order.
        """
        self.keys[1:] = keys_of(ids, self.vocabulary_size).sort().values


def ngram_keys(tokens: Tensor, n: int, vocabulary_size: int) -> Tensor:
    """(B, T) int64 -> (B, T) int64, the key of the n-gram that ends at each step; 0 where it is not whole."""
    ids = functional.pad(tokens, (n, 0), value=PADDING).unfold(1, n, 1)[:, 1:]
    return keys_of(ids, vocabulary_size) * (ids != PADDING).all(2)


def keys_of(ids: Tensor, vocabulary_size: int) -> Tensor:
    """What tells n-grams from each other, whatever their length: the tokens as digits of a number to base V.

    (..., n) int64, padding before shorter n-grams -> (...) int64.
    """
    keys = ids[..., 0]
    for digit in ids.unbind(-1)[1:]:
        keys = keys * vocabulary_size + digit
    return keys


def ids_of(keys: Tensor, longest: int, vocabulary_size: int) -> Tensor:
    """The n-grams of keys: (rows,) -> (rows, longest), padding before shorter ones."""
    return torch.stack([keys // vocabulary_size**place % vocabulary_size for place in reversed(range(longest))], dim=1)
