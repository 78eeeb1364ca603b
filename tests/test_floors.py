"""Imports go downwards only, and importing does nothing."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

SOURCE = Path(__file__).parent.parent / "src" / "recurra"
FLOORS = {
    "types": 0,
    "errors": 0,
    "text": 1,
    "nn": 1,
    "data": 2,
    "tasks": 2,
    "module": 3,
    "commands": 5,
}
"""Of each package or module; those of floor 4 are not listed."""

NOT_BELOW = {
    "text": {"torch", "lightning", "hydra", "omegaconf"},
    "nn": {"lightning", "hydra", "omegaconf", "tokenizers"},
    "data": {"hydra", "omegaconf"},
    "tasks": {"lightning", "hydra", "omegaconf"},
    "module": {"hydra", "omegaconf"},
    "types": {"lightning", "hydra", "omegaconf"},
    "errors": {"torch", "lightning", "hydra", "omegaconf"},
}
"""Packages that a part may not know."""

MODULES = sorted(SOURCE.rglob("*.py"))


def part(path):
    relative = path.relative_to(SOURCE)
    return relative.parts[0] if len(relative.parts) > 1 else relative.stem


def imported(path):
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
            yield node.module
            if node.module == "recurra":
                yield from (f"recurra.{alias.name}" for alias in node.names)
        elif isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(SOURCE)))
def test_imports_go_downwards(path):
    own = part(path)
    floor = FLOORS.get(own, 4)
    for name in imported(path):
        assert name.split(".")[0] not in NOT_BELOW.get(own, set()), f"{own} may not know {name}"
        if name.startswith("recurra.") and own != "__init__":
            other = name.split(".")[1]
            assert FLOORS.get(other, 4) <= floor, f"{path.name} imports {name}, which stands above it"
            siblings = {"text", "nn"}
            assert not (own in siblings and other in siblings - {own}), f"{own} may not know {other}"


def test_sources_are_short_enough_to_read():
    long = {str(path.relative_to(SOURCE)): n for path in MODULES if (n := len(path.read_text().splitlines())) > 200}
    assert not long


def test_importing_prints_nothing_and_stays_light():
    code = "import recurra, recurra.commands.train, recurra.commands.main, sys\n"
    code += "print('torch' in sys.modules, 'hydra' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert (done.stdout, done.stderr) == ("False False\n", "")
