"""Ids of what stands between spaces, looked up instead of found again."""

from collections.abc import Sequence
from itertools import chain
from threading import Lock

import numpy as np
import numpy.typing as npt
import tokenizers
from tokenizers import Regex
from tokenizers.pre_tokenizers import PreTokenizer, Split

CJK = r"\p{Han}\p{Hiragana}\p{Katakana}ーｰ"
LETTERS = rf"[\p{{L}}\p{{M}}\p{{N}}_&&[^{CJK}]]+"
PIECES = rf"[{CJK}]|{LETTERS}(?:['’]{LETTERS})*|\S"
"""In Oniguruma's grammar: a Chinese or Japanese character, or a word with apostrophes inside, or any other mark."""

_REMEMBERED = 2**18  # pieces; then all are forgotten
_CHARACTERS = 2**24  # of all pieces together; likewise, since texts without spaces are pieces, too


def words() -> PreTokenizer:
    """What divides a text into words, never one across a space."""
    return Split(Regex(PIECES), "removed", invert=True)


def divides_at_spaces(fitted: tokenizers.Tokenizer) -> bool:
    """Whether it is made of `words`."""
    divides = fitted.pre_tokenizer
    return divides is not None and divides.__getstate__() == words().__getstate__()


class _Numbers(dict[str, int]):
    """Numbers what is asked for in the order in which it is first asked for."""

    def __init__(self) -> None:
        super().__init__()
        self.new: list[str] = []

    def __missing__(self, piece: str) -> int:
        self.new.append(piece)
        number = self[piece] = len(self)
        return number


class Spaced:
    """Gives a tokenizer only those pieces between two spaces that it has not seen yet.

    A few thousand words make up most of what people write, and finding a word's id again costs ten times as much as
    looking it up. Right for a tokenizer that never looks across a space: what it makes of a text is then what it makes
    of the pieces, one after another. Threads may share it.
    """

    def __init__(self, fitted: tokenizers.Tokenizer) -> None:
        self._fitted = fitted
        self._lock = Lock()
        self._forget()

    def _forget(self) -> None:
        self._numbers = _Numbers()
        self._ids = np.zeros(0, dtype=np.int32)
        self._lengths = self._starts = np.zeros(0, dtype=np.int64)
        self._characters = 0

    def encode(self, texts: Sequence[str]) -> list[npt.NDArray[np.int32]]:
        """The ids of each text, (T,) int32."""
        if not texts:
            return []
        divided = [text.split(" ") for text in texts]
        counts = np.array([len(pieces) for pieces in divided])
        with self._lock:
            try:
                pieces = chain.from_iterable(divided)
                numbers = np.fromiter(map(self._numbers.__getitem__, pieces), np.int64, counts.sum())
                self._learn()
            except BaseException:  # Ctrl-C, for one: some are numbered, and their ids are not there
                self._forget()
                raise
            lengths, starts, ids = self._lengths[numbers], self._starts[numbers], self._ids
            if len(self._numbers) > _REMEMBERED or self._characters > _CHARACTERS:
                self._forget()
        ends = np.cumsum(lengths)
        index = np.arange(ends[-1]) + np.repeat(starts - ends + lengths, lengths)
        return np.split(ids[index], ends[np.cumsum(counts) - 1][:-1])

    def _learn(self) -> None:
        """Finds the ids of the pieces that were numbered anew."""
        new, self._numbers.new = self._numbers.new, []
        if not new:
            return
        found = [encoding.ids for encoding in self._fitted.encode_batch_fast(new, add_special_tokens=False)]
        flat = np.fromiter(chain.from_iterable(found), np.int32)
        self._ids = np.concatenate([self._ids, flat])
        self._lengths = np.concatenate([self._lengths, np.array([len(ids) for ids in found], dtype=np.int64)])
        self._starts = np.cumsum(self._lengths) - self._lengths
        self._characters += sum(map(len, new))
