"""Tokens a second of training on a GPU, in each precision. `make bench-gpu`.

Where there is no GPU it says so in one line.
"""

import statistics

import torch
from lightning_loops import trained
from table import show
from usual import CELLS
from workload import config, data, module

ROUNDS = 5
BATCHES = 40
BATCH = 256
PRECISIONS = ("32-true", "bf16-mixed", "16-mixed")


def main() -> None:
    """One table."""
    if not torch.cuda.is_available():
        print("bench-gpu: this machine has no GPU that torch can use; nothing was measured")
        return
    rows = []
    for name in CELLS:
        for precision in PRECISIONS:
            settings = config(f"model={name}", "trainer=gpu", f"trainer.precision={precision}")
            made = data(BATCH * (BATCHES + 2), settings, batch_size=BATCH)
            rates = []
            for _ in range(ROUNDS + 1):  # the first round warms up
                watch = trained(settings, module(settings, made), made, BATCHES)
                rates.append(watch.tokens / watch.seconds)
            memory = torch.cuda.max_memory_allocated() / 2**20
            torch.cuda.reset_peak_memory_stats()
            rows.append(
                {
                    "encoder": name,
                    "precision": precision,
                    "tokens/s": int(statistics.median(rates[1:])),
                    "memory, MiB": int(memory),
                }
            )
    show("gpu", f"Training on {torch.cuda.get_device_name()}, 128 units, batch {BATCH}; median of {ROUNDS}", rows)


if __name__ == "__main__":
    main()
