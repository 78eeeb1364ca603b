import numpy as np
import optuna
import pytest

from recurra.sweeps.importance import importances
from recurra.sweeps.objective import Objective


def study(trials, direction, seed=0):
    made = optuna.create_study(direction=direction, sampler=optuna.samplers.RandomSampler(seed=seed))
    for _ in range(trials):
        trial = made.ask()
        lr = trial.suggest_float("optimizer.lr", 1e-4, 1e-1, log=True)
        trial.suggest_int("model.hidden_size", 8, 64)
        trial.suggest_categorical("model", ["lstm", "gru"])
        worse = (np.log10(lr) + 2.5) ** 2
        made.tell(trial, worse if direction == "minimize" else -worse)
    return made


KEYS = ["optimizer.lr", "model.hidden_size", "model"]


@pytest.mark.parametrize("direction", ["minimize", "maximize"])
@pytest.mark.parametrize("trials", [10, 60])
def test_what_decides_is_the_most_important(trials, direction):
    optuna.logging.set_verbosity(optuna.logging.ERROR)
    found = importances(study(trials, direction), KEYS, Objective("loss", direction))
    assert next(iter(found)) == "optimizer.lr"
    assert found["optimizer.lr"] > 0.5
    assert sum(found.values()) == pytest.approx(1)


def test_too_little_says_nothing():
    objective = Objective("loss", "minimize")
    assert importances(study(4, "minimize"), KEYS, objective) == {}
    assert importances(study(10, "minimize"), KEYS[:1], objective) == {}
