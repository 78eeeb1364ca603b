from dataclasses import replace
from pathlib import Path

from made_sweep import record
from rich.cells import cell_len

from recurra.sweeps import table
from recurra.sweeps.objective import Objective
from recurra.sweeps.repeats import best_first, groups

BEST, LEAST = Objective("f1_macro", "maximize"), Objective("parameters", "minimize")


def lines(records, objectives=(BEST,), front=()):
    shown = table.table(best_first(groups(records), objectives), objectives, front, "s/sweep.json")
    return shown.splitlines()


def test_runs_are_ranked_by_validation_whatever_the_test_says():
    records = [
        replace(record(0, 0.5, lr=0.0012345678, model="lstm"), test=0.99, seconds=3.4),
        replace(record(1, None, lr=0.001, model="lstm"), seconds=None),
        replace(record(2, 0.9, lr=1e-5, model="lstm"), test=0.1, seconds=61.0),
    ]
    title, _, head, _, *rows = lines(records)
    assert title == "All runs, best first by val f1_macro"
    assert head.split()[:5] == ["trial", "what", "differs", "val", "f1_macro"]
    assert [row.split() for row in rows] == [
        ["2", "lr=1e-05", "0.9000", "0.1000", "61", "finished"],
        ["0", "lr=0.001235", "0.5000", "0.9900", "3", "finished"],
        ["1", "lr=0.001", "-", "-", "-", "failed"],
    ]


def test_repeats_are_one_row():
    records = [record(n, 0.8 + n / 10, model=model, seed=seed) for n, (model, seed) in enumerate(
        [("lstm", 0), ("lstm", 1), ("lstm", 2), ("gru", 0)]
    )]  # fmt: skip
    rows = [" ".join(row.split()) for row in lines([*records, record(4, None, model="gru", seed=1)])[4:]]
    assert rows == [
        "3, 4 model=gru 1.1000 - - 1 1 finished, 1 failed",
        "0-2 model=lstm 0.9000 ± 0.1000 - - 3 finished",
    ]


def test_many_trials_and_long_names_stay_readable():
    point = {"data__train": "'数据/很长的名字/" + "很" * 80 + ".csv'", "model__" + "long" * 30: "x" * 90}
    records = [record(n, n / 1000, optimizer__lr=n / 3e4, **point, mode=n) for n in range(200)]
    records = [replace(r, point={**r.point, "data.train": f"{r.point['data.train']}{r.number}"}) for r in records]
    shown = lines(records)
    assert max(map(cell_len, shown)) <= 100
    assert sum(line.split()[0].isdigit() for line in shown[4:-1]) == 20
    assert shown[-1] == "... and 180 more; all are in s/sweep.json"
    assert len(shown) < 80


def test_the_pareto_front_is_marked_and_never_left_out():
    records = [replace(record(n, 1 - n / 100, n=n), values=(1 - n / 100, 2e6 - n)) for n in range(30)]
    shown = lines(records, (BEST, LEAST), front={0, 29})
    assert [line.split()[:2] for line in shown if " * " in line] == [["0", "*"], ["29", "*"]]
    assert shown[-2].startswith("* is on the Pareto front")
    assert shown[-1].startswith("... and 9 more")
    assert "2,000,000" in shown[4]


def test_names_of_two_groups_are_what_differs_between_them():
    first, second, third = groups(
        [
            record(0, 1.0, a__lr=0.1, b=1),
            record(1, 1.0, a__lr=0.2, b=1),
            record(2, 1.0, a__lr=0.2, b="x" * 50, c="y" * 50),
        ]
    )
    assert table.names(first, second) == ("lr=0.1", "lr=0.2")
    assert table.names(second, third) == ("trial 1", "trial 2")


def test_keys_with_the_same_end_are_told_in_full():
    assert table.differing({"a.lr": 1, "b.lr": 2, "c.d": 3}, {"a.lr", "b.lr", "c.d"}) == "a.lr=1 b.lr=2 d=3"


def test_failures_tell_why_and_where_and_are_counted():
    records = [record(n, None, folder=Path(f"s/{n}"), lr=n) for n in range(12)] + [record(12, 0.5, lr=1)]
    told = table.failures(records, "s/sweep.json")
    assert told[0] == "trial 0 (lr=0) failed: it broke; s/0/train.log"
    assert (len(told), told[-1]) == (11, "... and 2 more failed; their reasons are in s/sweep.json")
    assert table.counted(records) == "13 trials: 12 failed, 1 finished"
