import math
from dataclasses import replace

import optuna
from made_sweep import record

from recurra.sweeps.objective import Objective
from recurra.sweeps.repeats import best_first, front, groups

BEST, LEAST = Objective("f1_macro", "maximize"), Objective("loss", "minimize")


def test_runs_that_differ_in_seed_fold_or_split_are_one_group():
    found = groups(
        [
            record(0, 0.5, model="lstm", seed=0, data__fold=0),
            record(1, 0.7, model="lstm", seed=1, data__fold=0),
            record(2, 0.9, model="lstm", seed=0, data__fold=1, data__split_seed=3),
            record(3, 0.6, model="gru", seed=0, data__fold=0),
        ]
    )
    assert [[r.number for r in group.records] for group in found] == [[0, 1, 2], [3]]
    assert [group.point for group in found] == [{"model": "lstm"}, {"model": "gru"}]
    first, second = found
    assert first.mean() == (0.5 + 0.7 + 0.9) / 3
    assert math.isclose(first.sd(), 0.2)  # of 0.5, 0.7, 0.9, over n - 1
    assert (second.mean(), second.sd()) == (0.6, None)
    assert first.repeat(first.records[2]) == (("seed", 0), ("data.fold", 1), ("data.split_seed", 3))


def test_where_seeds_alone_vary_there_is_one_group():
    (group,) = groups([record(0, 0.5, seed=0), record(1, None, seed=1), record(2, 0.7, seed=2)])
    assert group.point == {}
    assert [r.number for r in group.finished] == [0, 2]
    assert group.mean() == 0.6


def test_seeds_that_join_nothing_stay_parameters():
    found = groups([record(0, 0.5, lr=0.1, seed=0), record(1, 0.7, lr=0.2, seed=1)])
    assert [group.point for group in found] == [{"lr": 0.1, "seed": 0}, {"lr": 0.2, "seed": 1}]
    assert found[0].repeat(found[0].records[0]) == ()


def test_best_first_is_by_the_mean_and_its_direction():
    found = groups([record(0, None, n=0), record(1, 0.5, n=1), record(2, 0.9, n=2), record(3, 0.9, n=3)])
    assert [g.point["n"] for g in best_first(found, [BEST])] == [2, 3, 1, 0]
    assert [g.point["n"] for g in best_first(found, [LEAST])] == [1, 2, 3, 0]


def test_a_run_that_was_made_twice_is_no_repeat():
    seeds = (0, 0, 1)
    twice = [record(number, 0.5, model="gru", seed=seed) for number, seed in enumerate(seeds)]
    assert [group.sd() for group in groups(twice)] == [None, None, None]


def test_the_front_is_optuna_s():
    study = optuna.create_study(directions=["maximize", "minimize"])
    for x in range(30):
        study.add_trial(optuna.trial.create_trial(values=[float(x % 7), float((x * 5) % 11)]))
    records = [replace(record(t.number, 0.0, n=t.number), values=tuple(t.values)) for t in study.trials]
    found = front(groups(records), (BEST, LEAST))
    assert {g.point["n"] for g in found} == {t.number for t in study.best_trials}
