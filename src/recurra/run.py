"""One run, from a resolved configuration to the files in its folder."""

import logging
import os
import shlex
from contextlib import suppress
from dataclasses import replace

import torch
from lightning.pytorch import Callback
from lightning.pytorch.callbacks import RichProgressBar
from lightning.pytorch.loggers import Logger

from recurra import build
from recurra.baselines.comparison import compare
from recurra.callbacks import (
    EarlyStopped,
    EpochLines,
    FiniteLoss,
    Interrupted,
    Interruption,
    RandomState,
    Throughput,
    TrainingFigures,
)
from recurra.callbacks.pruning import Pruned, Pruning
from recurra.conclusion import conclude
from recurra.data.base import DataModule
from recurra.description import description
from recurra.errors import RecurraError
from recurra.fitting import fit
from recurra.journal import interactive, journal
from recurra.loggers.ending import ended
from recurra.module import SequenceModule
from recurra.order import Order
from recurra.preparation import prepare
from recurra.ranks import Ranks, leads
from recurra.results import Results
from recurra.run_config import write_config
from recurra.run_files import CHECKPOINTS, LAST, RESULTS
from recurra.run_lock import sole_owner
from recurra.run_schema import check_run
from recurra.same_data import check_same_data
from recurra.signals import Signals
from recurra.sweeps.place import Place

log = logging.getLogger("recurra")


def run(order: Order) -> Results:
    """Trains, scores the best checkpoint, and writes every file of the run.

    Returns:
        The figures; status `interrupted` after Ctrl-C or SIGTERM, with a checkpoint to go on from once there is one.

    Raises:
        RecurraError: the user's configuration or data; told before training begins.
        Exception: anything else, after results.json says `failed`.
    """
    if not leads():
        return _run(order, leading=False)
    with sole_owner(order.folder):
        return _run(order, leading=True)


def _run(order: Order, *, leading: bool) -> Results:
    results = order.blank_results()
    with (
        journal(order.folder / "train.log", leading=leading, heard=order.heard),
        Signals(heeded=leading) as signals,
        ended(results) as loggers,
        Ranks(order) as ranks,
    ):
        # Denormals can slow an LSTM a hundredfold; set before torch starts its threads.
        torch.set_flush_denormal(True)
        try:
            _go(order, results, loggers, signals, ranks)
            results.status = "finished"
        except Pruned as pruned:
            results.status, results.validation = "pruned", dict(pruned.scores)
            log.info(str(pruned))
        except RecurraError as error:
            results.status, results.error = "failed", str(error)
            # Of a mistake on the command line nothing is kept, but a sweep's table and a resumed run tell of theirs.
            if leading and (order.sweep is not None or (order.folder / RESULTS).exists()):
                results.save()
            raise
        except BaseException as error:
            if signals.received is None and not isinstance(error, Interrupted):
                cause = ranks.cause()
                results.status, results.error = "failed", cause or f"{type(error).__name__}: {error}"
                if leading:
                    with suppress(OSError):  # a full disk may be the very reason
                        results.save()
                if cause is not None:
                    raise ChildProcessError(cause) from error
                raise
            results.status = "interrupted"
            if signals.received is not None:
                results.signal = signals.received.name
                log.info(_stopped(order, results.signal))
        finally:
            torch.set_flush_denormal(False)  # a notebook's arithmetic stays what it was
        if leading:
            results.save()
    return results


def _stopped(order: Order, signal: str) -> str:
    if order.sweep is not None:  # which knows how to go on
        return f"stopped by {signal}"
    last = order.folder / CHECKPOINTS / LAST
    how = f"to go on: recurra-train resume={shlex.quote(os.path.relpath(last))}"
    return f"stopped by {signal}; {how if last.exists() else 'there is nothing yet to go on from'}"


def _go(order: Order, results: Results, loggers: list[Logger], signals: Signals, ranks: Ranks) -> None:
    """All that a run does; `loggers` is filled, so that they can be ended whatever happens."""
    check_run(order.config)
    if leads():
        write_config(order.folder, order.config)
    data, module = prepare(order)
    order = replace(order, config=module.card["config"])
    config = order.config
    if leads():
        write_config(order.folder, config)
    if vain := [o for o in order.overrides if o.startswith(tuple(f"data.{name}=" for name in module.task.unused))]:
        log.info("without effect on task=%s: %s", results.task, ", ".join(vain))
    if order.resume is not None:
        check_same_data(order.resume, module.card)
    results.data_hash = module.card["data"]
    results.parameters = module.size
    results.monitor, results.mode = module.task.monitor.removeprefix("val/"), module.task.mode
    results.verb, results.sample = ("" if data.tokenizer is None else module.task.verb), module.task.sample
    log.info("model: %s, %s parameters", results.model, f"{results.parameters:,}")
    throughput = Throughput()
    loggers += build.loggers(config, order.folder, description(order, results, data.title))
    callbacks = _callbacks(order, module, data, throughput, signals)
    trainer = build.trainer(config, order.folder, callbacks, loggers, data.training_batches)
    ranks.start(trainer)
    if config["train"]:
        try:
            fit(order, trainer, module, data, results)
        finally:
            results.epochs = trainer.fit_loop.epoch_progress.current.processed  # type: ignore[attr-defined]
            results.steps = trainer.global_step
            results.train_seconds, results.tokens_per_second = throughput.seconds, throughput.tokens_per_second
    conclude(trainer, module, data, results, test=config["test"])
    if config["baselines"] and leads():
        compare(order, module, data, results, signals)


def _callbacks(
    order: Order, module: SequenceModule, data: DataModule, throughput: Throughput, signals: Signals
) -> list[Callback]:
    task = module.task
    chosen = build.callbacks(order.config, task.monitor, task.mode, order.folder, data.level)
    lines = EpochLines(task.monitor, task.mode, throughput)
    ours: list[Callback] = [RandomState(), EarlyStopped(), FiniteLoss(), lines, throughput]
    if any((order.config.get("logger") or {}).values()):
        ours.append(TrainingFigures(throughput))
    if order.trial is not None:
        ours.append(Pruning(Place(**order.trial), task.monitor))
    if order.config["trainer"].get("enable_progress_bar", interactive()):
        ours.append(RichProgressBar(leave=False))
    # Last, so that a checkpoint made on a signal holds what the others have done with the batch.
    return [*ours, *chosen, Interruption(signals, order.folder / CHECKPOINTS)]
