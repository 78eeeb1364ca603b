"""Words that are divided already, with spaces between them."""

from collections.abc import Iterable
from typing import final

from tokenizers import Regex, normalizers
from tokenizers.pre_tokenizers import CharDelimiterSplit

from recurra.text.spacing import WHITE_SPACE
from recurra.text.tokenizers.recipe import TokenizerRecipe, normalizer
from recurra.text.tokenizers.tokenizer import SPECIALS, Tokenizer, well_formed
from recurra.text.tokenizers.word_level import fit_word_level
from recurra.types import PositiveInt

_BORDER = "\n"


@final
class Whitespace(TokenizerRecipe):
    """What stands between white space is a word, whatever marks it contains: one id each, as `spacing.words` counts.

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
        form = normalizers.Sequence(
            [
                # NFKC makes spaces of wider ones and of some accents, but no line break: words are divided before it.
                normalizers.Replace(Regex(f"[{WHITE_SPACE}]+"), _BORDER),
                normalizer(self.lowercase, self.nfkc),
                # A word that reads like a special token is none; no other word has a plain space in it.
                *(normalizers.Replace(name, f"{name[0]} {name[1:]}") for name in SPECIALS),
            ]
        )
        divides = CharDelimiterSplit(_BORDER)
        return Tokenizer(fit_word_level(map(well_formed, texts), form, divides, self.min_frequency, self.max_size))
