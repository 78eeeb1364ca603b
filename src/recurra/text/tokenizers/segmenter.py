"""Chinese words: where they begin and end in a text without spaces."""

import re
import unicodedata
from collections.abc import Sequence
from typing import Any, final

from recurra.errors import ConfigError

APOSTROPHES = r"[A-Za-z]+(?:['’][A-Za-z]+)+"
"""English words that jieba would divide, such as don't."""


@final
class Segmenter:
    """Divides a text into words with jieba (dictionary and hidden Markov model), in its Rust edition.

    Args:
        words: the user's words, which are kept whole. They enter jieba's dictionary with just the frequency that lets
            each win over its parts; those with characters at which jieba always divides are matched as they stand.
        nfkc: whether texts and words are first brought to Unicode's form NFKC, so that full-width letters form words.

    Raises:
        ConfigError: rjieba is not installed.
    """

    def __init__(self, words: Sequence[str], nfkc: bool) -> None:
        try:
            import rjieba
        except ImportError:
            raise ConfigError(
                "Chinese words need the package rjieba, which is not installed. "
                'Run `pip install "recurra[zh]"`, or take tokenizer=word, where each character is a word.'
            ) from None
        self._nfkc = nfkc
        self._words = list(dict.fromkeys(self._form(word) for word in words))
        self._jieba = rjieba.Jieba()
        for word in self._words:
            self._jieba.add_word(word, None, None)
        divided = [word for word in self._words if self._jieba.cut(word) != [word]]
        longest_first = sorted(divided, key=len, reverse=True)
        self._whole = re.compile(f"({'|'.join([*map(re.escape, longest_first), APOSTROPHES])})")

    def cut(self, text: str) -> list[str]:
        """The words and punctuation marks of a text, in order, without the white space between them."""
        pieces: list[str] = []
        for index, part in enumerate(self._whole.split(self._form(text))):
            pieces += [part] if index % 2 else self._jieba.cut(part)  # every second part is a match
        return [piece for piece in pieces if not piece.isspace()]

    def settings(self) -> dict[str, Any]:
        """The constructor's arguments, to be saved."""
        return {"words": self._words, "nfkc": self._nfkc}

    def __repr__(self) -> str:
        """By content, since caches of tokenized text know a recipe by what it prints."""
        return f"Segmenter(words={self._words!r}, nfkc={self._nfkc!r})"

    def _form(self, text: str) -> str:
        return unicodedata.normalize("NFKC", text) if self._nfkc else text
