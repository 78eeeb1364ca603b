"""A sweep's study: Optuna's memory of all its trials."""

import time
import warnings
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import optuna
from optuna.pruners import NopPruner
from optuna.samplers import BaseSampler
from optuna.storages import BaseStorage

from recurra.errors import ConfigError, first_line
from recurra.sweeps.objective import Objective

COMMAND = "command"
"""The attribute of a study that holds what it was begun with."""


def open_study(
    storage: BaseStorage,
    name: str,
    *,
    objectives: Sequence[Objective],
    sampler: Callable[..., BaseSampler],
    seed: int,
    command: Mapping[str, Any],
) -> optuna.Study:
    """The study of that name, begun now if there is none.

    Args:
        sampler: a factory, called with a seed: `seed` for a study that begins, so that it can be repeated. One that is
            gone on with, or joined, would propose its first points again.
        command: what the sweep is made of; it stays the same for ever.

    Raises:
        ConfigError: a study of that name was begun with another command, or the sampler cannot be made.
    """
    optuna.logging.set_verbosity(optuna.logging.ERROR)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # Optuna calls much experimental
        begun = name in optuna.get_all_study_names(storage)
        drawn = int(np.random.SeedSequence([seed, time.time_ns()]).generate_state(1)[0]) if begun else seed
        study = optuna.create_study(
            study_name=name,
            storage=storage,
            sampler=_made(sampler, drawn),
            pruner=NopPruner(),  # each run asks its own
            directions=[objective.direction for objective in objectives],
            load_if_exists=True,
        )
    if not begun:
        study.set_user_attr(COMMAND, dict(command))
    _check_same(study.user_attrs.get(COMMAND, dict(command)), command, name)
    return study


def _made(sampler: Callable[..., BaseSampler], seed: int) -> BaseSampler:
    try:
        return sampler(seed=seed)
    except ImportError as error:
        said = first_line(error)
        raise ConfigError(f"hydra.sweeper.sampler: {said} To install it: pip install 'recurra[sweep]'.") from error
    except (TypeError, ValueError) as error:
        raise ConfigError(f"hydra.sweeper.sampler: {error}") from error


def _check_same(before: Mapping[str, Any], now: Mapping[str, Any], name: str) -> None:
    differing = [key for key in {**before, **now} if before.get(key) != now.get(key)]
    if differing:
        told = "; ".join(f"{key}: {_told(before.get(key))}, now {_told(now.get(key))}" for key in differing)
        raise ConfigError(
            f"{name} is a sweep that was begun with another command. {told}. Go on with the same one, or begin a new "
            "sweep in a folder of its own: leave hydra.sweep.dir out."
        )


def _told(part: Any) -> str:
    if isinstance(part, Mapping):
        return " ".join(f"{key}={value}" for key, value in part.items()) or "nothing"
    return " ".join(map(str, part)) if part else "nothing"
