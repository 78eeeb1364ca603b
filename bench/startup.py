"""How long a command takes to answer, against `import torch`. Run it with `make bench-startup`."""

import statistics
import subprocess
import sys
import tempfile
import time

from table import show

ROUNDS = 7
TO_THE_FIRST_STEP = """
import os
from recurra.callbacks import Throughput
from recurra.commands.train import main
Throughput.on_train_batch_end = lambda *_: os._exit(0)
main()
"""
COMMANDS = {
    "python -c 'import torch'": ["-c", "import torch"],
    "python -c 'import lightning.pytorch'": ["-c", "import lightning.pytorch"],
    "recurra-train --help": ["-m", "recurra.commands.train", "--help"],
    "recurra-train --cfg job": ["-m", "recurra.commands.train", "--cfg", "job"],
    "recurra --help": ["-m", "recurra.commands.main", "--help"],
    "recurra-train, to its first optimizer step": ["-c", TO_THE_FIRST_STEP],
}


def seconds(arguments: list[str]) -> float:
    """Wall time of one process."""
    with tempfile.TemporaryDirectory() as folder:
        began = time.perf_counter()
        subprocess.run([sys.executable, *arguments], check=True, capture_output=True, cwd=folder)
        return time.perf_counter() - began


def main() -> None:
    """Measures all commands in turn, so that a machine that slows down slows all of them."""
    for arguments in COMMANDS.values():
        seconds(arguments)
    rounds = [{name: seconds(arguments) for name, arguments in COMMANDS.items()} for _ in range(ROUNDS)]
    torch = next(iter(COMMANDS))
    show(
        "startup",
        f"Start-up, median of {ROUNDS} rounds",
        [
            {
                "command": name,
                "seconds": statistics.median(each[name] for each in rounds),
                "of import torch": statistics.median(each[name] / each[torch] for each in rounds),
            }
            for name in COMMANDS
        ],
    )


if __name__ == "__main__":
    main()
