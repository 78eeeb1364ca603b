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
