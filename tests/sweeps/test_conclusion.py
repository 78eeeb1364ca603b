import json
import shlex
from pathlib import Path

import optuna
import pytest
import yaml
from conftest import TINY, typed
from made_sweep import Everything, accuracy, answered, run_folder
from optuna.trial import TrialState

from recurra.commands.train import main
from recurra.order import Order
from recurra.sweeps.conclusion import conclude
from recurra.sweeps.objective import Objective
from recurra.sweeps.study import COMMAND
from recurra.sweeps.trials import OVERRIDES, REASON


def read(folder):
    return json.loads((folder / "sweep.json").read_text(encoding="utf-8"))


@pytest.mark.slow
def test_a_sweep_ends_with_what_makes_its_best_run_again(capsys, topics):
    typing = [*TINY[:-2], "trainer.max_epochs=1", "tags=[很好,it's]"]
    code, out, err = typed(capsys, main, "-m", *typing, "model=gru,lstm", "optimizer.lr=0.01,0.02", "hydra.sweep.dir=s")
    assert code == 0, err
    told = read(Path("s"))
    assert told["counts"] == {"finished": 4}
    best = told["best"]
    assert best["command"] in out
    experiment = "recurra-train --config-dir s experiment=best"
    assert experiment in out
    assert Path("s/slices.png").is_file()
    values = {trial["number"]: trial["values"][0] for trial in told["trials"]}
    assert values[best["number"]] == max(values.values()) == best["values"][0]
    results = [json.loads(Path(f"s/{n}/results.json").read_text())["validation"]["f1_macro"] for n in range(4)]
    assert list(values.values()) == results
    again = json.loads(Path(f"s/{best['number']}/results.json").read_text())
    for number, way in enumerate((best["command"], experiment)):
        code, _, err = typed(capsys, main, *shlex.split(way)[1:], f"hydra.run.dir=again{number}")
        assert code == 0, err
        assert yaml.safe_load(Path(f"again{number}/config.yaml").read_text()) == yaml.safe_load(
            Path(f"s/{best['number']}/config.yaml").read_text()
        )
        assert json.loads(Path(f"again{number}/results.json").read_text())["validation"] == again["validation"]


@pytest.mark.slow
def test_a_sweep_over_folds_is_grouped(capsys, topics):
    varied = ["model=gru,rnn", "data.fold=range(2)", "data.folds=2", "hydra.sweep.dir=s"]
    code, out, err = typed(capsys, main, "-m", *TINY, "trainer.max_epochs=1", *varied)
    assert code == 0, err
    told = read(Path("s"))
    assert [group["n"] for group in told["groups"]] == [2, 2]
    assert sorted(told["best"]["trials"]) in ([0, 1], [2, 3])
    assert told["difference"]["pairs"] == 2
    means = [group["mean"][0] for group in told["groups"]]
    assert told["difference"]["better"] == pytest.approx(means[0] - means[1], abs=1e-6)
    assert not [o for o in told["best"]["overrides"] if o.startswith("data.fold=")]
    assert "data.folds=null" in told["best"]["overrides"]
    assert "2 pairs of runs" in out


BEST = Objective("accuracy", "maximize")


def made(folder, outcomes, directions=("maximize",)):
    """A study of trials that ended so: a share of right answers, a reason to have failed, or a state."""
    optuna.logging.set_verbosity(optuna.logging.ERROR)
    study = optuna.create_study(directions=directions, sampler=optuna.samplers.RandomSampler(seed=0))
    study.set_user_attr(COMMAND, {"runs": ["data=csv"], "varied": ["optimizer.lr=interval(0,1)"], "objectives": {}})
    for number, outcome in enumerate(outcomes):
        if outcome is TrialState.WAITING:
            study.enqueue_trial({})
            continue
        trial = study.ask()
        lr = trial.suggest_float("optimizer.lr", 0, 1)
        trial.set_user_attr(OVERRIDES, [f"++optimizer.lr={lr!r}"])
        if isinstance(outcome, float):
            right = round(outcome * 20)
            columns = answered(["yes"] * 20, ["yes"] * right + ["no"] * (20 - right))
            score = {"accuracy": accuracy(columns)}
            run_folder(folder / str(number), columns, validation=score, test={"accuracy": 1 - outcome})
            study.tell(trial, [outcome, 10.0][: len(directions)])
        elif isinstance(outcome, str):
            trial.set_user_attr(REASON, outcome)
            study.tell(trial, state=TrialState.FAIL)
        elif outcome is not TrialState.RUNNING:
            study.tell(trial, state=outcome)
    return study


def concluded(folder, outcomes, objectives=(BEST,), stopped=None, *, gave_up=False):
    study = made(folder, outcomes, [objective.direction for objective in objectives])
    order = Order({"optimizer": {"lr": 0.5}}, folder, {}, ["optimizer.lr=0.5"])
    given = (study, Everything(study), objectives, lambda group: order, (), folder, stopped)
    return conclude(*given, gave_up=gave_up)


def test_the_test_split_decides_nothing(capsys, own_place):
    assert concluded(Path("s"), [0.5, 0.9, 0.75]) == 0
    out = capsys.readouterr().out
    assert read(Path("s"))["best"]["number"] == 1
    assert "best: trial 1, val accuracy 0.9000\n" in out
    assert " by 0.1500 accuracy (95 % interval " in out
    assert read(Path("s"))["difference"]["better"] == pytest.approx(0.15)


def test_what_failed_waits_or_was_pruned_is_counted_and_told(capsys, own_place):
    outcomes = [0.5, "out of memory", TrialState.PRUNED, TrialState.RUNNING, TrialState.WAITING]
    assert concluded(Path("s"), outcomes, gave_up=True) == 1
    out, err = capsys.readouterr()
    assert "5 trials: 1 finished, 1 failed, 1 pruned, 1 running, 1 waiting" in out
    assert "failed: out of memory; s/1/train.log" in err
    assert "too many failed; 2 trials are left. To go on: the same command with hydra.sweep.dir=s" in out
    told = read(Path("s"))
    assert [trial["status"] for trial in told["trials"]] == ["finished", "failed", "pruned", "running", "waiting"]
    assert told["trials"][1]["reason"] == "out of memory"
    assert told["difference"] is None


def test_where_all_failed_there_is_no_best(capsys, own_place):
    assert concluded(Path("s"), ["one reason", "another"]) == 1
    assert read(Path("s"))["best"] is None
    assert sorted(path.name for path in Path("s").glob("[!.]*")) == ["sweep.json"]


def test_two_objectives_have_a_front(capsys, own_place):
    objectives = (BEST, Objective("parameters", "minimize"))
    assert concluded(Path("s"), [0.5, 0.9], objectives) == 0
    assert read(Path("s"))["pareto_front"] == [[1]]
    assert Path("s/pareto_front.png").is_file()
    assert "1 *" in capsys.readouterr().out


def test_two_hundred_trials_say_little_and_keep_all(capsys, own_place):
    concluded(Path("s"), [(n * 7 % 20) / 20 for n in range(200)])
    out = capsys.readouterr().out
    assert len(out.splitlines()) < 50
    assert "... and 180 more; all are in s/sweep.json" in out
    assert len(read(Path("s"))["trials"]) == 200
