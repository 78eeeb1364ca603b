"""What each of the things gives that make a training step of Recurra faster. `make bench-settings`.

A plain loop trains an LSTM of 128 units, once with all of them and once without each, in processes of their own, in
turn. Beside a program that keeps one core busy, only what concerns the process itself is measured.
"""

import statistics
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, nullcontext
from itertools import islice

from table import show
from worker import Worker, serve

from recurra.process import keep_memory, sleep_soon

ROUNDS = 7
ROWS = 4000
BATCHES = 20
ALL = "all of them"
KEPT, SLEEP, DENORMALS = "freed memory kept", "threads soon asleep", "denormals flushed"
DROPOUT, FUSED, SHORT, BUCKETS = (
    "a cheap dropout",
    "fused optimizer",
    "lengths on a grid of 4",
    "buckets of like length",
)
QUIET = [ALL, KEPT, SLEEP, DENORMALS, DROPOUT, FUSED, SHORT, BUCKETS]
BUSY = [ALL, KEPT, SLEEP]


def rate_without(left_out: str) -> Callable[[], float]:
    """What measures real tokens a second without one thing."""
    if left_out != SLEEP:
        sleep_soon()
    if left_out != KEPT:
        keep_memory()
    import torch
    from clock import seconds_of, tokens
    from lightning_loops import Bare
    from step import step_of
    from torch import nn
    from workload import CLASSES, config, data, module

    from recurra.data.loader import SplitDataset
    from recurra.data.sampler import BucketedBatches

    torch.set_flush_denormal(left_out != DENORMALS)
    settings = config("model=lstm", "trainer=cpu")
    made = data(ROWS, settings, batch_size=64)
    built = module(settings, made)
    if left_out == DROPOUT:
        built.embedding.dropout = nn.Dropout(built.embedding.dropout.p)  # type: ignore[assignment]
    model = Bare(built)
    optimizer = torch.optim.AdamW(model.parameters(), lr=1e-3, weight_decay=0.01, fused=left_out != FUSED)
    store = made.stores["train"]
    batches = BucketedBatches(
        store.lengths,
        made.truncation,
        batch_size=64,
        grid=1 if left_out == SHORT else 4,
    )
    dataset = SplitDataset(store, torch.arange(len(store)) % CLASSES, batches)
    if left_out == BUCKETS:
        whole = batches.truncation.reading(store.lengths)
        chosen = [whole.take(rows.numpy()) for rows in torch.randperm(len(store)).split(64)[: BATCHES + 1]]
    else:
        chosen = list(islice(iter(batches), BATCHES + 1))
    read = [dataset[pieces] for pieces in chosen]

    step = step_of(model, model, optimizer)
    return lambda: tokens(read[1:]) / seconds_of(step, read)


@contextmanager
def busy() -> Iterator[None]:
    """Beside a program that never rests."""
    process = subprocess.Popen([sys.executable, "-c", "while True: pass"])
    try:
        yield
    finally:
        process.kill()
        process.wait()


def main() -> None:
    """Two tables."""
    with ExitStack() as stack:
        workers = {name: stack.enter_context(Worker(__file__, name)) for name in QUIET}
        for name, title, beside, chosen in (
            ("settings", "nothing else to do", nullcontext, QUIET),
            ("settings_busy", "one core kept busy by another program", busy, BUSY),
        ):
            with beside():
                rounds = [{each: workers[each].asked() for each in chosen} for _ in range(ROUNDS + 1)][1:]
            show(
                name,
                f"Training an LSTM, {title}; median of {ROUNDS} rounds",
                [
                    {
                        "without": "nothing: all are there" if each == ALL else each,
                        "tokens/s": int(statistics.median(found[each] for found in rounds)),
                        "it gives": statistics.median(found[ALL] / found[each] for found in rounds),
                    }
                    for each in chosen
                ],
            )


if __name__ == "__main__":
    if len(sys.argv) > 1:
        serve(rate_without(sys.argv[1]))
    else:
        main()
