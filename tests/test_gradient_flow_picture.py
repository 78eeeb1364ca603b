import math

import pytest
from test_pictures import ink

from recurra.gradient_flow_file import Norm
from recurra.gradient_flow_picture import by_distance, draw


def test_both_directions_go_by_the_distance_from_the_end_of_reading():
    rows = [Norm(0, 0, direction, t, float(t)) for direction in ("forward", "backward") for t in range(3)]
    rows += [Norm(5, 0, direction, t, 10.0 + t) for direction in ("forward", "backward") for t in range(2)]
    steps, forward = by_distance(rows, 0, "forward")
    _, backward = by_distance(rows, 0, "backward")
    assert steps == [0, 5]
    assert forward[0].tolist() == [2, 1, 0]
    assert backward[0].tolist() == [0, 1, 2]
    assert forward[1, :2].tolist() == [11, 10]
    assert math.isnan(forward[1, 2])
    assert backward[1, :2].tolist() == [10, 11]


@pytest.mark.parametrize(("layers", "norms"), [(1, [0.5]), (1, [0.0, 1e-38, math.inf, math.nan]), (9, [0.1] * 30)])
def test_a_picture_of_whatever_was_seen(tmp_path, layers, norms):
    rows = [
        Norm(step, layer, "forward", t, norm)
        for step in range(7)
        for layer in range(layers)
        for t, norm in enumerate(norms)
    ]
    draw(tmp_path / "p.png", rows)
    assert ink(tmp_path / "p.png") > 0.02


@pytest.mark.parametrize("norms", [[], [0.0, 0.0]])
def test_no_picture_of_nothing(tmp_path, norms):
    draw(tmp_path / "p.png", [Norm(0, 0, "forward", t, norm) for t, norm in enumerate(norms)])
    assert not (tmp_path / "p.png").exists()
