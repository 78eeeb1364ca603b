from dataclasses import replace

import matplotlib.image
import pytest
from made_sweep import record

from recurra import pictures
from recurra.sweeps import charts
from recurra.sweeps.objective import Objective

BEST = Objective("f1_macro", "maximize")


def ink(path):
    """The share of pixels that are not white."""
    return float((matplotlib.image.imread(path)[..., :3].min(axis=2) < 0.95).mean())


def sweep(trials):
    """Records with a logarithmic, a whole and a conditional parameter, and choices."""
    return [
        record(
            n,
            0.5 + n / 1000,
            optimizer__lr=10 ** (-4 + n % 7 / 2),
            model=("lstm", "gru")[n % 2],
            model__hidden_size=8 + n,
            **({"model__num_layers": 1 + n % 3} if n % 2 else {}),
        )
        for n in range(trials)
    ]


@pytest.mark.parametrize("trials", [2, 60])
def test_slices_are_drawn(tmp_path, trials):
    keys = ["optimizer.lr", "model", "model.hidden_size", "model.num_layers"]
    assert charts.draw_slices(tmp_path / "s.png", sweep(trials), keys, {"optimizer.lr"}, BEST) is None
    assert ink(tmp_path / "s.png") > 0.02


def test_more_parameters_than_panels_still_make_a_picture(tmp_path):
    keys = [f"group.{'long' * 20}{number}" for number in range(14)]
    records = [replace(record(n, 0.5), point=dict.fromkeys(keys, n)) for n in range(3)]
    charts.draw_slices(tmp_path / "s.png", records, keys, set(), BEST)
    charts.draw_importances(tmp_path / "i.png", dict.fromkeys(keys, 1 / 14), BEST, 3)
    assert min(ink(tmp_path / "s.png"), ink(tmp_path / "i.png")) > 0.02


def test_values_that_no_font_has_become_numbers_and_are_told(tmp_path, monkeypatch):
    monkeypatch.setattr(pictures, "_holds", lambda file, needed: max(needed) < 0x3000)
    records = [record(n, 0.5, data__train=name) for n, name in enumerate(["'数据.csv'", "'$a$.csv'"])]
    said = charts.draw_slices(tmp_path / "s.png", records, ["data.train"], set(), BEST)
    assert said == (
        "No font here has the values' characters, so s.png shows numbers: data.train: #0 '$a$.csv', #1 '数据.csv'."
    )


def test_a_front_is_drawn(tmp_path):
    records = [replace(record(n, 0.0), values=(n / 10, n % 3)) for n in range(9)]
    charts.draw_front(tmp_path / "p.png", records, {0, 2}, (BEST, Objective("parameters", "minimize")))
    assert ink(tmp_path / "p.png") > 0.02
