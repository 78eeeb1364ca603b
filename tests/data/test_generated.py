"""Training never sees a sequence twice, validation and test always the same, and all of it is told by seeds alone."""

from functools import partial

import numpy as np
import pytest
import torch

from recurra.data.fixed import FixedBatches, FixedSequences
from recurra.data.fresh import FreshBatches, FreshSequences
from recurra.data.generated import GeneratedDataModule
from recurra.data.problems import Adding, Copying, TemporalOrder
from recurra.errors import ConfigError
from recurra.tasks import Classification, Multilabel, Regression, Steps

ADDING = partial(Adding, length=12, solved=0.005)


def data(problem=ADDING, **options):
    return GeneratedDataModule(problem, **{"batches_per_epoch": 4, "batch_size": 8, "validation_rows": 20, **options})


def contents(loader, epoch=0):
    loader.batches.set_epoch(epoch)
    return [(batch.inputs, batch.targets) for batch in loader]


def same(one, other):
    return len(one) == len(other) and all(
        torch.equal(part, like)
        for pair, others in zip(one, other, strict=True)
        for part, like in zip(pair, others, strict=True)
    )


def rows_of(batches):
    return {tuple(row.flatten().tolist()) for inputs, _ in batches for row in inputs}


def test_batches_are_what_the_model_is_given():
    for problem, shape, targets in (
        (ADDING, (8, 12, 2), (8, 1)),
        (partial(TemporalOrder, length=12, solved=0.99), (8, 12, 8), (8,)),
        (partial(Copying, length=4, solved=0.1), (8, 24, 10), (8 * 24,)),
    ):
        made = data(problem)
        batch = next(iter(made.train_dataloader()))
        assert (batch.inputs.shape, batch.inputs.dtype) == (shape, torch.float32)
        assert batch.targets.shape == targets
        assert batch.lengths.tolist() == [shape[1]] * 8
        assert made.input_size == shape[2]


def test_every_batch_is_new_and_the_same_seeds_give_the_same():
    epochs = [contents(data(seed=3).train_dataloader(), epoch) for epoch in range(3)]
    assert same(epochs[1], contents(data(seed=3).train_dataloader(), 1))
    assert len(set.union(*map(rows_of, epochs))) == 3 * 4 * 8
    assert not rows_of(contents(data(seed=4).train_dataloader())) & rows_of(epochs[0])


def test_the_same_batches_every_epoch_where_that_is_asked_for():
    made = data(reshuffle=False)
    assert same(contents(made.train_dataloader(), 0), contents(made.train_dataloader(), 5))


def test_an_epoch_goes_on_where_it_stood():
    whole = contents(data().train_dataloader(), 2)
    loader = data().train_dataloader()
    loader.batches.set_epoch(2)
    served = iter(loader)
    next(served)
    state = loader.state_dict()
    resumed = data()
    resumed.load_state_dict(state)
    loader = resumed.train_dataloader()
    assert same(contents(loader, 2), whole[1:])
    assert same(contents(loader, 3), contents(data().train_dataloader(), 3))


def test_the_fixed_splits_depend_on_their_own_seed_alone():
    made = data()
    validation, test = contents(made.val_dataloader()), contents(made.test_dataloader())
    other = data(seed=9, batches_per_epoch=7)
    assert same(validation, contents(other.val_dataloader()))
    assert same(test, contents(other.test_dataloader()))
    assert not rows_of(validation) & rows_of(test)
    assert not rows_of(validation) & rows_of(contents(made.train_dataloader()))
    assert not rows_of(validation) & rows_of(contents(data(split_seed=1).val_dataloader()))
    in_others = data(batch_size=3)
    for one, like in zip(
        zip(*validation, strict=True), zip(*contents(in_others.val_dataloader()), strict=True), strict=True
    ):
        assert torch.equal(torch.cat(one), torch.cat(like))


def test_a_fingerprint_is_that_of_the_fixed_splits():
    assert data().fingerprint() == data(seed=5, batch_size=2).fingerprint()
    assert len({data(**options).fingerprint() for options in ({}, {"split_seed": 1}, {"test_rows": 9})}) == 3


@pytest.mark.parametrize("ranks", [2, 3])
def test_ranks_share_the_fixed_rows_and_have_fresh_ones_of_their_own(ranks):
    inputs, asked = ADDING().draw(20, np.random.default_rng(0))
    shared = []
    trained = []
    for rank in range(ranks):
        fixed = FixedSequences(inputs, asked, FixedBatches(20, 6, rank=rank, world_size=ranks))
        shared += [row for index in fixed.batches for row in fixed[index].rows.tolist()]
        fresh = FreshSequences(ADDING(), 8, 0, FreshBatches(4, rank=rank, world_size=ranks))
        trained += [(fresh[index].inputs, None) for index in fresh.batches]
    assert sorted(shared) == list(range(20))
    assert len(rows_of(trained)) == ranks * 4 * 8


def test_more_ranks_than_rows_are_refused_with_the_cure():
    with pytest.raises(ConfigError, match=r"3 ranks cannot share the 2 rows.*data\.validation_rows"):
        FixedBatches(2, 6, rank=0, world_size=3)


@pytest.mark.parametrize(
    ("problem", "suits", "others"),
    [
        (ADDING, Regression([], 3), [Classification(["a", "b"], 3), Steps(["a", "b"], 3)]),
        (
            partial(TemporalOrder, length=12, solved=0.99),
            Classification(["a", "b"], 3),
            [Regression([], 3), Steps(["a", "b"], 3), Multilabel(["a", "b"], 3)],
        ),
        (partial(Copying, length=4, solved=0.1), Steps(["a", "b"], 3), [Classification(["a", "b"], 3)]),
    ],
)
def test_other_tasks_are_refused_with_the_one_that_suits(problem, suits, others):
    made = data(problem)
    made.suit(suits)
    for task in others:
        with pytest.raises(ConfigError, match=f"Use task={type(suits).__name__.lower()}"):
            made.suit(task)


def test_what_can_be_predicted():
    assert data().classes("none") == ([], [])
    assert data(partial(TemporalOrder, length=12, solved=0.99)).classes("labels") == (["XX", "XY", "YX", "YY"], [1] * 4)
    for problem, kind in ((ADDING, "labels"), (ADDING, "tokens"), (partial(Copying, length=4, solved=0.1), "none")):
        with pytest.raises(ConfigError, match="Use task="):
            data(problem).classes(kind)


def test_it_says_what_there_is():
    assert list(data().report(cut=True)) == [
        "data: adding, sequences of 12 steps, 2 numbers each",
        "  train: 4 batches of 8 sequences an epoch, made up on the way",
        "  validation: 20 sequences, always the same",
        "  test: 1000 sequences, always the same",
        "chance: loss 0.1667; solved: at most 0.005",
    ]
