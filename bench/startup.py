"""How long a command takes to answer, against `import torch`. Run it with `make bench-startup`."""

import statistics
import subprocess
import sys
import time

from table import show

ROUNDS = 7
COMMANDS = {
    "python -c 'import torch'": ["-c", "import torch"],
    "python -c 'import lightning.pytorch'": ["-c", "import lightning.pytorch"],
    "recurra-train --help": ["-m", "recurra.commands.train", "--help"],
    "recurra-train --cfg job": ["-m", "recurra.commands.train", "--cfg", "job"],
    "recurra --help": ["-m", "recurra.commands.main", "--help"],
}


def seconds(arguments: list[str]) -> float:
    """Wall time of one process."""
    began = time.perf_counter()
    subprocess.run([sys.executable, *arguments], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
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
