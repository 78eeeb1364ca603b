"""How a tokenizer is made from training texts."""

from abc import ABC, abstractmethod
from collections.abc import Iterable

from tokenizers import normalizers

from recurra.text.tokenizers.tokenizer import Tokenizer


class TokenizerRecipe(ABC):
    """What is chosen before any text is seen; fitting it to the training texts gives the tokenizer."""

    @abstractmethod
    def fit(self, texts: Iterable[str]) -> Tokenizer:
        """A tokenizer whose vocabulary is that of `texts`; the same texts give the same one.

        Raises:
            DataError: no token is left in the texts.
        """


def normalizer(lowercase: bool, nfkc: bool) -> normalizers.Normalizer:
    """Unicode's form NFKC, which makes one of the many ways to write a character, then small letters."""
    return normalizers.Sequence(
        [*([normalizers.NFKC()] if nfkc else []), *([normalizers.Lowercase()] if lowercase else [])]
    )
