import optuna
import pytest
from hydra.core.override_parser.overrides_parser import OverridesParser

from recurra.errors import ConfigError
from recurra.sweeps.parameter import Parameter
from recurra.sweeps.space import Space


def space(*overrides, **given):
    parser = OverridesParser.create()
    return Space([Parameter.of(parser.parse_override(override)) for override in overrides], given)


def proposals(made, number=40):
    study = optuna.create_study(sampler=optuna.samplers.RandomSampler(seed=0))
    trials = [study.ask() for _ in range(number)]
    return [(made.propose(trial), trial.params) for trial in trials]


@pytest.mark.parametrize(
    ("override", "values"),
    [
        ("a=1,2,1.0", ["1", "2", "1.0"]),
        ("a=choice(lstm,gru)", ["lstm", "gru"]),
        ("a=choice([1,2],[3])", ["[1,2]", "[3]"]),
        ("a=choice({b:1},{b:2})", ["{b:1}", "{b:2}"]),
        ("a=choice(true,false)", ["True", "False"]),
        ("a=range(1,10,4)", ["1", "5", "9"]),
        ("a=range(3)", ["0", "1", "2"]),
        ("a=range(9,0,-4)", ["9", "5", "1"]),
        ("a=range(0.0,2.0)", ["0.0", "1.0"]),
        ("a=range(0.0,1.0,0.25)", ["0.0", "0.25", "0.5", "0.75"]),
        ("a=sort(3,1,2)", ["1", "2", "3"]),
        ("a='很好,吃',b", ["'很好,吃'", "b"]),
    ],
)
def test_values_are_what_hydra_would_run(override, values):
    made = space(override)
    assert [point["a"] for point in made.points()] == values
    typed = [made.overrides(point) for point in made.points()]
    assert typed == [[f"a={value}"] for value in values]
    # Each means one value again, and a trial that is given it proposes it.
    parser = OverridesParser.create()
    assert not any(parser.parse_override(own[0]).is_sweep_override() for own in typed)
    study = optuna.create_study()
    for point in made.points():
        study.enqueue_trial(made.of_trial(point))
        assert made.propose(study.ask()) == point


def test_the_last_parameter_varies_first():
    assert [list(point.values()) for point in space("a=1,2", "b=x,y,z").points()] == [
        ["1", "x"], ["1", "y"], ["1", "z"], ["2", "x"], ["2", "y"], ["2", "z"],
    ]  # fmt: skip


def test_an_interval_is_proposed_within_its_ends_and_even_in_the_logarithm_where_asked():
    made = space("++lr=tag(log,interval(1e-4,1e-2))", "drop=interval(0,1)", "size=int(interval(8,64))")
    found = [params for _, params in proposals(made, 400)]
    assert all(1e-4 <= p["lr"] <= 1e-2 and 0 <= p["drop"] <= 1 and 8 <= p["size"] <= 64 for p in found)
    assert all(isinstance(p["size"], int) for p in found)
    assert 160 < sum(p["lr"] < 1e-3 for p in found) < 240  # half of them below the middle decade's edge
    point, params = proposals(made)[0]
    assert made.overrides(point) == [f"++lr={params['lr']!r}", f"drop={params['drop']!r}", f"size={params['size']}"]


def test_a_parameter_exists_only_beside_the_values_that_its_tags_name():
    bias = 'model.forget_bias=tag("model=lstm",choice(0,1))'
    made = space(bias, "model=choice(lstm,gru,bag)", 'model.num_layers=tag("model=lstm|gru",range(1,3))')
    points = list(made.points())
    assert len(points) == 2 * 2 + 2 + 1
    assert {"model": "bag"} in points
    assert {"model": "gru", "model.num_layers": "2"} in points
    for point, params in proposals(made):
        assert point in points
        assert set(params) == set(point)


def test_conditions_may_stand_in_a_row_and_on_what_does_not_vary():
    made = space('c=tag("b=1",choice(5,6))', 'b=tag("model=lstm",choice(1,2))', "model=choice(lstm,gru)")
    assert len(list(made.points())) == 2 + 1 + 1
    assert len(list(space('b=tag("model=lstm","data=csv",choice(1,2))', model="lstm", data="csv").points())) == 2
    assert list(space('b=tag("model=lstm",choice(1,2))', model="gru").points()) == [{}]


def test_corners_show_every_choice_and_both_ends():
    made = space("model=choice(lstm,gru,bag)", "lr=interval(1e-4,1e-2)", 'layers=tag("model=gru",range(1,9))')
    corners = made.corners()
    shown = {item for point in corners for item in point.items()}
    assert shown == {("model", m) for m in ("lstm", "gru", "bag")} | {
        ("lr", "0.0001"), ("lr", "0.01"), ("layers", "1"), ("layers", "8"),
    }  # fmt: skip
    assert len(corners) < 3 * 2 * 2
    assert all(point["model"] == "gru" for point in corners if "layers" in point)
    assert space().corners() == [{}]
    inside = space("layers=range(1,4)", 'size=tag("layers=2",choice(8,16))').corners()
    assert {("size", "8"), ("size", "16")} <= {item for point in inside for item in point.items()}


@pytest.mark.parametrize(
    ("overrides", "told"),
    [
        (["lr=interval(1,0)"], "from its low end to its high end"),
        (["lr=tag(log,interval(0,1))"], "above 0"),
        (["lr=tag(log,choice(1,2))"], "Leave the tag out"),
        (["lr=tag(log,range(0,2))"], "Leave the tag out"),
        (["lr=tag(logarithm,interval(1,2))"], "the tag 'logarithm' means nothing"),
        (['a=tag("b=1",choice(1,2))', 'b=tag("a=1",choice(1,2))'], "exists only beside the next"),
        (['a=tag("model=lsmt",choice(1,2))', "model=lstm,gru"], "Did you mean 'lstm'?"),
        (['a=tag("modell=lstm",choice(1,2))', "model=lstm,gru"], "no such key"),
        (['a=tag("lr=1",choice(1,2))', "lr=interval(0,1)"], "which is an interval"),
    ],
)
def test_a_space_that_means_nothing_is_refused(overrides, told):
    with pytest.raises(ConfigError, match=told.replace("?", "[?]")):
        space(*overrides)


def test_an_interval_without_a_number_of_trials_is_refused():
    with pytest.raises(ConfigError, match="n_trials=30"):
        list(space("lr=interval(1e-4,1e-2)").points())
