import math

import numpy as np
import pytest
import torch

from recurra.analysis.reliability import Bin, reliability
from recurra.tasks.calibration import BINS, calibration_error


def test_bins_hold_the_mean_confidence_and_the_share_that_is_right():
    found = reliability(np.array([0.35, 0.37, 0.62, 1.0]), np.array([True, False, True, True]))
    assert len(found) == BINS
    assert {n: own.rows for n, own in enumerate(found) if own.rows} == {5: 2, 9: 1, 14: 1}
    assert found[5] == Bin(low=5 / 15, high=6 / 15, rows=2, confidence=0.36, right=0.5)
    assert (found[14].confidence, found[14].right) == (1.0, 1.0)
    assert math.isnan(found[0].confidence)
    assert math.isnan(found[0].right)


def test_their_gaps_make_up_the_calibration_error():
    draw = np.random.default_rng(0)
    confidence = draw.uniform(size=500)
    right = draw.uniform(size=500) < confidence**2
    gaps = [own.rows * abs(own.confidence - own.right) for own in reliability(confidence, right) if own.rows]
    expected = calibration_error(torch.from_numpy(confidence), torch.from_numpy(right))
    assert sum(gaps) / 500 == pytest.approx(expected, abs=1e-6)
