"""Chinese words."""

import unicodedata
from collections.abc import Iterable
from typing import final

from recurra.errors import DataError
from recurra.text.readers.encodings import decoded_lines
from recurra.text.readers.opening import open_binary
from recurra.text.tokenizers.recipe import TokenizerRecipe, normalizer
from recurra.text.tokenizers.segmenter import Segmenter
from recurra.text.tokenizers.tokenizer import SPECIALS, Tokenizer, well_formed
from recurra.text.tokenizers.word_level import fit_word_level
from recurra.types import PositiveInt


@final
class ChineseWord(TokenizerRecipe):
    """Words of Chinese, found by segmentation; words of other languages between them stay what they are.

    Args:
        lowercase: whether large and small letters are the same (after segmentation).
        nfkc: whether characters of one meaning are the same (Unicode's form NFKC), such as full and half width.
        min_frequency: a word that occurs less often in training is unknown.
        max_size: of the vocabulary, padding and the unknown token included; the rarest words are left out.
        user_dictionary: a UTF-8 file of words to be kept whole, one a line. Lines of jieba's dictionaries, `word
            frequency tag`, will do: their first field is the word. The tokenizer carries the words; the file is not
            needed again.

    Raises:
        ConfigError: rjieba is not installed.
        DataError: the dictionary cannot be read, or holds the name of a special token.
    """

    def __init__(
        self,
        lowercase: bool = True,
        nfkc: bool = True,
        min_frequency: PositiveInt = 2,
        max_size: PositiveInt = 30000,
        user_dictionary: str | None = None,
    ) -> None:
        self.lowercase = lowercase
        self.nfkc = nfkc
        self.min_frequency = min_frequency
        self.max_size = max_size
        self._segmenter = Segmenter([] if user_dictionary is None else _words(user_dictionary), nfkc)

    def fit(self, texts: Iterable[str]) -> Tokenizer:
        pieces = (self._segmenter.cut(well_formed(text)) for text in texts)
        form = normalizer(self.lowercase, self.nfkc)
        return Tokenizer(fit_word_level(pieces, form, None, self.min_frequency, self.max_size), self._segmenter)


def _words(path: str) -> list[str]:
    words = []
    with open_binary(path) as stream:
        for number, line in enumerate(decoded_lines(stream, path, "utf-8"), start=1):
            if isinstance(line, DataError):
                raise line
            if not line.strip():
                continue
            word = line.split()[0]
            if unicodedata.normalize("NFKC", word).lower() in SPECIALS:
                raise DataError(f"{path}:{number}: {word!r} is the name of a special token. Remove this line.")
            words.append(word)
    return words
