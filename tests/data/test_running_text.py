"""Every token of running text is predicted once, and states are carried where they should be."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from recurra.data.batching import Batching
from recurra.data.running_text import RunningText
from recurra.data.streams import StreamBatches, StreamDataset
from recurra.data.token_store import TokenStore
from recurra.data.truncation import truncation
from recurra.data.whole_texts import WholeTexts

TEXTS = st.lists(st.lists(st.integers(1, 9), max_size=40), min_size=1, max_size=12)


def running(texts):
    offsets = np.cumsum([0, *(len(ids) for ids in texts)])
    store = TokenStore(np.array([*(i for ids in texts for i in ids), 0], dtype=np.int32), offsets)
    return RunningText(store, torch.tensor([3 * len(ids) for ids in texts]))


def batching(batch_size=4, max_length=64, **options):
    return Batching(truncation("head", max_length, 1), batch_size, **options)


def read(dataset, epoch=0):
    """Every prediction of an epoch in the order of its place: (what was read, what was to be predicted)."""
    pairs = []
    for index in dataset.batches.plan(epoch):
        batch = dataset[index]
        real = torch.arange(batch.inputs.size(1)) < batch.lengths[:, None]
        assert not batch.inputs[~real].any()
        pairs += zip(batch.inputs[real].tolist(), batch.targets.tolist(), strict=True)
    return pairs


def expected(texts):
    return [pair for ids in texts for pair in zip([0, *ids], [*ids, 0], strict=True)]


def test_a_boundary_stands_before_between_and_after_texts():
    text = running([[5, 6], [], [7]])
    assert text.ids.tolist() == [0, 5, 6, 0, 0, 7, 0]
    assert text.begins.tolist() == [0, 3, 4]
    assert text.spans.tolist() == [3, 1, 2]
    assert len(text) == 6


def test_streams_by_hand():
    text = running([[1, 2, 3, 4, 5, 6, 7]])  # 0 1 2 3 4 5 6 7 0: eight predictions, four in each stream
    dataset = StreamDataset(text, StreamBatches(text, batching(2), window=3, carry="always", training=False))
    first, second = (dataset[windows] for windows in dataset.batches)
    assert first.inputs.tolist() == [[0, 1, 2], [4, 5, 6]]
    assert first.targets.tolist() == [1, 2, 3, 5, 6, 7]
    assert first.continues.tolist() == [False, False]
    assert second.inputs.tolist() == [[3], [7]]
    assert second.targets.tolist() == [4, 0]
    assert second.continues.tolist() == [True, True]
    assert float(first.characters.sum() + second.characters.sum()) == pytest.approx(21)


@settings(deadline=None, max_examples=200)
@given(TEXTS, st.integers(1, 9), st.integers(1, 20), st.integers(1, 3), st.integers(0, 3), st.booleans(), st.data())
def test_streams_predict_every_token_once(texts, streams, window, ranks, epoch, training, data):
    carry = data.draw(st.sampled_from(["always", "document", "never"]))
    text = running(texts)
    plans, pairs = [], []
    for rank in range(ranks):
        part = batching(streams, seed=7, rank=rank, world_size=ranks)
        batches = StreamBatches(text, part, window=window, carry=carry, training=training)
        plans.append(batches.plan(epoch))
        pairs += read(StreamDataset(text, batches), epoch)
    assert sorted(pairs) == sorted(expected(texts))
    assert len({len(plan) for plan in plans}) == 1
    begins = set(text.begins.tolist())
    for plan in plans:
        before = None
        for windows in plan:
            assert len(windows.starts) <= streams
            assert (windows.lengths <= window).all()
            for n in range(len(windows.starts)):
                start, length, continues = (int(part[n]) for part in windows)
                if continues:
                    assert carry != "never"
                    assert start == int(before.starts[n] + before.lengths[n])
                elif carry == "document" and length:
                    assert start in begins
            before = windows


@settings(deadline=None, max_examples=100)
@given(TEXTS, st.integers(1, 9), st.integers(1, 20), st.booleans())
def test_whole_texts_predict_every_token_once_from_the_beginning(texts, rows, longest, training):
    text = running(texts)
    dataset = WholeTexts(text, batching(rows, longest), training=training)
    assert sorted(read(dataset)) == sorted(expected(texts))
    begins = set(text.begins.tolist())
    for pieces in dataset.batches:
        batch = dataset[pieces]
        assert batch.continues is None
        assert batch.lengths.max() <= longest
    if longest > text.spans.max():
        assert {int(start) for start in dataset._starts} == begins


def test_epochs_begin_elsewhere_and_ranks_share_the_streams():
    text = running([list(range(1, 200))])

    def widths(epoch):
        batches = StreamBatches(text, batching(4, seed=1), window=16, carry="always", training=True)
        return [int(windows.lengths.max()) for windows in batches.plan(epoch)]

    assert widths(0) == widths(0)
    assert len({tuple(widths(epoch)) for epoch in range(5)}) > 1
    still = StreamBatches(text, batching(4, reshuffle=False), window=16, carry="always", training=True)
    assert still.plan(0)[0].lengths.tolist() == still.plan(9)[0].lengths.tolist() == [16] * 4


@settings(deadline=None, max_examples=200)
@given(TEXTS, st.integers(1, 9), st.integers(1, 20), st.sampled_from(["always", "document", "never"]))
def test_all_epochs_have_equally_many_batches(texts, streams, window, carry):
    batches = StreamBatches(running(texts), batching(streams, seed=3), window=window, carry=carry, training=True)
    # Lightning counts those of the first epoch alone.
    assert len({len(batches.plan(epoch)) for epoch in range(12)}) == 1


def test_documents_go_to_the_shortest_stream():
    text = running([[1] * 9, [2], [3], [4]])
    plan = StreamBatches(text, batching(2), window=20, carry="document", training=False).plan(0)
    assert [windows.lengths.tolist() for windows in plan] == [[10, 2], [2, 2]]
