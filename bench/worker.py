"""A process of its own that measures when it is asked, so that several can be measured in turn."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from typing import Any


class Worker:
    """Runs a bench's file with arguments; `serve` is what it does there."""

    def __init__(self, file: str, *arguments: str) -> None:
        command = [sys.executable, file, *arguments]
        plain = {name: value for name, value in os.environ.items() if name != "GOMP_SPINCOUNT"}
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=plain)

    def __enter__(self) -> "Worker":
        return self

    def __exit__(self, *_: Any) -> None:
        self._process.kill()
        self._process.wait()

    def asked(self, *question: Any) -> float:
        """Its answer."""
        sends, says = self._process.stdin, self._process.stdout
        assert sends is not None
        assert says is not None
        sends.write(json.dumps(question) + "\n")
        sends.flush()
        return float(says.readline())


def serve(answer: Callable[..., float]) -> None:
    """Answers until its questioner is gone."""
    for line in sys.stdin:
        print(answer(*json.loads(line)), flush=True)
