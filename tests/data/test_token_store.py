import numpy as np
import pytest
import torch

from recurra.data.token_store import TokenStore
from recurra.data.truncation import truncation
from recurra.text.tokenizers import Word

TEXTS = ["b a b", "", "a", "c a b d"]


@pytest.fixture
def tokenizer():
    return Word(min_frequency=1).fit(["a a a a", "b b b", "c"])  # <pad> 0, <unk> 1, a 2, b 3, c 4


@pytest.fixture
def store(tokenizer):
    return TokenStore.of_texts(tokenizer, TEXTS)


def test_ids_lie_flat_with_one_padding_token_at_the_end(store):
    assert store.ids.tolist() == [3, 2, 3, 2, 4, 2, 3, 1, 0]
    assert store.offsets.tolist() == [0, 3, 3, 4, 8]
    assert store.lengths.tolist() == [3, 0, 1, 4]


def test_a_batch_is_right_padded(store):
    pieces = truncation("head", 9, 1).reading(store.lengths)
    assert store.gather(pieces, 5).tolist() == [[3, 2, 3, 0, 0], [0] * 5, [2, 0, 0, 0, 0], [4, 2, 3, 1, 0]]
    assert store.gather(pieces, 5).dtype == torch.int64


def test_pieces_are_read_from_where_they_start(store):
    tail = truncation("tail", 2, 1).reading(store.lengths)
    assert store.gather(tail, 2).tolist() == [[2, 3], [0, 0], [2, 0], [3, 1]]
    ends = truncation("ends", 2, 1).reading(store.lengths)
    assert store.gather(ends, 2).tolist() == [[3, 3], [0, 0], [2, 0], [4, 1]]


def test_the_unknown_share_is_told_by_row(store):
    assert store.unknown_share(1).tolist() == [0, 0, 0, 0.25]


def test_a_saved_store_is_mapped_back(store, tmp_path):
    store.save(tmp_path, "train")
    opened = TokenStore.open(tmp_path, "train")
    assert isinstance(opened.ids, np.memmap)
    assert opened.ids.tolist() == store.ids.tolist()
    assert opened.offsets.tolist() == store.offsets.tolist()


def test_texts_without_a_token_make_a_store(tokenizer):
    store = TokenStore.of_texts(tokenizer, ["", " "])
    pieces = truncation("crop", 4, 2).reading(store.lengths)
    assert store.gather(pieces, 8).tolist() == [[0] * 8, [0] * 8]
