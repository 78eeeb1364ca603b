"""Which arguments of Lightning's Trainer are not a user's to give."""

from collections.abc import Mapping
from typing import Any

from recurra.errors import ConfigError

_DECIDED: Mapping[str, tuple[Any, str]] = {
    "callbacks": (None, "Choose callbacks=OPTION, or callbacks.NAME=null for one less."),
    "logger": (None, "Choose logger=OPTION, or logger=null for none."),
    "default_root_dir": (None, "Give hydra.run.dir=FOLDER."),
    "overfit_batches": (0, "Use debug=overfit, or data.reshuffle=false trainer.limit_train_batches=N."),
    "use_distributed_sampler": (False, "Recurra's batches are shared out among the ranks already."),
    "enable_checkpointing": (True, "A run is there to keep a model; for fewer: callbacks.last.every_n_epochs=N."),
    "barebones": (False, "It would leave no checkpoint and no figures."),
}
"""What Recurra decides among the arguments of Lightning's Trainer: the value, and what a user may do instead."""

_LEAST: Mapping[str, int] = {
    "max_epochs": 0,
    "max_steps": 1,
    "accumulate_grad_batches": 1,
    "check_val_every_n_epoch": 1,
    "gradient_clip_val": 0,
}
"""What Lightning lets through to break later, or to do nothing."""

_ENDS = ("max_epochs", "max_steps")
_ENDLESS = -1


def check_trainer(config: Mapping[str, Any]) -> None:
    """Refuses arguments that would be ignored in silence, or break later.

    Raises:
        ConfigError: naming the argument and what to do.
    """
    for name, (decided, cure) in _DECIDED.items():
        if config["trainer"].get(name, decided) not in (None, decided):
            raise ConfigError(f"trainer.{name}={config['trainer'][name]!r} cannot be given. {cure}")
    numbers = {name: value for name, value in config["trainer"].items() if isinstance(value, int | float)}
    given = {name: value for name, value in numbers.items() if not (name in _ENDS and value == _ENDLESS)}
    if "max_epochs" in numbers and not any(name in given for name in _ENDS):
        raise ConfigError(
            "trainer.max_epochs=-1 has no end to plan the learning rate to. Give trainer.max_steps=N, too."
        )
    for name, least in _LEAST.items():
        if given.get(name, least) < least:
            raise ConfigError(f"trainer.{name}={given[name]} does not fit: it should be at least {least}.")
    if given.get("limit_train_batches", 1) <= 0:
        raise ConfigError(
            f"trainer.limit_train_batches={given['limit_train_batches']} leaves nothing to train on. "
            "It should be a number of batches, or a share."
        )
