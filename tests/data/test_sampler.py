import numpy as np
import pytest

from recurra.data.sampler import BucketedBatches
from recurra.data.truncation import truncation

LENGTHS = np.random.default_rng(3).integers(0, 90, size=1000)


def batches(lengths=LENGTHS, max_length=64, kind="head", **options):
    options = {"batch_size": 32, **options}
    return BucketedBatches(lengths, truncation(kind, max_length, 4), **options)


def rows(plan):
    return np.concatenate([batch.rows for batch in plan]).tolist()


def test_training_sees_every_row_once_an_epoch_in_full_batches():
    plan = batches(training=True).plan(0)
    assert sorted(rows(plan)) == list(range(1000))
    assert sorted(len(batch.rows) for batch in plan) == [8] + [32] * 31


def test_the_order_depends_on_seed_and_epoch_alone():
    first = rows(batches(training=True, seed=1).plan(2))
    assert first == rows(batches(training=True, seed=1).plan(2))
    assert first != rows(batches(training=True, seed=2).plan(2))
    assert first != rows(batches(training=True, seed=1).plan(3))


def test_without_reshuffling_all_epochs_are_the_first():
    sampler = batches(training=True, reshuffle=False)
    assert rows(sampler.plan(0)) == rows(sampler.plan(7))


def test_bucketing_leaves_little_padding():
    sampler = batches(training=True, max_length=90)
    padded = sum(len(b.rows) * sampler.padded(int(b.lengths.max())) for b in sampler.plan(0))
    shuffled = sum(32 * sampler.padded(int(part.max())) for part in np.split(LENGTHS[:992], 31))
    alone = sum(sampler.padded(int(length)) for length in LENGTHS)  # the least that the grid allows
    assert padded < 1.05 * alone
    assert shuffled > 1.7 * alone


def test_lengths_lie_on_the_grid():
    sampler = batches(grid=8)
    assert [sampler.padded(n) for n in (0, 1, 8, 9, 64)] == [8, 8, 8, 16, 64]


@pytest.mark.parametrize("kind", ["head", "crop"])
@pytest.mark.parametrize("training", [False, True])
def test_a_fixed_length_is_that_of_every_batch(training, kind):
    sampler = batches(training=training, kind=kind, max_length=37, fixed_length=True)
    assert {sampler.padded(int(batch.lengths.max())) for batch in sampler.plan(0)} == {37}
    assert sampler.padded(0) == 37
    assert set(rows(sampler.plan(0))) == set(range(1000))


def test_a_token_budget_counts_the_padding_of_a_fixed_length():
    plan = batches(np.array([1, 2, 3, 4]), max_length=64, token_budget=128, fixed_length=True).plan(0)
    assert [len(batch.rows) for batch in plan] == [2, 2]


def test_a_token_budget_holds_for_every_batch():
    sampler = batches(training=True, token_budget=512)
    plan = sampler.plan(0)
    assert sorted(rows(plan)) == list(range(1000))
    assert all(len(b.rows) * sampler.padded(int(b.lengths.max())) <= 512 for b in plan)
    assert np.mean([len(b.rows) * sampler.padded(int(b.lengths.max())) for b in plan]) > 400


def test_a_row_longer_than_the_budget_stands_alone():
    plan = batches(np.array([60, 3, 2]), token_budget=16).plan(0)
    assert [len(batch.rows) for batch in plan] == [1, 2]


@pytest.mark.parametrize("world_size", [2, 3, 7])
def test_ranks_train_on_equally_many_batches_and_together_on_every_row(world_size):
    parts = [batches(training=True, rank=rank, world_size=world_size).plan(4) for rank in range(world_size)]
    assert len({len(part) for part in parts}) == 1
    assert set().union(*(rows(part) for part in parts)) == set(range(1000))
    assert sum(len(rows(part)) for part in parts) == 1000
    whole = batches(training=True, batch_size=32 * world_size).plan(4)
    for number, batch in enumerate(whole):  # one process with the larger batch would see the same rows at a time
        assert sorted(row for part in parts for row in part[number].rows) == sorted(batch.rows)
        longest = [int(part[number].lengths.max()) for part in parts]
        assert max(longest) - min(longest) <= 8 or len(batch.rows) < 32 * world_size


def test_a_batch_with_fewer_rows_than_ranks_repeats_some():
    parts = [batches(np.full(5, 3), training=True, batch_size=1, rank=r, world_size=3).plan(0) for r in range(3)]
    assert [len(part) for part in parts] == [2, 2, 2]
    assert all(len(batch.rows) == 1 for part in parts for batch in part)
    assert set().union(*(rows(part) for part in parts)) == set(range(5))
    assert batches(np.full(5, 3), training=True, batch_size=1, world_size=3).repeated_rows == 1


@pytest.mark.parametrize("world_size", [2, 3])
def test_a_token_budget_holds_on_every_rank(world_size):
    for rank in range(world_size):
        sampler = batches(training=True, token_budget=512, rank=rank, world_size=world_size)
        assert all(len(b.rows) * sampler.padded(int(b.lengths.max())) <= 512 for b in sampler.plan(0))


@pytest.mark.parametrize("world_size", [1, 2, 3])
@pytest.mark.parametrize("kind", ["head", "crop"])
def test_evaluation_reads_every_row_exactly_once_over_all_ranks(world_size, kind):
    parts = [batches(kind=kind, max_length=20, rank=r, world_size=world_size).plan(0) for r in range(world_size)]
    seen = [row for part in parts for batch in part for row in np.unique(batch.rows)]
    assert sorted(seen) == list(range(1000))


def test_no_rank_is_left_without_a_batch_to_evaluate():
    parts = [batches(np.arange(5), rank=rank, world_size=3).plan(0) for rank in range(3)]
    assert [len(part) for part in parts] == [1, 1, 1]
    assert sorted(row for part in parts for row in rows(part)) == [0, 1, 2, 3, 4]


def test_windows_of_a_text_share_a_batch_and_count_towards_its_size():
    plan = batches(kind="crop", max_length=10).plan(0)
    assert max(len(batch.rows) for batch in plan) <= 32
    assert sum(len(batch.rows) for batch in plan) == np.minimum(np.maximum(-(-LENGTHS // 10), 1), 4).sum()


def test_a_restored_sampler_goes_on_where_it_was():
    whole = [batch.rows.tolist() for batch in batches(training=True).plan(5)]
    resumed = batches(training=True)
    resumed.restore({"epoch": 5, "served": 11})
    resumed.set_epoch(5)
    assert [batch.rows.tolist() for batch in resumed] == whole[11:]
    assert len(resumed) == len(whole)
    resumed.set_epoch(6)
    assert len(list(resumed)) == len(whole)
