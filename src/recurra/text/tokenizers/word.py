"""Words, numbers and punctuation marks."""

from collections.abc import Iterable
from typing import final

from recurra.text.tokenizers.recipe import TokenizerRecipe, normalizer
from recurra.text.tokenizers.spaced import words
from recurra.text.tokenizers.tokenizer import Tokenizer, well_formed
from recurra.text.tokenizers.word_level import fit_word_level
from recurra.types import PositiveInt


@final
class Word(TokenizerRecipe):
    """Words as they are written; each Han, Hiragana and Katakana character is a word, and so is each mark.

    Args:
        lowercase: whether large and small letters are the same.
        nfkc: whether characters of one meaning are the same (Unicode's form NFKC), such as full and half width.
        min_frequency: a word that occurs less often in training is unknown.
        max_size: of the vocabulary, padding and the unknown token included; the rarest words are left out.
    """

    def __init__(
        self,
        lowercase: bool = True,
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
        fitted = fit_word_level(map(well_formed, texts), form, words(), self.min_frequency, self.max_size)
        return Tokenizer(fitted)
