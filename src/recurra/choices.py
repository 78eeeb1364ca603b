"""What stands in the configuration tree: groups and their options. Reads files only; imports nothing heavy."""

from collections.abc import Iterable
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path


def groups(more: Iterable[str] = ()) -> dict[str, dict[str, str]]:
    """Group -> option -> what its file's first comment line says of it.

    Files that begin with `_` are parts of others, no choices.

    Args:
        more: further folders that are searched, as `--config-dir` names them.
    """
    found: dict[str, dict[str, str]] = {}
    roots: list[Traversable | Path] = [files("recurra.conf"), *(Path(folder) for folder in more)]
    for root in roots:
        if not root.is_dir():
            continue
        for group in sorted(root.iterdir(), key=lambda entry: entry.name):
            if group.is_dir() and not group.name.startswith(("_", ".")):
                options = _options(group)
                if options:
                    found.setdefault(group.name, {}).update(options)
    return found


def _options(group: Traversable | Path) -> dict[str, str]:
    return {
        entry.name.removesuffix(".yaml"): _sentence(entry)
        for entry in sorted(group.iterdir(), key=lambda entry: entry.name)
        if entry.name.endswith(".yaml") and not entry.name.startswith("_")
    }


def _sentence(file: Traversable | Path) -> str:
    """The first comment line that is not one of Hydra's directives."""
    for line in file.read_text(encoding="utf-8").splitlines():
        if line.startswith("#") and "@package" not in line:
            return line.lstrip("# ").strip()
    return ""
