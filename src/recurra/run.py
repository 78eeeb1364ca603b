"""One run, from a resolved configuration to the files in its folder."""

import logging
import shlex
from contextlib import suppress

import torch
import yaml
from lightning.pytorch import Callback, Trainer, seed_everything
from lightning.pytorch.callbacks import RichProgressBar
from lightning.pytorch.loggers import Logger

from recurra import build, wandb_logger
from recurra.callbacks import EarlyStopped, EpochLines, Interrupted, Interruption, RandomState, Throughput
from recurra.checkpoint import card
from recurra.conclusion import conclude
from recurra.data.datamodule import TextDataModule
from recurra.data.report import report
from recurra.description import description
from recurra.errors import ConfigError, RecurraError
from recurra.initial_weights import take_over
from recurra.journal import ONCE, interactive, journal
from recurra.metrics_file import replay
from recurra.module import SequenceModule
from recurra.order import Order
from recurra.ranks import Ranks, leads
from recurra.results import Results
from recurra.run_files import BEST, CHECKPOINTS, LAST, RESULTS
from recurra.run_lock import sole_owner
from recurra.same_data import check_same_data
from recurra.signals import Signals
from recurra.tasks import label_set
from recurra.text.corpus import label_counts
from recurra.trainer_arguments import check_trainer
from recurra.whole_file import whole_file

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
    loggers: list[Logger] = []
    with (
        journal(order.folder / "train.log", leading=leading, heard=order.heard),
        Signals(heeded=leading) as signals,
        Ranks(order) as ranks,
    ):
        # Denormals can slow an LSTM a hundredfold; set before torch starts its threads.
        torch.set_flush_denormal(True)
        try:
            _go(order, results, loggers, signals, ranks)
            results.status = "finished"
        except RecurraError as error:
            results.status, results.error = "failed", str(error)
            if leading and (order.folder / RESULTS).exists():  # else nothing was run, and there is nothing to tell of
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
            wandb_logger.finish(loggers, status=results.status)
        if leading:
            results.save()
    return results


def _stopped(order: Order, signal: str) -> str:
    last = order.folder / CHECKPOINTS / LAST
    how = f"to go on: recurra-train resume={shlex.quote(str(last))}"
    return f"stopped by {signal}; {how if last.exists() else 'there is nothing yet to go on from'}"


def _go(order: Order, results: Results, loggers: list[Logger], signals: Signals, ranks: Ranks) -> None:
    """All that a run does; `loggers` is filled, so that they can be ended whatever happens."""
    config = order.config
    if leads():
        with whole_file(order.folder / "config.yaml") as draft:
            draft.write_text(yaml.safe_dump(config, allow_unicode=True, sort_keys=False), encoding="utf-8")
    seed_everything(config["seed"], verbose=False)
    check_trainer(config)
    build.try_optimizer(config)
    data = build.datamodule(config)
    data.fit_tokenizer(build.recipe(config))
    log.info("\n".join(report(data)), extra=ONCE)
    module = _module(order, data)
    if order.resume is not None:
        check_same_data(order.resume, module.card)
    results.parameters = sum(weight.numel() for weight in module.parameters())
    results.monitor, results.mode = module.task.monitor.removeprefix("val/"), module.task.mode
    log.info("model: %s, %s parameters", results.model, f"{results.parameters:,}")
    throughput = Throughput()
    loggers += build.loggers(config, order.folder, description(order, results))
    batches = len(data.batches(data.stores["train"], training=True))
    trainer = build.trainer(config, order.folder, _callbacks(order, module, throughput, signals), loggers, batches)
    ranks.start(trainer)
    if config["train"]:
        try:
            _train(order, trainer, module, data, results)
        finally:
            results.epochs = trainer.fit_loop.epoch_progress.current.processed  # type: ignore[attr-defined]
            results.steps = trainer.global_step
            results.train_seconds, results.tokens_per_second = throughput.seconds, throughput.tokens_per_second
    conclude(trainer, module, data, results, test=config["test"])


def _module(order: Order, data: TextDataModule) -> SequenceModule:
    """The model for the data, its first weights in place; the data then knows what it predicts."""
    train = data.corpus.splits["train"]
    labels, counts = label_set(train), label_counts(train)
    vectors = build.vectors(order.config, data.tokenizer.vocabulary)
    embedding_size = None if vectors is None else vectors.matrix.shape[1]
    class_counts = [counts.get(label, 0) for label in labels]
    module = build.module(
        order.config,
        vocabulary_size=data.tokenizer.size,
        embedding_size=embedding_size,
        labels=labels,
        class_counts=class_counts,
        card=card(
            order.config,
            data.tokenizer,
            labels,
            class_counts,
            embedding_size,
            choices=order.choices,
            overrides=order.overrides,
            data=data.corpus.fingerprint(),
        ),
    )
    if vectors is not None:
        module.embedding.load_vectors(torch.from_numpy(vectors.matrix), torch.from_numpy(vectors.found))
        log.info("vectors: %.1f %% of the vocabulary found", 100 * vectors.found.mean())
    if order.config["init_from"]:
        log.info(take_over(module, data.tokenizer, order.config["init_from"]))
    data.encode_targets(module.task.encode)
    return module


def _callbacks(order: Order, module: SequenceModule, throughput: Throughput, signals: Signals) -> list[Callback]:
    task = module.task
    chosen = build.callbacks(order.config, task.monitor, task.mode, order.folder)
    ours: list[Callback] = [RandomState(), EarlyStopped(), EpochLines(task.monitor, task.mode, throughput), throughput]
    if order.config["trainer"].get("enable_progress_bar", interactive()):
        ours.append(RichProgressBar(leave=False))
    # Last, so that a checkpoint made on a signal holds what the others have done with the batch.
    return [*ours, *chosen, Interruption(signals, order.folder / CHECKPOINTS)]


def _train(order: Order, trainer: Trainer, module: SequenceModule, data: TextDataModule, results: Results) -> None:
    if order.resume is not None:
        replay(order.resume, order.folder / "metrics.csv", trainer.loggers)
        log.info("going on from %s", order.resume)
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
