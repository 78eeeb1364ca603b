"""A run without its training: everything is built and one batch goes through, so that what is wrong is told at once."""

import math
import time
from dataclasses import dataclass
from typing import Any, final

from lightning.pytorch import Callback, LightningModule, Trainer

from recurra import build
from recurra.auxiliary import check_auxiliary
from recurra.embedding_inputs import check_embedding
from recurra.journal import journal
from recurra.order import Order
from recurra.preparation import prepare
from recurra.run_schema import check_run
from recurra.text.splitting import check_fold


@final
@dataclass(frozen=True)
class Rehearsal:
    """What is known of a run before it is done.

    Attributes:
        monitor, mode: the score, without its prefix, that it is compared by.
        scores: that its validation gives.
        parameters: of the model.
        seconds: that its training takes at most, were every step like the one that was tried; early stopping and other
            processes on the machine are not thought of.
    """

    monitor: str
    mode: str
    scores: frozenset[str]
    parameters: int
    seconds: float


def check(order: Order) -> None:
    """What can be said of a configuration before data are read.

    Raises:
        ConfigError: names, types and ranges; contradictions; what optimizer, schedule or callbacks refuse.
    """
    check_run(order.config)
    build.try_optimizer(order.config)
    build.callbacks(order.config, "val/loss", "min", order.folder)
    check_embedding(order.config)
    check_auxiliary(order.config)
    check_fold(order.config["data"].get("folds"), order.config["data"].get("fold"))


def rehearse(order: Order) -> Rehearsal:
    """Reads the data, builds the model and takes two steps with one batch. Nothing is written but the token store.

    Args:
        order: that `check` has let pass.

    Raises:
        RecurraError: the user's configuration or data.
    """
    alone = {"devices": 1, "num_nodes": 1, "strategy": "auto", "limit_val_batches": 1, "num_sanity_val_steps": 0}
    quiet = {"enable_model_summary": False, "enable_checkpointing": False, "profiler": None}
    steps = _TwoSteps()
    with journal(order.folder / "rehearsal.log", leading=False, heard=set()):
        data, module = prepare(order)
        config = module.card["config"]  # with what the training texts have chosen, the number of epochs among it
        whole = build.trainer(config, order.folder, [], [], data.training_batches)
        settings = {**config["trainer"], **alone, **quiet}
        tried = build.trainer({**config, "trainer": settings}, order.folder, [steps], [], data.training_batches)
        tried.fit(module, data)
    return Rehearsal(
        module.task.monitor.removeprefix("val/"),
        module.task.mode,
        frozenset(name.removeprefix("val/") for name in tried.callback_metrics if name.startswith("val/")),
        module.size,
        _steps(whole, data.training_batches) * steps.seconds,
    )


def _steps(trainer: Trainer, batches: int) -> float:
    """How many batches training has at most."""
    limit = trainer.limit_train_batches
    batches = min(batches, limit) if isinstance(limit, int) else max(int(batches * limit), 1)
    epochs = trainer.max_epochs if trainer.max_epochs not in (None, -1) else math.inf
    steps = trainer.max_steps * trainer.accumulate_grad_batches if trainer.max_steps != -1 else math.inf
    return min(batches * epochs, steps)


@final
class _TwoSteps(Callback):
    """Ends training after two batches; the first one makes threads, kernels and memory."""

    seconds = 0.0

    def on_train_batch_start(self, trainer: Trainer, module: LightningModule, *args: Any) -> None:
        """Starts the watch."""
        self._start = time.perf_counter()

    def on_train_batch_end(self, trainer: Trainer, module: LightningModule, *args: Any) -> None:
        """Reads it."""
        self.seconds = time.perf_counter() - self._start
        trainer.should_stop = args[2] > 0
