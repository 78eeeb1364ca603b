"""The warmed-up moving average of the weights."""

import pytest
from conftest import TINY

import recurra
from recurra.callbacks.moving_average import decay_of


@pytest.mark.parametrize(("update", "decay"), [(0, 0.1), (8, 0.5), (90, 0.91), (10_000, 0.99)])
def test_the_decay_grows_to_the_one_asked_for(update, decay):
    assert decay_of(update, highest=0.99) == pytest.approx(decay)


def test_a_small_training_learns_with_the_decay_that_is_given(topics):
    plain = recurra.train([*TINY, "optimizer.lr=0.01", "trainer.max_epochs=8"])
    averaged = recurra.train([*TINY, "optimizer.lr=0.01", "trainer.max_epochs=8", "callbacks=ema"])
    assert averaged.validation["f1_macro"] > 0.8
    assert averaged.validation["loss"] != plain.validation["loss"]
