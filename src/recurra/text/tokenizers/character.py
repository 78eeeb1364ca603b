"""Characters."""

from collections.abc import Iterable
from typing import final

from tokenizers.pre_tokenizers import FixedLength

from recurra.text.tokenizers.recipe import TokenizerRecipe, normalizer
from recurra.text.tokenizers.tokenizer import Tokenizer, well_formed
from recurra.text.tokenizers.word_level import fit_word_level
from recurra.types import PositiveInt


@final
class Character(TokenizerRecipe):
    """Each character is a token, white space and line breaks too, so that a text can be put together again.

    Args:
        lowercase: whether large and small letters are the same.
        nfkc: whether characters of one meaning are the same (Unicode's form NFKC), such as full and half width.
        min_frequency: a character that occurs less often in training is unknown.
        max_size: of the vocabulary, padding and the unknown token included; the rarest characters are left out.
    """

    def __init__(
        self,
        lowercase: bool = False,
        nfkc: bool = True,
        min_frequency: PositiveInt = 2,
        max_size: PositiveInt = 30000,
    ) -> None:
        self.lowercase = lowercase
        self.nfkc = nfkc
        self.min_frequency = min_frequency
        self.max_size = max_size

    def fit(self, texts: Iterable[str]) -> Tokenizer:
        form = normalizer(self.lowercase, self.nfkc)
        return Tokenizer(
            fit_word_level(map(well_formed, texts), form, FixedLength(1), self.min_frequency, self.max_size)
        )
