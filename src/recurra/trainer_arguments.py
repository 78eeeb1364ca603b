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


def check_trainer(config: Mapping[str, Any]) -> None:
    """Refuses arguments that would be ignored in silence, or break later.

    Raises:
        ConfigError: naming the argument and what to do.
    """
    for name, (decided, cure) in _DECIDED.items():
        if config["trainer"].get(name, decided) not in (None, decided):
            raise ConfigError(f"trainer.{name}={config['trainer'][name]!r} cannot be given. {cure}")
