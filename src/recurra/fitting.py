"""The training of a run."""

import logging

from lightning.pytorch import Trainer

from recurra.data.base import DataModule
from recurra.errors import ConfigError
from recurra.metrics_file import replay
from recurra.module import SequenceModule
from recurra.order import Order
from recurra.requeue import forget_saved
from recurra.results import Results
from recurra.run_files import BEST, CHECKPOINTS, LAST

log = logging.getLogger("recurra")


def fit(order: Order, trainer: Trainer, module: SequenceModule, data: DataModule, results: Results) -> None:
    """Trains, from the beginning or from where another process stopped; best.ckpt and last.ckpt exist afterwards.

    Raises:
        ConfigError: the learning rate was planned to an end that lies behind.
    """
    if order.resume is not None:
        replay(order.resume, order.folder / "metrics.csv", trainer.loggers)
        log.info("going on from %s", order.resume)
        forget_saved(trainer, order.folder, before=order.resume)
    if trainer.is_global_zero:
        results.save()  # `running`: what resume=auto finds after a kill
    try:
        trainer.fit(module, data, ckpt_path=order.resume, weights_only=True)
    except ValueError as error:
        if "Tried to step" not in str(error):
            raise
        raise ConfigError(
            "scheduler: the learning rate of this run was planned to its end and cannot go on from there. "
            f"To train longer, begin a new run with its weights: init_from={order.resume}"
        ) from error
    for name in (BEST, LAST):
        file = order.folder / CHECKPOINTS / name
        if not trainer.strategy.broadcast(file.exists()):  # training ended before the first validation
            trainer.save_checkpoint(file)
    if order.config["trainer"].get("profiler"):
        profile = order.folder / "profile.txt"
        profile.write_text(trainer.profiler.summary(), encoding="utf-8")  # type: ignore[attr-defined]
        log.info("where the time went: %s", profile)
