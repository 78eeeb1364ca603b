"""What batches promise, whatever the lengths, the options and the number of ranks."""

from collections import Counter

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recurra.data.sampler import BucketedBatches
from recurra.data.token_store import TokenStore
from recurra.data.truncation import truncation
from recurra.errors import ConfigError

LENGTHS = st.lists(st.integers(0, 300), max_size=150).map(lambda lengths: np.array(lengths, dtype=np.int64))
KINDS = st.sampled_from(["head", "ends", "crop"])
BUDGETS = st.one_of(st.none(), st.integers(1, 2000))


@st.composite
def plans(draw, training):
    """The batches of each rank of one epoch, the lengths that they were cut from, and their sampler."""
    lengths, epoch = draw(LENGTHS), draw(st.integers(0, 3))
    world_size = draw(st.integers(1, 4 if training else max(min(len(lengths), 4), 1)))
    parts = truncation(draw(KINDS), draw(st.integers(1, 128)), draw(st.integers(1, 5)))
    options = {"batch_size": draw(st.integers(1, 40)), "token_budget": draw(BUDGETS), "seed": draw(st.integers(0, 9))}
    ranks = [
        BucketedBatches(lengths, parts, training=training, rank=rank, world_size=world_size, **options)
        for rank in range(world_size)
    ]
    return [sampler.plan(epoch) for sampler in ranks], lengths, ranks[0]


@settings(deadline=None, max_examples=200)
@given(plans(training=True))
def test_training_sees_every_row_and_ranks_walk_in_step(drawn):
    ranks, lengths, sampler = drawn
    counts = Counter(row for plan in ranks for batch in plan for row in batch.rows.tolist())
    assert set(counts) == set(range(len(lengths)))
    assert counts.total() == len(lengths) + sampler.repeated_rows
    assert len({len(plan) for plan in ranks}) == 1  # one that had more batches would wait for ever
    assert all(len(batch.rows) for plan in ranks for batch in plan)


@settings(deadline=None, max_examples=200)
@given(plans(training=False))
def test_evaluation_counts_every_row_once_over_all_ranks(drawn):
    ranks, lengths, _ = drawn
    homes = Counter(row for plan in ranks for batch in plan for row in set(batch.rows.tolist()))
    assert homes == Counter(range(len(lengths)))  # and all windows of a text are in one batch


@settings(deadline=None, max_examples=200)
@given(st.booleans().flatmap(lambda training: plans(training=training)))
def test_no_batch_is_larger_than_was_asked_for(drawn):
    ranks, _, sampler = drawn
    for batch in (batch for plan in ranks for batch in plan):
        alone = len(set(batch.rows.tolist())) == 1  # one text is never divided
        if sampler.token_budget is None:
            assert alone or len(batch.rows) <= sampler.batch_size
        else:
            assert alone or len(batch.rows) * sampler.padded(int(batch.lengths.max())) <= sampler.token_budget
        assert batch.lengths.max(initial=0) <= sampler.truncation.max_length


@settings(deadline=None, max_examples=200)
@given(plans(training=True), st.integers(0, 20))
def test_an_epoch_that_was_left_goes_on_with_the_batches_that_are_left(drawn, served):
    _, _, sampler = drawn
    sampler.restore({"epoch": 1, "served": served})
    left = [batch.rows.tolist() for batch in sampler]
    assert left == [batch.rows.tolist() for batch in sampler.plan(1)[served:]]
    assert [batch.rows.tolist() for batch in sampler] == [batch.rows.tolist() for batch in sampler.plan(1)]


@settings(deadline=None, max_examples=100)
@given(st.lists(st.lists(st.integers(1, 9), max_size=40), min_size=1, max_size=20), KINDS, st.integers(1, 50))
def test_what_is_gathered_is_what_was_stored(sequences, kind, max_length):
    offsets = np.cumsum([0, *(len(ids) for ids in sequences)])
    store = TokenStore(np.array([*(i for ids in sequences for i in ids), 0], dtype=np.int32), offsets)
    pieces = truncation(kind, max_length, 3).reading(store.lengths)
    gathered = store.gather(pieces, int(pieces.lengths.max())).tolist()
    for row, length, ids in zip(pieces.rows.tolist(), pieces.lengths.tolist(), gathered, strict=True):
        assert ids[length:] == [0] * (len(ids) - length)
        if len(sequences[row]) <= max_length:
            assert ids[:length] == sequences[row]
        elif kind == "head":
            assert ids[:length] == sequences[row][:max_length]
        else:
            assert length <= max_length


def test_fewer_rows_than_ranks_are_refused():
    sampler = BucketedBatches(np.array([3, 4]), truncation("head", 8, 1), batch_size=2, rank=0, world_size=3)
    with pytest.raises(ConfigError, match="3 ranks cannot share the rows of a split that has 2"):
        len(sampler)
