"""A fitted tokenizer: texts to ids and back to their names, saved as one string of JSON."""

import json
from collections.abc import Callable, Sequence
from functools import cached_property
from typing import ClassVar, final

import numpy as np
import numpy.typing as npt
import tokenizers

from recurra.errors import CheckpointError
from recurra.text.tokenizers.segmenter import Segmenter
from recurra.text.tokenizers.spaced import Spaced, divides_at_spaces
from recurra.text.tokenizers.writing import ByteWriter, CharacterWriter, WordWriter, Writer

PAD, UNKNOWN = "<pad>", "<unk>"
SPECIALS = [PAD, UNKNOWN]
FORMAT = "recurra.tokenizer"
CURE = "Train again, or take the checkpoint's file from where it was saved."
_WRITERS: dict[str | None, Callable[[], Writer]] = {"FixedLength": CharacterWriter, "ByteLevel": ByteWriter}
"""By what divides a text; words if nothing else."""
BATCH = 4096  # texts whose encodings, much larger than the ids in them, are in memory at the same time


@final
class Tokenizer:
    """Wraps a fitted Hugging Face tokenizer and, for languages written without spaces, the segmenter before it.

    Id 0 is padding and id 1 an unknown token; neither is ever the id of a piece of text that merely reads like their
    names. The other ids follow the frequency in training, the most frequent first. Two are equal if they behave alike.
    """

    pad_id: ClassVar[int] = 0
    unknown_id: ClassVar[int] = 1

    def __init__(self, fitted: tokenizers.Tokenizer, segmenter: Segmenter | None = None) -> None:
        self._fitted = fitted
        self._segmenter = segmenter
        self._spaced = Spaced(fitted) if segmenter is None and divides_at_spaces(fitted) else None

    def encode(self, texts: Sequence[str]) -> list[npt.NDArray[np.int32]]:
        """The ids of each text, (T,) int32 in [0, size); (0,) for one without tokens. No text is refused."""
        ids = []
        for start in range(0, len(texts), BATCH):
            batch = [well_formed(text) for text in texts[start : start + BATCH]]
            if self._spaced is not None:
                ids += self._spaced.encode(batch)
                continue
            pieces = batch if self._segmenter is None else [self._segmenter.cut(text) for text in batch]
            encodings = self._fitted.encode_batch_fast(
                pieces, is_pretokenized=self._segmenter is not None, add_special_tokens=False
            )
            ids += [np.array(encoding.ids, dtype=np.int32) for encoding in encodings]
        return ids

    def tokens(self, text: str) -> list[str]:
        """The names of the ids of a text, as they stand in the vocabulary."""
        return [self.vocabulary[i] for i in self.encode([text])[0]]

    def writer(self) -> Writer:
        """What puts the tokens of one text together again."""
        divides = None if self._fitted.pre_tokenizer is None else self._fitted.pre_tokenizer.__getstate__()
        kind = json.loads(divides)["type"] if divides is not None else None
        return _WRITERS.get(kind, WordWriter)()

    @cached_property
    def vocabulary(self) -> list[str]:
        """The name of each id."""
        ids = self._fitted.get_vocab()
        return sorted(ids, key=ids.__getitem__)

    @property
    def size(self) -> int:
        """How many ids there are, padding and the unknown token included."""
        return len(self.vocabulary)

    def to_json(self) -> str:
        """All that `from_json` needs; no file beside it."""
        parts = {
            "format": FORMAT,
            "segmenter": None if self._segmenter is None else self._segmenter.settings(),
            "tokenizer": json.loads(self._fitted.to_str()),
        }
        return json.dumps(parts, ensure_ascii=False)

    @classmethod
    def from_json(cls, text: str) -> "Tokenizer":
        """The tokenizer that `to_json` wrote.

        Raises:
            CheckpointError: it is no JSON, not of Recurra, or damaged.
            ConfigError: it needs a package that is not installed.
        """
        try:
            parts = json.loads(text)
        except ValueError as error:
            raise CheckpointError(f"The tokenizer is no JSON: {error}. {CURE}") from None
        if not isinstance(parts, dict) or parts.get("format") != FORMAT:
            kind = f"format {parts.get('format')!r}" if isinstance(parts, dict) else type(parts).__name__
            raise CheckpointError(f"The tokenizer is JSON, but not of Recurra: {kind}, not {FORMAT!r}. {CURE}")
        try:
            segmenter = None if parts["segmenter"] is None else Segmenter(**parts["segmenter"])
            ids = (fitted := _fitted(parts["tokenizer"])).get_vocab()
        except (KeyError, TypeError) as error:
            raise CheckpointError(f"The tokenizer is damaged: {error}. {CURE}") from None
        if sorted(ids.values()) != list(range(len(ids))) or [ids.get(name) for name in SPECIALS] != [0, 1]:
            raise CheckpointError(f"The tokenizer is damaged: its ids do not run from {PAD}=0, {UNKNOWN}=1. {CURE}")
        return cls(fitted, segmenter)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Tokenizer) and self.to_json() == other.to_json()

    def __hash__(self) -> int:
        return hash(self.to_json())

    def __reduce__(self) -> tuple[Callable[[str], "Tokenizer"], tuple[str]]:
        return Tokenizer.from_json, (self.to_json(),)


def well_formed(text: str) -> str:
    """The text with each half of a surrogate pair that stands alone replaced by U+FFFD, since UTF-8 has none."""
    return text if text.isascii() else text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _fitted(parts: object) -> tokenizers.Tokenizer:
    try:
        return tokenizers.Tokenizer.from_str(json.dumps(parts))
    except Exception as error:  # the library raises nothing more precise
        raise CheckpointError(f"The tokenizer is damaged: {error}. {CURE}") from None
