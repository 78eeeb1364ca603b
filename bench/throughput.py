"""Real tokens a second of training, against the usual loops and the machine's limit. `make bench-throughput`.

One round measures every way once, a few batches each, so that a machine that slows down slows all of them; what is
printed is the median over rounds. Padding does not count as a token. Per encoder:

- fixed: the usual loop in plain PyTorch: every text padded to 256, embedding, nn.X in both directions, output at the
  last step;
- packed: the same on PackedSequence, each batch as long as its longest text;
- bare: a plain PyTorch loop over Recurra's own batches and model;
- ours: the Lightning run that `recurra-train` makes, loggers and callbacks included.
"""

import logging
import statistics
import tempfile
import time
import warnings
from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path
from typing import Any

import torch
from lightning.pytorch import Callback, LightningModule, Trainer
from lightning.pytorch.loggers import CSVLogger
from table import show
from torch import Tensor, nn
from torch.nn import functional
from torch.nn.utils.rnn import pack_padded_sequence
from torch.utils.data import DataLoader
from workload import CLASSES, LONGEST, config, data, module

from recurra import build
from recurra.callbacks import Interruption, LastCheckpoint, RandomState, Throughput
from recurra.nn.recurrence import Recurrence
from recurra.signals import Signals
from recurra.types import Batch

ROUNDS = 5
ROWS = 4000
BATCH = 64
BATCHES = 12  # of Recurra's own a measurement
FIXED_BATCHES = 3  # each has 256 steps a text
SIZE = 128  # of embedding and hidden state
CELLS: dict[str, Callable[..., nn.RNNBase]] = {
    "rnn": nn.RNN,
    "lstm": nn.LSTM,
    "gru": nn.GRU,
    "textrnn": nn.LSTM,
    "rcnn": nn.LSTM,
}
GATES = {"rnn": 1, "lstm": 4, "gru": 3}


class Usual(nn.Module):
    """What a tutorial writes: embedding, recurrence in both directions, the last step, a linear layer."""

    def __init__(self, cell: Callable[..., nn.RNNBase], vocabulary: int, packed: bool) -> None:
        super().__init__()
        self.embedding = nn.Embedding(vocabulary, SIZE, padding_idx=0)
        self.recurrence = cell(SIZE, SIZE, batch_first=True, bidirectional=True)
        self.projection = nn.Linear(2 * SIZE, CLASSES)
        self.packed = packed

    def forward(self, tokens: Tensor, lengths: Tensor) -> Tensor:
        embedded = self.embedding(tokens)
        if self.packed:
            sequence = pack_padded_sequence(embedded, lengths, batch_first=True, enforce_sorted=False)
            _, state = self.recurrence(sequence)
            hidden = state[0] if isinstance(state, tuple) else state
            return self.projection(torch.cat([hidden[0], hidden[1]], dim=1))
        states, _ = self.recurrence(embedded)
        return self.projection(states[:, -1])


def seconds_of(step: Callable[[Any], None], batches: list[Any]) -> float:
    """What the batches take, after one that is not counted."""
    step(batches[0])
    began = time.perf_counter()
    for batch in batches[1:]:
        step(batch)
    return time.perf_counter() - began


def usual_rate(model: Usual, batches: list[Batch]) -> float:
    """Real tokens a second of a plain loop."""
    optimizer = torch.optim.AdamW(model.parameters(), lr=1e-3)

    def step(batch: Batch) -> None:
        optimizer.zero_grad()
        functional.cross_entropy(model(batch.inputs, batch.lengths), batch.targets).backward()
        nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()

    return tokens(batches[1:]) / seconds_of(step, batches)


def tokens(batches: list[Batch]) -> int:
    """Real ones."""
    return sum(int(batch.lengths.sum()) for batch in batches)


def random_batches(made: Any, padded_to: int | None) -> Iterator[Batch]:
    """Batches as the usual loop makes them: rows at random, padded to the longest of a batch or to a fixed length."""
    store = made.stores["train"]
    order = torch.randperm(len(store)).split(BATCH)
    for rows in order:
        pieces = made.truncation.reading(store.lengths).take(rows.numpy())
        width = padded_to or int(pieces.lengths.max())
        lengths = torch.from_numpy(pieces.lengths)
        yield Batch(store.gather(pieces, width), lengths, made._targets["train"][rows], rows)


def bare_seconds(
    model: nn.Module, settings: dict[str, Any], loader: DataLoader[Batch], count: int
) -> tuple[float, int]:
    """Seconds and tokens of a plain loop over our own batches; the loader's work is in it."""
    model.train()
    optimizer = torch.optim.AdamW(model.parameters(), lr=1e-3, weight_decay=0.01, fused=True)
    began, read = 0.0, 0
    for number, batch in enumerate(islice(iter(loader), count + 1)):
        optimizer.zero_grad()
        model.training_loss(batch).backward()
        nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        if number == 0:
            began = time.perf_counter()
        else:
            read += int(batch.lengths.sum())
    return time.perf_counter() - began, read


class Watch(Callback):
    """The time from the end of the first batch to that of the last."""

    def __init__(self) -> None:
        self.began, self.seconds, self.tokens, self.steps = 0.0, 0.0, 0, 0

    def on_train_batch_end(
        self, trainer: Trainer, module: LightningModule, outputs: Any, batch: Any, index: int
    ) -> None:
        if index == 0:
            self.began = time.perf_counter()
            return
        self.seconds = time.perf_counter() - self.began
        self.steps = index
        self.tokens += int(batch.lengths.sum()) if isinstance(batch, Batch) else 0


def ours(settings: dict[str, Any], built: LightningModule, made: Any, count: int) -> Watch:
    """The run that recurra-train makes, for so many batches."""
    watch = Watch()
    with tempfile.TemporaryDirectory() as folder:
        callbacks: list[Callback] = [RandomState(), Throughput(), LastCheckpoint(folder)]
        callbacks += [Interruption(Signals(), Path(folder)), watch]
        logger = CSVLogger(folder, name="", version="")
        limited = {**settings, "trainer": {**settings["trainer"], "limit_train_batches": count + 1}}
        limited["trainer"] |= {"max_epochs": 1, "limit_val_batches": 0}
        build.trainer(limited, Path(folder), callbacks, [logger], count).fit(built, made)
    return watch


class Empty(LightningModule):
    """Nothing but one number to learn."""

    def __init__(self) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.zeros(()))

    def training_step(self, batch: Any) -> Tensor:
        return self.weight * 1.0

    def configure_optimizers(self) -> torch.optim.Optimizer:
        return torch.optim.SGD(self.parameters(), lr=0.1)


def empty_step(settings: dict[str, Any], count: int) -> float:
    """Seconds of a step of an empty LightningModule under the same Trainer."""
    watch = Watch()
    with tempfile.TemporaryDirectory() as folder:
        limited = {**settings, "trainer": {**settings["trainer"], "limit_train_batches": count + 1}}
        limited["trainer"] |= {"max_epochs": 1, "limit_val_batches": 0}
        trainer = build.trainer(limited, Path(folder), [watch], [], count)
        trainer.fit(Empty(), DataLoader(range(count + 1), batch_size=None))  # type: ignore[arg-type]
    return watch.seconds / watch.steps


def sgemm_rate() -> float:
    """Floating-point operations a second of a large matrix product."""
    one, other = torch.randn(1024, 1024), torch.randn(1024, 1024)
    one @ other
    began = time.perf_counter()
    for _ in range(20):
        one @ other
    return 20 * 2 * 1024**3 / (time.perf_counter() - began)


def recurrence_rate(name: str, size: int) -> float:
    """Floating-point operations a second of the recurrent layers alone, forward and backward, no step padded."""
    recurrence = Recurrence(CELLS[name], size, size, 1, True)
    x = torch.randn(BATCH, 64, size, requires_grad=True)
    lengths = torch.full((BATCH,), 64)

    def step(_: Any) -> None:
        states, _, _ = recurrence(x, lengths)
        states.sum().backward()

    work = 3 * 2 * GATES[name] * size * 2 * size * 2 * BATCH * 64  # a product and its two gradients, two directions
    return 8 * work / seconds_of(step, [None] * 9)


def measured(name: str, settings: dict[str, Any], made: Any) -> dict[str, float]:
    """One round of one encoder: rates, and how much longer an epoch and a step are under Lightning."""
    built = module(settings, made)
    vocabulary = made.tokenizer.size
    found: dict[str, float] = {}
    for way, packed, width, count in (("fixed", False, LONGEST, FIXED_BATCHES), ("packed", True, None, BATCHES // 2)):
        batches = list(islice(random_batches(made, width), count + 1))
        found[way] = usual_rate(Usual(CELLS[name], vocabulary, packed), batches)
    seconds, read = bare_seconds(Bare(built), settings, made.train_dataloader(), BATCHES)
    found["bare"] = read / seconds
    watch = ours(settings, module(settings, made), made, BATCHES)
    found["ours"] = watch.tokens / watch.seconds
    return found


class Bare(nn.Module):
    """Recurra's model without Lightning."""

    def __init__(self, built: Any) -> None:
        super().__init__()
        self.embedding, self.encoder, self.task, self.loss = built.embedding, built.encoder, built.task, built.loss

    def training_loss(self, batch: Batch) -> Tensor:
        encoding = self.encoder(self.embedding(batch.inputs), batch.lengths)
        return self.loss(self.task.head, self.task.features(encoding), batch.targets)


def overheads(settings: dict[str, Any], made: Any, count: int) -> dict[str, float]:
    """What Lightning and Recurra's callbacks add to a step, against an empty module: a tiny model shows it best."""
    tiny = {**settings, "model": {**settings["model"], "hidden_size": 1}}
    bare, _ = bare_seconds(Bare(module(tiny, made)), tiny, made.train_dataloader(), count)
    watch = ours(tiny, module(tiny, made), made, count)
    return {"ours": watch.seconds / watch.steps - bare / count, "empty": empty_step(settings, count)}


def median(rounds: list[dict[str, float]], key: str) -> float:
    return statistics.median(each[key] for each in rounds)


def ratio(rounds: list[dict[str, float]], one: str, other: str) -> float:
    return statistics.median(each[one] / each[other] for each in rounds)


def main() -> None:
    """Three tables."""
    logging.getLogger("lightning.pytorch").setLevel(logging.ERROR)
    warnings.simplefilter("ignore")
    torch.set_flush_denormal(True)
    settings = {name: config(f"model={name}", "trainer=cpu") for name in CELLS}
    made = data(ROWS, settings["lstm"], batch_size=BATCH)
    measure: dict[str, list[dict[str, float]]] = {name: [] for name in CELLS}
    limits: dict[str, list[dict[str, float]]] = {f"{name} {size}": [] for name in GATES for size in (128, 256)}
    steps: list[dict[str, float]] = []
    for number in range(ROUNDS + 1):
        for name in CELLS:
            found = measured(name, settings[name], made)
            if number:  # the first round warms up
                measure[name].append(found)
        for key in limits:
            name, size = key.split()
            found = {"ours": recurrence_rate(name, int(size)), "sgemm": sgemm_rate()}
            if number:
                limits[key].append(found)
        found = overheads(settings["lstm"], made, 60)
        if number:
            steps.append(found)
    show(
        "throughput",
        f"Training, {SIZE} units, batch {BATCH}, {torch.get_num_threads()} threads; median of {ROUNDS} rounds",
        [
            {
                "encoder": name,
                "tokens/s": int(median(rounds, "ours")),
                "x fixed": ratio(rounds, "ours", "fixed"),
                "x packed": ratio(rounds, "ours", "packed"),
                "epoch, of bare loop": ratio(rounds, "bare", "ours"),
            }
            for name, rounds in measure.items()
        ],
    )
    show(
        "throughput_limit",
        "Recurrent layers alone, forward and backward, of the machine's sgemm rate",
        [
            {
                "cell and size": key,
                "of sgemm": ratio(rounds, "ours", "sgemm"),
                "sgemm GFLOP/s": median(rounds, "sgemm") / 1e9,
            }
            for key, rounds in limits.items()
        ],
    )
    show(
        "throughput_step",
        "What a step costs beside the model",
        [
            {
                "Recurra under Lightning, ms": 1e3 * median(steps, "ours"),
                "empty LightningModule, ms": 1e3 * median(steps, "empty"),
                "more, ms": 1e3 * statistics.median(each["ours"] - each["empty"] for each in steps),
            }
        ],
    )


if __name__ == "__main__":
    main()
