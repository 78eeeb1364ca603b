"""From a resolved configuration, a plain dict, to objects: sizes are handed over here."""

import inspect
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from lightning.pytorch import Callback, Trainer
from lightning.pytorch.callbacks import ProgressBar
from lightning.pytorch.loggers import Logger
from lightning.pytorch.strategies import DDPStrategy
from torch import nn

from recurra.checkpoint_io import WholeCheckpointIO
from recurra.data.base import DataModule
from recurra.data.level import Level
from recurra.errors import ConfigError
from recurra.instantiation import call, instantiate
from recurra.memory import check_memory
from recurra.module import SequenceModule
from recurra.nn.encoders.base import Encoder
from recurra.run_files import CHECKPOINTS
from recurra.schema import target
from recurra.tasks.base import Task
from recurra.text.tokenizers import TokenizerRecipe

_LOSSES = {"classes": "loss=cross_entropy or loss=focal", "bits": "loss=bce", "values": "loss=mse"}
"""Those that take each kind of targets."""


def datamodule(config: Mapping[str, Any]) -> DataModule:
    """The data of `config["data"]`; the run's seed decides the order of the rows."""
    # Whatever is asked, the splits are the same: a language model that starts a classifier has not read its test.
    classes = of_task(config, "classes")
    asked = {"stratified": classes != "none", "labelled": classes != "tokens"}
    given = fitting(target(config["data"]["_target_"], "data"), asked)
    data: DataModule = instantiate(config["data"], "data", seed=config["seed"], **given)
    return data


def recipe(config: Mapping[str, Any]) -> TokenizerRecipe:
    """The tokenizer of `config["tokenizer"]`, not yet fitted."""
    made: TokenizerRecipe = instantiate(config["tokenizer"], "tokenizer")
    return made


def of_task(config: Mapping[str, Any], name: str) -> Any:
    """What the class of `config["task"]` says of itself before it is built; what every task does if it says nothing."""
    return getattr(target(config["task"]["_target_"], "task"), name, getattr(Task, name))


def module(
    config: Mapping[str, Any],
    *,
    vocabulary_size: int | None,
    embedding_size: int | None,
    labels: Sequence[str],
    class_counts: Sequence[int] | None,
    card: dict[str, Any],
    input_size: int | None = None,
    ngram_rows: int | None = None,
) -> SequenceModule:
    """The model, its loss and how it is trained.

    Args:
        config: the resolved configuration.
        vocabulary_size: tokens, to which the embedding adds rows for what the task puts among them; None where
            sequences are numbers.
        embedding_size: width of the pretrained vectors; None where the configuration says it.
        labels: the task's classes, in order.
        class_counts: how often the training split has each; None where the model only predicts.
        card: what its checkpoints carry.
        input_size: numbers of each step; None where sequences are tokens.
        ngram_rows: n-grams that were found; None where the configuration asks for none.
    """
    node = {key: value for key, value in config["embedding"].items() if key != "vectors"}
    if embedding_size is not None:
        node["size"] = embedding_size
    if ngram_rows is not None:
        node["ngram_rows"] = ngram_rows

    def parts() -> tuple[nn.Module, Encoder, Task]:
        inputs = None if vocabulary_size is None else vocabulary_size + len(of_task(config, "added_inputs"))
        reader = instantiate(node, "embedding")
        read = fitting(reader, {"vocabulary_size": inputs, "input_size": input_size})
        if None in read.values():
            sort, option = ("tokens", "learned") if input_size is None else ("numbers", "linear")
            raise ConfigError(f"embedding: this data is {sort}, which this one does not read. Use embedding={option}.")
        embedding = call(reader, "embedding", **read)
        encoder = call(instantiate(config["model"], "model"), "model", embedding.output_size)
        factory = instantiate(config["task"], "task")
        wanted = {"features_size": encoder.summary_size, "states_size": encoder.states_size}
        given = fitting(factory, {**wanted, "encoder": encoder, "embedding": embedding, "class_counts": class_counts})
        return embedding, encoder, call(factory, "task", labels, **given)

    check_memory(lambda: nn.ModuleList(parts()))
    embedding, encoder, task = parts()
    data = config["data"]
    one_length = getattr(target(data["_target_"], "data"), "one_length", False) or data.get("fixed_length")
    if encoder.reads_padding and not one_length:
        raise ConfigError(
            f"model: {type(encoder).__name__} reads padding as it reads text, so that an answer would change with the "
            "length of the other texts of its batch. Give data.fixed_length=true, which pads every text to "
            "data.max_length, or model.readout=correct, which leaves padding out."
        )
    counts = None if class_counts is None else dict(zip(labels, class_counts, strict=True))
    ordered = None if counts is None else [counts[label] for label in task.labels]  # a task may order them anew
    made: Any = target(config["loss"]["_target_"], "loss")
    if made.targets != task.targets:  # before it looks at classes that are not of its kind
        raise ConfigError(
            f"loss: {made.__name__} takes {made.targets}, but {type(task).__name__} gives {task.targets}. "
            f"Use {_LOSSES[task.targets]}."
        )
    loss = call(instantiate(config["loss"], "loss"), "loss", ordered)
    loss.begin(task.head)
    optimizer = _optimizer(config)
    scheduler = instantiate(config["scheduler"], "scheduler")
    try_optimizer(config)
    return SequenceModule(embedding, encoder, task, loss, optimizer, scheduler, card)


def try_optimizer(config: Mapping[str, Any]) -> None:
    """Builds the optimizer and its schedule for a single weight, so that what they refuse is told before any work."""
    optimizer = call(_optimizer(config), "optimizer", [nn.Parameter()])
    call(instantiate(config["scheduler"], "scheduler"), "scheduler", optimizer, 100)


def _optimizer(config: Mapping[str, Any]) -> Callable[..., Any]:
    node = dict(config["optimizer"])
    if node.get("fused") and "mixed" in str(config.get("trainer", {}).get("precision")):
        node["fused"] = False  # Lightning clips no gradients of a fused optimizer in mixed precision
    made: Callable[..., Any] = instantiate(node, "optimizer")
    return made


def fitting(factory: Callable[..., Any], given: Mapping[str, Any]) -> dict[str, Any]:
    """Those of `given` that a factory takes and the configuration has not set."""
    bound = factory.keywords if isinstance(factory, partial) else {}
    accepted = inspect.signature(factory).parameters
    return {name: value for name, value in given.items() if name in accepted and bound.get(name) is None}


def callbacks(
    config: Mapping[str, Any], monitor: str, mode: str, folder: Path, level: Level | None = None
) -> list[Callback]:
    """The callbacks of `config["callbacks"]`; factories get the metric to watch, the checkpoints' folder, and `level`:
    when the data counts as solved."""
    given = {"monitor": monitor, "mode": mode, "dirpath": folder / CHECKPOINTS, "level": level}
    return [_made(node, f"callbacks.{name}", given) for name, node in (config.get("callbacks") or {}).items() if node]


def loggers(config: Mapping[str, Any], folder: Path, run: Mapping[str, Any]) -> list[Logger]:
    """The loggers of `config["logger"]`; factories get the run's folder and what it is called, and may make none."""
    given, nodes = {"save_dir": str(folder), **run}, (config.get("logger") or {}).items()
    return [made for name, node in nodes if node and (made := _made(node, f"logger.{name}", given)) is not None]


def _made(node: Mapping[str, Any], key: str, given: Mapping[str, Any]) -> Any:
    made = instantiate(node, key)
    return call(made, key, **fitting(made, given)) if node.get("_partial_") else made


def trainer(
    config: Mapping[str, Any], folder: Path, callbacks: list[Callback], loggers: list[Logger], batches: int
) -> Trainer:
    """Lightning's Trainer.

    Args:
        batches: of an epoch; metrics are logged at least once in each.

    Raises:
        ConfigError: it refuses an argument, or a device that it asks for is not there.
    """
    bar = any(isinstance(callback, ProgressBar) for callback in callbacks)
    given: dict[str, Any] = {"callbacks": callbacks, "logger": loggers, "default_root_dir": str(folder)}
    given["enable_progress_bar"] = bar
    if not config["trainer"].get("plugins"):
        given["plugins"] = [WholeCheckpointIO()]
    limit = config["trainer"].get("limit_train_batches") or 1.0
    batches = min(batches, limit) if isinstance(limit, int) else max(int(batches * limit), 1)
    node = {**config["trainer"], "log_every_n_steps": min(config["trainer"].get("log_every_n_steps") or 50, batches)}
    made: Trainer = call(instantiate(node, "trainer"), "trainer", **given)
    if type(made.strategy) is DDPStrategy and isinstance(node.get("strategy", "auto"), str):
        # Lightning's own one sends buffers around before each batch, and ranks may have unequally many to evaluate.
        given["strategy"] = DDPStrategy(broadcast_buffers=False)
        made = call(instantiate({k: v for k, v in node.items() if k != "strategy"}, "trainer"), "trainer", **given)
    return made
