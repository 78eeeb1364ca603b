"""All token ids of a split in one flat array, so that a batch is one gather."""

import os
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from recurra.data.truncation import Pieces
from recurra.text.tokenizers import Tokenizer

_CHUNK = 4096  # texts tokenized at a time: enough to use every core, little enough to bound memory


class TokenStore:
    """Token ids of many texts.

    Attributes:
        ids: (tokens + 1,) int32. One padding token (0) stands at its end: whatever is padded is read from there.
        offsets: (rows + 1,) int64, where each text begins.
    """

    def __init__(self, ids: NDArray[np.int32], offsets: NDArray[np.int64]) -> None:
        assert ids[-1] == 0
        assert offsets[-1] == len(ids) - 1
        self.ids = ids
        self.offsets = offsets

    @classmethod
    def of_texts(cls, tokenizer: Tokenizer, texts: Sequence[str]) -> "TokenStore":
        """Tokenizes `texts` into memory."""
        parts: list[NDArray[np.int32]] = []
        lengths = np.zeros(len(texts) + 1, dtype=np.int64)
        for begin in range(0, len(texts), _CHUNK):
            encoded = tokenizer.encode(texts[begin : begin + _CHUNK])
            lengths[begin + 1 : begin + 1 + len(encoded)] = [len(ids) for ids in encoded]
            parts.extend(encoded)
        parts.append(np.zeros(1, dtype=np.int32))
        return cls(np.concatenate(parts).astype(np.int32, copy=False), np.cumsum(lengths))

    @classmethod
    def open(cls, folder: Path, split: str) -> "TokenStore":
        """Maps a store that `save` wrote into memory; only what a batch touches is read."""
        ids = np.load(folder / f"{split}.ids.npy", mmap_mode="r")
        return cls(ids, np.load(folder / f"{split}.offsets.npy"))

    def save(self, folder: Path, split: str) -> None:
        """Writes `<split>.ids.npy` and `<split>.offsets.npy` and waits until the disk has them."""
        for name, array in (("ids", self.ids), ("offsets", self.offsets)):
            with open(folder / f"{split}.{name}.npy", "wb") as file:
                np.save(file, array)
                file.flush()
                os.fsync(file.fileno())

    @property
    def lengths(self) -> NDArray[np.int64]:
        """(rows,) tokens of each text."""
        return np.diff(self.offsets)

    def __len__(self) -> int:
        return len(self.offsets) - 1

    def unknown_share(self, unknown_id: int) -> NDArray[np.float64]:
        """(rows,) the share of each text's tokens that the vocabulary lacks; 0 for an empty text."""
        unknown = np.concatenate(([0], np.cumsum(self.ids[:-1] == unknown_id)))
        counts = unknown[self.offsets[1:]] - unknown[self.offsets[:-1]]
        share: NDArray[np.float64] = counts / np.maximum(self.lengths, 1)
        return share

    def gather(self, pieces: Pieces, width: int) -> torch.Tensor:
        """The pieces as one right-padded tensor (N, width) int64."""
        position = np.arange(width)
        index = (self.offsets[pieces.rows] + pieces.starts)[:, None] + position
        index += np.where(position >= pieces.gap_at, pieces.gaps[:, None], 0)
        index[position >= pieces.lengths[:, None]] = len(self.ids) - 1
        return torch.from_numpy(self.ids[index].astype(np.int64))
