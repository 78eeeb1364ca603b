import math

import numpy as np
import pytest

from recurra.analysis import resampling
from recurra.analysis.resampling import RESAMPLES, interval, resamples


@pytest.mark.parametrize("cells", [30, 4_000_000])
def test_as_many_rows_are_drawn_as_there_are_however_many_at_a_time(monkeypatch, cells):
    monkeypatch.setattr(resampling, "_CELLS", cells)
    often = np.concatenate(list(resamples(7, np.random.default_rng(0))))
    assert often.shape == (RESAMPLES, 7)
    assert (often.sum(axis=1) == 7).all()
    assert often.mean(axis=0) == pytest.approx([1] * 7, abs=0.06)  # a mean of 2000 has a standard error of 0.02


def test_an_interval_holds_the_middle():
    assert interval(np.arange(1001.0)) == (25.0, 975.0)
    assert interval(np.array([math.nan, 2.0])) == (2.0, 2.0)
    assert all(map(math.isnan, interval(np.array([math.nan, math.nan]))))
