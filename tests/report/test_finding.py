import json
import os
from pathlib import Path

import pytest
from made_runs import answers, made_run

from recurra.errors import ConfigError
from recurra.report.finding import find
from recurra.report.runs import Left, Run


def folders(found):
    return [str(run.folder) for run in found]


def run(folder, *overrides):
    return made_run(Path(folder), answers(4, 2), *overrides)


def test_runs_are_found_in_their_own_folder_in_a_sweeps_and_in_any_above(own_place):
    for name in ("outputs/day/a", "outputs/sweeps/s/10", "outputs/sweeps/s/2", "outputs/sweeps/s/.draft/0"):
        run(name)
    Path("outputs/sweeps/s/frozen").mkdir()
    run("outputs/sweeps/s/frozen/0")
    run("outputs/day/a/inside")  # a copy in a run's folder is no run beside it
    every = ["outputs/day/a", "outputs/sweeps/s/2", "outputs/sweeps/s/10"]
    assert folders(find([Path("outputs")])) == every
    assert folders(find([Path("outputs/sweeps/s")])) == every[1:]
    assert folders(find([Path("outputs/day/a")])) == every[:1]
    several = [Path("outputs/sweeps/s/2"), Path("outputs"), Path("outputs/day/a").resolve()]
    assert sorted(folders(find(several))) == sorted(every)  # each once


def test_trials_that_left_no_run_are_told_by_their_sweep(own_place):
    run("s/0")
    killed = run("s/1", "model=gru")
    (killed / "results.json").unlink()
    (killed / "train.log").touch()
    told = {"overrides": ["model=gru"], "reason": None}
    trials = [
        {**told, "number": 0, "status": "finished"},
        {**told, "number": 1, "status": "failed", "reason": "out of memory"},
        {**told, "number": 2, "status": "failed", "reason": "it never came up"},
        {**told, "number": 3, "status": "waiting"},
    ]
    Path("s/sweep.json").write_text(json.dumps({"trials": trials}))
    found = find([Path("s")])
    assert isinstance(found[0], Run)
    assert found[1:] == [
        Left(Path("s/1"), "failed", "out of memory", ("model=gru",)),
        Left(Path("s/2"), "failed", "it never came up", ("model=gru",)),
        Left(Path("s/3"), "waiting", "", ("model=gru",)),
    ]


def test_a_damaged_sweep_json_is_told_beside_the_runs(own_place):
    run("s/0")
    Path("s/sweep.json").write_text("{")
    found = find([Path("s")])
    (left,) = [one for one in found if isinstance(one, Left)]
    assert (left.folder, left.status, left.why.startswith("sweep.json: ")) == (Path("s"), "unreadable", True)


def test_a_path_that_is_not_there_is_told_with_what_is(own_place):
    with pytest.raises(ConfigError) as told:
        find([Path("outputs")])
    assert str(told.value) == (
        "There is no folder outputs. Give the folder of a run or of a sweep, or one above them; there is none in "
        "outputs here."
    )
    run("outputs/day/one")
    two = run("outputs/day/two")
    os.utime(two, (2e9, 2e9))
    with pytest.raises(ConfigError) as told:
        find([Path("outputs/dya")])
    assert str(told.value) == (
        "There is no folder outputs/dya. Did you mean 'day'? "
        "The newest runs in outputs: outputs/day/two, outputs/day/one."
    )


def test_a_file_of_a_run_stands_for_the_run(own_place):
    run("outputs/a")
    run("outputs/b")
    Path("outputs/a/checkpoints").mkdir()
    for file in ("outputs/a/results.json", "outputs/a/checkpoints/best.ckpt"):
        Path(file).touch()
        assert folders(find([Path(file)])) == ["outputs/a"]
    Path("notes.txt").touch()
    with pytest.raises(ConfigError, match=r"notes\.txt is a file, and of no run\. The newest runs in outputs: "):
        find([Path("notes.txt")])


def test_a_path_without_runs_is_told(own_place):
    Path("empty").mkdir()
    with pytest.raises(ConfigError, match=r"There is no run in empty: no results\.json there or in any folder of it\."):
        find([Path("empty")])
