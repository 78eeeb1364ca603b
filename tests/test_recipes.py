"""The bench of recipes: what it makes of trials and finals that are known."""

from pathlib import Path

import pytest


@pytest.fixture(autouse=True)
def benches(monkeypatch):
    monkeypatch.syspath_prepend(Path(__file__).parent.parent / "bench")


def test_trials_are_put_together_over_the_sets():
    from recipes import best, means, typed

    a, b, c = (typed({"model": name, "optimizer.lr": 0.0012345}) for name in ("lstm", "gru", "rnn"))
    assert a == ("model=lstm", "optimizer.lr=0.0012")
    found = {"trec": {a: 0.9, b: 0.8, c: 0.1}, "mr": {b: 0.75, a: 0.75}}  # c failed on mr
    mean = means(found)
    assert mean == {a: pytest.approx(0.025), b: pytest.approx(-0.025)}
    assert best(mean, 1) == [a]
    assert best(found["trec"], 2) == [a, b]


def test_finals_tell_what_each_split_gains():
    from recipes import DEFAULTS, final

    defaults = [
        {"accuracy": 0.8, "f1_macro": 0.5, "seconds": 10.0},
        {"accuracy": 0.7, "f1_macro": 0.5, "seconds": 20.0},
    ]
    other = [{"accuracy": 0.82, "f1_macro": 0.5, "seconds": 30.0}, {"accuracy": 0.74, "f1_macro": 0.4, "seconds": 50.0}]
    row = final("mr", ("model=gru",), other, defaults)
    assert row["accuracy"] == "78.0 ± 5.7"
    assert row["accuracy more"] == "+3.0 ± 1.0"
    assert row["f1_macro more"] == "-5.0 ± 5.0"
    assert (row["seconds"], row["candidate"]) == ("40", "model=gru")
    assert final("mr", DEFAULTS, defaults, defaults)["accuracy more"] == ""


def test_a_single_split_has_no_spread():
    from recipes import final

    runs = [{"accuracy": share, "f1_macro": share, "seconds": 1.0} for share in (0.5, 0.75)]
    row = final("mr", ("model=gru",), runs[1:], runs[:1])
    assert (row["accuracy"], row["accuracy more"]) == ("75.0", "+25.0")


def test_what_each_option_gives_is_had_from_trials_in_which_all_vary():
    from effects import effects

    trials = [{"lr": 10.0**n, "layers": layers} for n in range(4) for layers in (1, 2)]
    exact = effects(trials, [0.5 + 0.03 * n + 0.1 * layers for n in range(4) for layers in (1, 2)])
    assert exact["lr"] == (pytest.approx(0.09), pytest.approx(0, abs=1e-9))  # of the powers of ten: ranks, not values
    assert exact["layers"] == (pytest.approx(0.1), pytest.approx(0, abs=1e-9))
    # Each layer's scores once above and once below, by 0.01: residuals of sum 8e-4, 5 of 8 trials are left over.
    off = effects(trials, [0.01 * (-1) ** (n + layers) for n in range(4) for layers in (1, 2)])
    assert off["layers"] == (pytest.approx(0, abs=1e-9), pytest.approx((8e-4 / 5 * 4 / 8) ** 0.5))


def test_options_of_trials_stand_beside_what_they_give_on_each_set():
    from recipes import given

    trials = {(f"lr={lr}", f"size={size}"): lr + size / 100 for lr in (0.1, 0.2) for size in (1, 2)}
    assert given({"trec": trials, "mean": trials}) == [
        {"option": "lr", "trec": "+10.0 ± 0.0", "mean": "+10.0 ± 0.0"},
        {"option": "size", "trec": "+1.0 ± 0.0", "mean": "+1.0 ± 0.0"},
    ]
    few = dict(list(trials.items())[:3])  # two options and where they begin are as many
    assert given({"trec": few, "mr": {}}) == []


def test_candidates_stand_beside_each_other_with_what_they_gain():
    from recipes import beside

    rows = [
        {"data": "mr", "accuracy": "76.1 ± 0.3", "accuracy more": "", "candidate": ""},
        {"data": "mr", "accuracy": "77.1 ± 0.3", "accuracy more": "+1.0 ± 0.1", "candidate": "auxiliary.weight=2"},
        {"data": "trec", "accuracy": "86.2 ± 0.3", "accuracy more": "", "candidate": ""},
    ]
    assert beside(rows) == [
        {"candidate": "the defaults", "mr": "76.1 ± 0.3", "trec": "86.2 ± 0.3"},
        {"candidate": "auxiliary.weight=2", "mr": "+1.0 ± 0.1", "trec": ""},
    ]


def test_searches_show_the_options_of_each_trial_and_what_it_got_best_first():
    from recipes import searches

    low, high = ("optimizer.lr=0.001",), ("optimizer.lr=0.002",)
    other = ("optimizer.lr=0.003",)
    found = {"trec": {low: 0.5, high: 0.75}, "mr": {low: 0.5, high: 0.5, other: 0.9}}
    assert searches(found, {low: -0.125, high: 0.125}) == [
        {"optimizer.lr": "0.002", "trec": "75.0", "mr": "50.0", "mean": "+12.5"},
        {"optimizer.lr": "0.001", "trec": "50.0", "mr": "50.0", "mean": "-12.5"},
        {"optimizer.lr": "0.003", "trec": "", "mr": "90.0", "mean": ""},
    ]
