"""Each token of a text is a target twice: from the one before it, and from the one after."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from recurra.data.batching import Batching
from recurra.data.token_store import TokenStore
from recurra.data.truncation import truncation
from recurra.data.two_way_texts import TwoWayTexts

TEXTS = st.lists(st.lists(st.integers(1, 9), max_size=12), min_size=1, max_size=12)


def two_way(texts, training=False, max_length=64, batch_size=4, **options):
    offsets = np.cumsum([0, *(len(ids) for ids in texts)])
    store = TokenStore(np.array([*(i for ids in texts for i in ids), 0], dtype=np.int32), offsets)
    return TwoWayTexts(store, Batching(truncation("crop", max_length, 2), batch_size, **options), training=training)


def read(dataset, epoch=0):
    """(row, token, the one after it, the one before it) of every step of an epoch."""
    steps = []
    for pieces in dataset.batches.plan(epoch):
        batch = dataset[pieces]
        asked = iter(batch.targets.view(-1, 2).tolist())
        for row, ids, length in zip(batch.rows.tolist(), batch.inputs.tolist(), batch.lengths.tolist(), strict=True):
            steps += [(row, token, *next(asked)) for token in ids[:length]]
            assert not any(ids[length:])
        assert next(asked, None) is None
    return steps


def expected(texts):
    return [
        (row, *step) for row, ids in enumerate(texts) for step in zip(ids, [*ids, 0][1:], [0, *ids][:-1], strict=True)
    ]


def test_five_words_by_hand():
    dataset = two_way([[4, 2, 7, 2, 9]])
    (batch,) = (dataset[pieces] for pieces in dataset.batches)
    assert batch.inputs.tolist() == [[4, 2, 7, 2, 9, 0, 0, 0]]
    assert batch.targets.view(-1, 2).tolist() == [[2, 0], [7, 4], [2, 2], [9, 7], [0, 2]]


def test_neighbours_in_the_store_and_texts_of_nothing_are_beyond_the_boundary():
    assert sorted(read(two_way([[], [5, 6], [], [7], []]))) == [(1, 5, 6, 0), (1, 6, 0, 5), (3, 7, 0, 0)]


def test_of_texts_of_nothing_nothing_is_asked():
    dataset = two_way([[], []])
    (batch,) = (dataset[pieces] for pieces in dataset.batches)
    assert batch.lengths.tolist() == [0, 0]
    assert not batch.targets.numel()


def test_parts_of_a_long_text_know_what_it_goes_on_with():
    dataset = two_way([[1, 2, 3, 4, 5]], max_length=2, batch_size=1)
    parts = {
        tuple(b.inputs[0, : b.lengths[0]].tolist()): b.targets.tolist()
        for b in map(dataset.__getitem__, dataset.batches)
    }
    assert parts == {(1, 2): [2, 0, 3, 1], (3, 4): [4, 2, 5, 3], (5,): [0, 4]}


@settings(deadline=None, max_examples=100)
@given(TEXTS, st.integers(1, 9), st.integers(1, 5), st.integers(1, 3), st.integers(0, 3))
def test_every_token_is_asked_once_from_each_side_however_it_is_batched(texts, max_length, batch_size, ranks, epoch):
    for training in (False, True):
        if len(two_way(texts, max_length=max_length).batches.lengths) < ranks:
            continue  # each must have something to evaluate
        steps = []
        for rank in range(ranks):
            options = {"rank": rank, "world_size": ranks}
            steps += read(two_way(texts, training, max_length, batch_size, **options), epoch)
        if training and ranks > 1:  # a rank may repeat a row
            assert set(steps) == set(expected(texts))
        else:
            assert sorted(steps) == sorted(expected(texts))


def test_epochs_of_training_differ_and_reading_does_not():
    texts = [[number] * 3 for number in range(1, 30)]
    first, second = (read(two_way(texts, training=True), epoch) for epoch in (0, 1))
    assert first != second
    assert sorted(first) == sorted(second)
    assert read(two_way(texts), 0) == read(two_way(texts), 1)
    assert read(two_way(texts, training=True), 0) == first
