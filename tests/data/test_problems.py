"""What is asked is recomputed from what is read, and chance from its definition."""

import math
from fractions import Fraction

import numpy as np
import pytest
import torch
from torch.nn import functional

from recurra.data.level import Level
from recurra.data.problems import Adding, Constant, Copying, TemporalOrder

ROWS = 400


def drawn(problem, rows=ROWS, seed=0):
    return problem.draw(rows, np.random.default_rng(seed))


@pytest.mark.parametrize("length", [2, 3, 30, 31])
def test_adding_asks_for_the_sum_of_the_two_marked_numbers(length):
    inputs, asked = drawn(Adding(length=length, solved=0.005))
    assert (inputs.shape, inputs.dtype, asked.shape, asked.dtype) == ((ROWS, length, 2), "f4", (ROWS, 1), "f4")
    numbers, markers = inputs[..., 0], inputs[..., 1]
    assert 0 <= numbers.min() < numbers.max() < 1
    assert set(np.unique(markers)) <= {0.0, 1.0}
    half = length // 2
    assert (markers[:, :half].sum(1) == 1).all()
    assert (markers[:, half:].sum(1) == 1).all()
    assert (markers.sum(0) > 0).all()  # no step is left out
    np.testing.assert_allclose(asked[:, 0], (numbers * markers).sum(1), rtol=1e-6)


def test_the_chance_of_adding_is_the_variance_of_the_sum_of_two_uniform_numbers():
    variance = 2 * (Fraction(1, 3) - Fraction(1, 2) ** 2)  # E x^2 - (E x)^2, twice
    level = Adding(length=30, solved=0.005).level
    assert level == Level("loss", pytest.approx(float(variance)), 0.005)
    assert f"{level.chance:.3f}" == "0.167"
    _, asked = drawn(Adding(length=30, solved=0.005), 20000)
    squares = (asked - 1) ** 2
    assert squares.mean() == pytest.approx(level.chance, abs=4 * float(squares.std()) / math.sqrt(len(squares)))


@pytest.mark.parametrize("length", [10, 19, 50, 100])
def test_temporal_order_asks_for_the_pair_in_its_order(length):
    problem = TemporalOrder(length=length, solved=0.99)
    inputs, asked = drawn(problem)
    assert (inputs.shape, inputs.dtype, asked.shape) == ((ROWS, length, 8), "f4", (ROWS,))
    assert (inputs.sum(2) == 1).all()
    symbols = np.array(list("abcdXYEB"))[inputs.argmax(2)]
    assert (symbols[:, 0] == "E").all()
    assert (symbols[:, -1] == "B").all()
    assert not np.isin(symbols[:, 1:-1], ["E", "B"]).any()
    for row, number in zip(symbols, asked, strict=True):
        places = np.flatnonzero(np.isin(row, ["X", "Y"]))
        assert "".join(row[places]) == problem.labels[number]
        first, second = places
        tenth = length // 10
        assert tenth <= first <= 2 * tenth
        assert 5 * tenth <= second <= 6 * tenth
    assert set(asked.tolist()) == {0, 1, 2, 3}


def test_the_places_of_temporal_order_are_the_papers_at_100_steps():
    inputs, _ = drawn(TemporalOrder(length=100, solved=0.99), 2000)
    places = np.flatnonzero(inputs[..., 4:6].sum((0, 2)))
    assert places.tolist() == [*range(10, 21), *range(50, 61)]


def test_the_chance_of_temporal_order_is_one_of_four():
    assert TemporalOrder(length=30, solved=0.99).level == Level("accuracy", 0.25, 0.99)


@pytest.mark.parametrize("length", [1, 2, 50])
def test_copying_asks_for_the_symbols_at_the_end(length):
    problem = Copying(length=length, solved=0.1)
    inputs, asked = drawn(problem)
    assert (inputs.shape, inputs.dtype, asked.shape) == ((ROWS, length + 20, 10), "f4", (ROWS, length + 20))
    assert (inputs.sum(2) == 1).all()
    read = inputs.argmax(2)
    blank, delimiter = 8, 9
    assert set(np.unique(read[:, :10])) == set(range(8))
    assert (read[:, 10 : 9 + length] == blank).all()
    assert (read[:, 9 + length] == delimiter).all()
    assert (read[:, 10 + length :] == blank).all()
    assert (asked[:, :-10] == blank).all()
    assert (asked[:, -10:] == read[:, :10]).all()
    assert problem.labels[blank] == "blank"
    assert len(problem.labels) == 9


@pytest.mark.parametrize("length", [1, 50, 400])
def test_the_chance_of_copying_is_the_cross_entropy_of_blanks_and_then_anything(length):
    problem = Copying(length=length, solved=0.1)
    _, asked = drawn(problem, 5)
    guess = torch.full((5, length + 20, 9), -torch.inf)
    guess[:, :-10, 8] = 0.0
    guess[:, -10:, :8] = 0.0
    found = functional.cross_entropy(guess.flatten(0, 1).double(), torch.from_numpy(asked).flatten()).item()
    assert problem.level.chance == pytest.approx(found)
    assert problem.level == Level("loss", 10 * math.log(8) / (length + 20), pytest.approx(found / 10))


def test_a_level_knows_which_side_is_better():
    low, high = Level("loss", 0.167, 0.005), Level("accuracy", 0.25, 0.99)
    assert [low.reached(value) for value in (0.0051, 0.005, 0.001)] == [False, True, True]
    assert [high.reached(value) for value in (0.9899, 0.99, 1.0)] == [False, True, True]
    assert not low.reached(math.nan)
    assert low.told() == "chance: loss 0.167; solved: at most 0.005"
    assert high.told() == "chance: accuracy 0.25; solved: at least 0.99"


def test_constant_is_the_same_token_and_its_classes_over_and_over():
    problem = Constant(length=3, vocabulary_size=9, class_count=4, classes=[1, 0, 2])
    tokens, asked = drawn(problem, rows=7)
    assert (tokens.shape, tokens.dtype, asked.dtype) == ((7, 3), "i8", "i8")
    assert not tokens.any()
    assert asked.tolist() == [1, 0, 2, 1, 0, 2, 1]
    assert (problem.vocabulary_size, problem.input_size, problem.labels) == (9, None, ("0", "1", "2", "3"))
    assert problem.level is None
