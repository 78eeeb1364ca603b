import numpy as np
import pytest
from made_answers import by_probability

from recurra.analysis.precision_recall import precision_recall


def test_a_curve_goes_from_the_surest_rows_to_all_of_the_class():
    run = by_probability("yynyn", [0.9, 0.8, 0.7, 0.6, 0.1])
    no, yes = precision_recall(run.probabilities, run.gold, run.labels)
    assert (yes.label, yes.rows) == ("y", 3)
    assert yes.recall == pytest.approx([1 / 3, 2 / 3, 1])
    assert yes.precision == pytest.approx([1, 1, 3 / 4])
    assert yes.average_precision == pytest.approx((1 + 1 + 3 / 4) / 3)
    assert (no.label, no.rows) == ("n", 2)
    assert no.recall == pytest.approx([1 / 2, 1])
    assert no.precision == pytest.approx([1, 2 / 3])


def test_a_curve_may_begin_where_several_rows_are_equally_sure():
    run = by_probability("yyn", [0.5, 0.5, 0.5])
    (_, yes) = precision_recall(run.probabilities, run.gold, run.labels)
    assert (yes.recall, yes.precision) == ([1], pytest.approx([2 / 3]))


def test_a_class_that_does_not_occur_has_none():
    run = by_probability("yy", [0.9, 0.2])
    assert [curve.label for curve in precision_recall(run.probabilities, run.gold, run.labels)] == ["y"]


def test_a_long_curve_is_thinned_between_its_ends():
    draw = np.random.default_rng(0)
    gold = draw.uniform(size=5000) < 0.5
    chances = np.clip(draw.normal(0.4 + 0.2 * gold, 0.2), 0, 1)
    (curve,) = precision_recall(chances[:, None], gold[:, None], ["y"])
    assert 90 < len(curve.recall) <= 100
    assert curve.recall == sorted(curve.recall)
    assert (curve.recall[-1], curve.rows) == (1, int(gold.sum()))
    area = float(np.trapezoid(curve.precision, curve.recall)) + curve.recall[0]
    assert area == pytest.approx(curve.average_precision, abs=0.01)
