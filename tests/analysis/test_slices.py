import math

import numpy as np
import pytest
from made_answers import answers

from recurra.analysis.slices import Slice, sliced, slices
from recurra.tasks import Classification, Tagging
from recurra.tasks.tally import mean


def bounds(found):
    return [(own.first, own.last, own.rows) for own in found]


def test_slices_have_equally_many_rows_and_a_value_stands_in_one():
    assert bounds(sliced(range(1, 11), mean([1.0] * 10))) == [(1, 2, 2), (3, 4, 2), (5, 6, 2), (7, 8, 2), (9, 10, 2)]
    often = [4] * 6 + [1, 2, 9, 8, 7, 3]
    assert bounds(sliced(often, mean([1.0] * 12))) == [(1, 3, 3), (4, 4, 6), (7, 7, 1), (8, 9, 2)]


def test_few_values_have_a_slice_each():
    found = sliced([3, 1, 1, 7], mean([1.0, 0.0, 1.0, 0.0]))
    assert bounds(found) == [(1, 1, 2), (3, 3, 1), (7, 7, 1)]
    assert [own.score for own in found] == [0.5, 1.0, 0.0]
    assert found[1] == Slice(3, 3, rows=1, score=1.0, low=1.0, high=1.0)


def test_a_value_that_is_set_apart_has_a_slice_and_the_others_their_share():
    half = [0.0] * 10 + [n / 100 for n in range(1, 11)]
    assert bounds(sliced(half, mean([1.0] * 20), apart=(0.0,))) == [(0, 0, 10), (0.01, 0.05, 5), (0.06, 0.1, 5)]
    few = [0.0] * 18 + [0.1, 0.5]
    assert bounds(sliced(few, mean([1.0] * 20), apart=(0.0,))) == [(0, 0, 18), (0.1, 0.5, 2)]
    assert bounds(sliced([0.0] * 3, mean([1.0] * 3), apart=(0.0,))) == [(0, 0, 3)]
    assert bounds(sliced([0.5] * 3, mean([1.0] * 3), apart=(0.0,))) == [(0.5, 0.5, 3)]


def test_the_interval_of_a_share_is_that_of_the_binomial_distribution():
    (found,) = sliced([5] * 400, mean([1.0] * 100 + [0.0] * 300))
    error = math.sqrt(0.25 * 0.75 / 400)
    assert found.score == 0.25
    assert found.low == pytest.approx(0.25 - 1.96 * error, abs=0.004)
    assert found.high == pytest.approx(0.25 + 1.96 * error, abs=0.004)


def test_slices_of_a_run_by_length_and_by_unknown_share():
    gold = ["a", "b", "a", "b", "a", "b"]
    run = answers(
        Classification,
        gold=gold,
        predicted=["a", "a", "a", "b", "a", "b"],
        length=[1, 1, 2, 2, 3, 3],
        unknown=[0.0, 0.5, 0.0, 0.0, 0.0, 0.0],
        probabilities=[{"a": 0.5, "b": 0.5}] * 6,
    )
    assert [own.score for own in slices(run, "f1_macro", "length")] == pytest.approx([(2 / 3 + 0) / 2, 1, 1])
    assert [(own.last, own.rows, own.score) for own in slices(run, "accuracy", "unknown")] == [(0, 5, 1), (0.5, 1, 0)]
    assert slices(run, "calibration_error", "length") == []
    assert slices(answers(gold=gold, predicted=gold), "accuracy", "length") == []


def test_rows_with_nothing_to_score_have_no_score():
    run = answers(Tagging, gold=[["O", "O"], ["B-X"]], predicted=[["O", "O"], ["B-X"]], length=[2, 1])
    one, two = slices(run, "f1", "length")
    assert one == Slice(1, 1, rows=1, score=1.0, low=1.0, high=1.0)
    assert np.isnan([two.score, two.low, two.high]).all()
