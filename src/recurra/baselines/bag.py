"""A bag of words, trained as the run was, but for the neighbours of words, which a bag cannot be asked for."""

import tempfile
from dataclasses import replace
from pathlib import Path
from typing import Any

from lightning.pytorch import seed_everything

from recurra import build
from recurra.baselines.baseline import Baseline
from recurra.callbacks import FiniteLoss, Interruption, Throughput
from recurra.checkpoint import read
from recurra.conclusion import score_best
from recurra.data.base import DataModule
from recurra.order import Order
from recurra.preparation import model
from recurra.signals import Signals

BAG: dict[str, Any] = {"_target_": "recurra.nn.encoders.bag.Bag", "_partial_": True}
PAIRS = 2
"""With vectors for pairs of tokens, too, it is fastText's model; without them it would be a weaker one to beat."""

_KEPT = ("early_stopping", "checkpoint", "averaging")
"""Callbacks that decide which weights are kept; the others tell of the run itself."""

_ALONE = {"devices": 1, "num_nodes": 1, "strategy": "auto", "profiler": None, "enable_progress_bar": False}


def bag(order: Order, data: DataModule, signals: Signals, *, test: bool) -> Baseline:
    """Trains the run's model with a bag in place of its encoder and nothing beside its task, in this process alone.

    Args:
        order: of the run.
        data: its data, which is then asked by the task of the bag.
        signals: on which it stops.
        test: whether the test split is scored.

    Raises:
        Interrupted: a signal came.
        RecurraError: the configuration does not suit a bag, or its loss is no number any more.
    """
    callbacks = {name: node for name, node in (order.config["callbacks"] or {}).items() if name in _KEPT}
    trainer = {**order.config["trainer"], **_ALONE}
    own = {"model": BAG, "auxiliary": None, "callbacks": callbacks, "trainer": trainer}
    embedding = dict(order.config["embedding"])
    if "ngrams" in embedding:  # one of the user's own may know none
        embedding["ngrams"] = max(PAIRS, embedding["ngrams"])
    config = {**order.config, **own, "embedding": embedding}
    seed_everything(config["seed"], verbose=False)
    weights = None if config["init_from"] is None else read(config["init_from"])
    module = model(replace(order, config=config), data, weights)
    throughput = Throughput()
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        watching = [FiniteLoss(), throughput, *build.callbacks(config, module.task.monitor, module.task.mode, folder)]
        watching.append(Interruption(signals, folder))
        alone = build.trainer(config, folder, watching, [], data.training_batches)
        alone.fit(module, data)
        score_best(alone, module, data, folder, test=test)
    settings = "pairs of tokens, no neighbours, and all else but the encoder as in the run"
    return Baseline("bag", settings, module.size, throughput.seconds, module.evaluations)
