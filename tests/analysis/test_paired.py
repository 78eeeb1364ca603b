import math

import numpy as np
import pytest

from recurra.analysis.paired import by_place, paired
from recurra.tasks.tally import mean


def test_equal_scores_differ_by_nothing():
    found = paired([(mean([1, 0, 1]), mean([1, 0, 1]))])
    assert (found.mean, found.low, found.high) == (0.0, 0.0, 0.0)


def test_the_mean_over_pairs_has_the_interval_of_its_rows():
    rows = 400
    first, second, third = np.ones(rows), np.arange(rows) % 4 > 0, np.arange(rows) % 2 > 0
    found = paired([(mean(first), mean(second)), (mean(first), mean(third))])
    assert found.higher.tolist() == [0.25, 0.5]
    assert found.mean == 0.375
    # Of four rows one gives both differences, one the second alone: a row's own difference is 1, 1/2 or 0.
    error = math.sqrt((0.25 * 1 + 0.25 * 0.25 - 0.375**2) / rows)
    assert (found.low, found.high) == pytest.approx((0.375 - 1.96 * error, 0.375 + 1.96 * error), abs=0.006)


def test_a_text_that_stands_in_two_splits_is_drawn_for_both():
    one = (mean(np.ones(300)), mean(np.arange(300) % 2))
    twice = paired([one, one])
    once = paired([one])
    assert (twice.low, twice.high) == (once.low, once.high)
    apart = [tuple(by_place(tally, range(n, n + 300), 600) for tally in one) for n in (0, 300)]
    # As many rows again: the interval is shorter by the root of two.
    found = paired(apart)
    assert (found.high - found.low) * math.sqrt(2) == pytest.approx(once.high - once.low, rel=0.08)


def test_a_split_none_of_whose_rows_is_drawn_leaves_the_word_to_the_others():
    pairs = [tuple(by_place(mean([value]), [n], 2) for value in (1, 0)) for n in (0, 1)]
    found = paired(pairs)
    assert (found.mean, found.low, found.high) == (1.0, 1.0, 1.0)
