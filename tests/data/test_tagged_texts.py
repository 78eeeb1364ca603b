import numpy as np
import torch

from recurra.data.batching import Batching
from recurra.data.tagged_texts import TaggedTexts
from recurra.data.token_store import TokenStore
from recurra.data.truncation import truncation

LENGTHS = [3, 0, 9, 1, 6]
OFFSETS = np.cumsum([0, *LENGTHS])
IDS = np.arange(1, OFFSETS[-1] + 1)
STORE = TokenStore(np.append(IDS, 0).astype(np.int32), OFFSETS)
TAGS = torch.from_numpy(100 + IDS)  # so that each tells whose it is


def texts(kind="crop", training=False, **options):
    return TaggedTexts(STORE, TAGS, Batching(truncation(kind, 4, 2), 2, **options), training=training)


def read(dataset, epoch=0):
    """row -> the tokens that were read of it; the tags stand beside them."""
    found = {}
    for pieces in dataset.batches.plan(epoch):
        batch = dataset[pieces]
        tokens = [ids[:length] for ids, length in zip(batch.inputs, batch.lengths.tolist(), strict=True)]
        assert torch.equal(batch.targets, 100 + torch.cat(tokens))
        found |= {row: ids.tolist() for row, ids in zip(batch.rows.tolist(), tokens, strict=True)}
    return found


def test_reading_reads_whole_texts_however_long():
    whole = {row: list(range(OFFSETS[row] + 1, OFFSETS[row + 1] + 1)) for row in range(len(LENGTHS))}
    for kind in ("head", "tail", "ends", "crop"):
        assert read(texts(kind)) == whole


def test_training_reads_pieces_with_their_tags():
    assert read(texts("head", training=True))[2] == [4, 5, 6, 7]
    assert read(texts("tail", training=True))[2] == [9, 10, 11, 12]
    assert read(texts("ends", training=True))[2] == [4, 5, 11, 12]
    crops = [read(texts(training=True), epoch)[2] for epoch in range(20)]
    assert all(crop == list(range(crop[0], crop[0] + 4)) for crop in crops)
    assert len({crop[0] for crop in crops}) == 6
    assert crops == [read(texts(training=True), epoch)[2] for epoch in range(20)]


def test_no_texts_but_empty_ones():
    empty = TokenStore(np.zeros(1, dtype=np.int32), np.zeros(3, dtype=np.int64))
    dataset = TaggedTexts(
        empty, torch.zeros(0, dtype=torch.int64), Batching(truncation("crop", 4, 2), 2), training=False
    )
    (batch,) = (dataset[pieces] for pieces in dataset.batches)
    assert (batch.lengths.tolist(), batch.targets.tolist()) == ([0, 0], [])
