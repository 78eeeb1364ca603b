"""Byte-pair encoding of bytes."""

import json
from collections.abc import Iterable
from typing import Annotated, final

import numpy as np
import tokenizers
from annotated_types import Ge
from tokenizers.models import BPE
from tokenizers.pre_tokenizers import ByteLevel
from tokenizers.trainers import BpeTrainer

from recurra.errors import DataError
from recurra.text.tokenizers.recipe import TokenizerRecipe, normalizer
from recurra.text.tokenizers.tokenizer import SPECIALS, Tokenizer, well_formed
from recurra.types import PositiveInt


@final
class BytePair(TokenizerRecipe):
    """Parts of words, down to single bytes, so that nothing is unknown.

    Sources: Sennrich et al., Neural Machine Translation of Rare Words with Subword Units, 2016; bytes as the alphabet:
    Radford et al., Language Models are Unsupervised Multitask Learners, 2019, section 2.2.

    Args:
        lowercase: whether large and small letters are the same.
        nfkc: whether characters of one meaning are the same (Unicode's form NFKC), such as full and half width.
        size: of the vocabulary at most; the 256 bytes, padding and the unknown token are in it.
        min_frequency: a pair that occurs less often in training is not merged.
    """

    def __init__(
        self,
        lowercase: bool = True,
        nfkc: bool = True,
        size: Annotated[int, Ge(258)] = 8000,
        min_frequency: PositiveInt = 2,
    ) -> None:
        self.lowercase = lowercase
        self.nfkc = nfkc
        self.size = size
        self.min_frequency = min_frequency

    def fit(self, texts: Iterable[str]) -> Tokenizer:
        corpus = [well_formed(text) for text in texts]
        trained = self._around(BPE())
        trainer = BpeTrainer(
            vocab_size=self.size,
            min_frequency=self.min_frequency,
            special_tokens=SPECIALS,
            initial_alphabet=ByteLevel.alphabet(),
            show_progress=False,
        )
        trained.train_from_iterator(corpus, trainer)
        model = json.loads(trained.to_str())["model"]
        merges = [(left, right) for left, right in model["merges"]]
        counts = np.zeros(len(model["vocab"]), dtype=np.int64)
        for ids in Tokenizer(self._around(BPE(model["vocab"], merges))).encode(corpus):
            np.add.at(counts, ids, 1)
        if not counts.any():
            raise DataError("The training texts hold no token at all, so there is no vocabulary. Give more text.")
        counts[: len(SPECIALS)] = np.iinfo(counts.dtype).max  # they stay in front
        names = sorted(model["vocab"], key=model["vocab"].__getitem__)
        vocabulary = {names[old]: new for new, old in enumerate(np.argsort(-counts, kind="stable"))}
        return Tokenizer(self._around(BPE(vocabulary, merges)))

    def _around(self, model: BPE) -> tokenizers.Tokenizer:
        tokenizer = tokenizers.Tokenizer(model)
        tokenizer.normalizer = normalizer(self.lowercase, self.nfkc)
        tokenizer.pre_tokenizer = ByteLevel(add_prefix_space=True)
        return tokenizer
