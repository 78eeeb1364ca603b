"""The tokenizer that a checkpoint carries, for another model."""

from collections.abc import Iterable
from typing import final

from recurra.checkpoint import read
from recurra.errors import CheckpointError, ConfigError
from recurra.text.tokenizers import Tokenizer, TokenizerRecipe


@final
class CheckpointTokenizer(TokenizerRecipe):
    """Nothing is fitted: the vocabulary is that of another run, so that `init_from` brings a vector for every word.

    Few training texts hold few words, and what a language model has learnt of the others would be lost.

    Args:
        path: of the checkpoint.

    Raises:
        ConfigError: no path was given.
        CheckpointError: the file cannot be used.
    """

    def __init__(self, path: str | None = None) -> None:
        if path is None:
            raise ConfigError("tokenizer=checkpoint: which? Give init_from=CHECKPOINT, or tokenizer.path=CHECKPOINT.")
        self.json = read(path)["recurra"]["tokenizer"]
        if self.json is None:
            raise CheckpointError(f"tokenizer=checkpoint: {path} was trained on numbers, and has no tokenizer.")

    def fit(self, texts: Iterable[str]) -> Tokenizer:
        return Tokenizer.from_json(self.json)
