"""Fits a vocabulary of whole pieces: words or characters."""

from collections.abc import Iterable, Sequence

import tokenizers
from tokenizers.models import WordLevel
from tokenizers.normalizers import Normalizer
from tokenizers.pre_tokenizers import PreTokenizer
from tokenizers.trainers import WordLevelTrainer

from recurra.errors import DataError
from recurra.text.tokenizers.tokenizer import SPECIALS, UNKNOWN


def fit_word_level(
    texts: Iterable[str] | Iterable[Sequence[str]],
    normalizer: Normalizer,
    pre_tokenizer: PreTokenizer | None,
    min_frequency: int,
    max_size: int,
) -> tokenizers.Tokenizer:
    """The most frequent pieces get an id, ties broken by their characters; the other ones are unknown.

    Args:
        texts: texts, or the pieces of each if they are divided already.
        normalizer: what is done to each text or piece first.
        pre_tokenizer: what divides a text; None if it is divided already.
        min_frequency: a piece that occurs less often is unknown.
        max_size: of the vocabulary, padding and the unknown token included.

    Raises:
        DataError: no piece occurs often enough.
    """

    def empty(vocabulary: dict[str, int]) -> tokenizers.Tokenizer:
        tokenizer = tokenizers.Tokenizer(WordLevel(vocabulary, unk_token=UNKNOWN))
        tokenizer.normalizer = normalizer
        if pre_tokenizer is not None:
            tokenizer.pre_tokenizer = pre_tokenizer
        return tokenizer

    trainer = WordLevelTrainer(
        vocab_size=max_size, min_frequency=min_frequency, special_tokens=SPECIALS, show_progress=False
    )
    trained = empty({UNKNOWN: 0})
    trained.train_from_iterator(texts, trainer)
    if trained.get_vocab_size() == len(SPECIALS):
        raise DataError(
            f"No token of the training texts enters the vocabulary: min_frequency={min_frequency}, "
            f"max_size={max_size}. Give more text, or tokenizer.min_frequency=1, or a larger tokenizer.max_size."
        )
    return empty(trained.get_vocab())  # training has made the special tokens part of the language: "<pad>" would be 0
