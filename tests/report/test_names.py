from recurra.report.names import names
from recurra.sweeps.repeats import Group


def told(*points):
    return names([Group(point, []) for point in points], points, "lstm")


def test_defaults_that_nobody_typed_are_not_told():
    found = [Group({"model": "lstm", "lr": lr}, []) for lr in (0.1, 0.1, 0.2, 0.3)]
    found[1] = Group({"model": "gru", "lr": 0.1}, [])
    typed = [set(), set(), {"lr"}, {"lr"}]
    assert names(found, typed, "lstm") == ["model=lstm", "model=gru", "model=lstm lr=0.2", "model=lstm lr=0.3"]
    # Where names would be the same they are told after all.
    assert names([*found, Group({"model": "gru", "lr": 0.4}, [])], [*typed, set()], "lstm")[1::3] == [
        "model=gru lr=0.1",
        "model=gru lr=0.4",
    ]


def test_what_most_have_in_common_is_told_of_the_others_only():
    usual = {"model": "lstm", "trainer.gradient_clip_val": 1.0}
    assert told(
        {**usual, "optimizer.lr": 0.1},
        {**usual, "optimizer.lr": 0.2},
        {**usual, "optimizer.lr": 0.3},
        {"model": "rnn", "optimizer.lr": 0.1, "trainer.gradient_clip_val": None},
    ) == ["model=lstm lr=0.1", "model=lstm lr=0.2", "model=lstm lr=0.3", "model=rnn lr=0.1 gradient_clip_val=None"]


def test_of_two_both_values_are_told():
    assert told({"model.hidden_size": 64}, {"model.hidden_size": 128}) == ["hidden_size=64", "hidden_size=128"]


def test_what_differs_in_nothing_is_called_by_its_model():
    assert told({"seed": 1}) == ["lstm"]
    assert told({"a": 1}, {"a": 1}, {"a": 2}) == ["a=1", "a=1", "a=2"]


def test_names_that_would_be_cut_to_the_same_are_whole():
    start = "a/folder/with/a/long/name/"
    assert told({"v": f"{start}one"}, {"v": f"{start}two"}) == [f"v={start}one", f"v={start}two"]
    assert told({"v": f"{start}one"}, {"v": "two"})[0].endswith("...")
