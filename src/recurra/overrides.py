"""Overrides as a person types them, made into overrides that Hydra's grammar reads as they were meant.

Hydra refuses `data.train=数据.csv` or `data/a (1).csv`, and reads `data.train=10` as a number. Values of keys that hold
paths or free text are therefore quoted always, all others where they do not parse. This is the only place that quotes.
"""

import re
from collections.abc import Iterable, Sequence
from pathlib import Path

from hydra.core.override_parser.overrides_parser import OverridesParser
from hydra.errors import HydraException

from recurra.errors import ConfigError

PATH_KEYS = (
    "data.train",
    "data.validation",
    "data.test",
    "data.unlabelled",
    "data.path",
    "embedding.vectors",
    "tokenizer.user_dictionary",
    "tokenizer.path",
    "init_from",
    "resume",
    "hydra.run.dir",
    "hydra.sweep.dir",
)
TEXT_KEYS = frozenset(
    {
        *PATH_KEYS,
        "data.name",
        "data.text",
        "data.label",
        "data.label_separator",
        "task.positive",
        "logger.wandb.notes",
        "tags",
    }
)
_ITEMS = re.compile(r"""\s*'(?:\\.|[^'])*'\s*|\s*"(?:\\.|[^"])*"\s*|[^,]+""")  # of a list: quoted, or up to a comma
_VALUED_FLAGS = {"--cfg", "-c", "--package", "-p", "--config-path", "-cp", "--config-name", "-cn", "--config-dir"}
_VALUED_FLAGS |= {"-cd", "--info", "-i", "--experimental-rerun"}
_REMOVED = {"callbacks=null": "~callbacks", "logger=null": "logger=[]"}
"""How Hydra calls a group of which nothing is wanted; of loggers there may be several."""
_CHOSEN = ("hydra.launcher", "hydra.sweeper", "hydra.sweeper.sampler", "hydra.sweeper.pruner")
_OPEN = ("hydra.launcher.parameters.", "hydra.sweeper.sampler.", "hydra.sweeper.pruner.")
"""Parts of Hydra's own whose every argument can be given; they are checked as ours are."""
_AS_IT_IS = {"experiment=null", "debug=null"}


def prepare(arguments: Sequence[str], *, multirun: bool) -> list[str]:
    """Arguments for Hydra: flags untouched, overrides quoted where needed.

    A dotted key gets `++`, so that every argument of what is built can be given whether or not a YAML file mentions
    it; names that do not exist are caught by `schema.py`, which knows them all.
    """
    prepared: list[str] = []
    expects_value = False
    for argument in arguments:
        is_override = not expects_value and not argument.startswith("-") and "=" in argument
        if not (is_override and argument in _AS_IT_IS):
            prepared.append(_prepare_one(argument, multirun=multirun) if is_override else argument)
        expects_value = argument in _VALUED_FLAGS
    return prepared


def flags_first(arguments: Sequence[str]) -> list[str]:
    """Flags with their values, then overrides: a person types them in any order, and Hydra wants overrides in a row."""
    flags: list[str] = []
    overrides: list[str] = []
    belongs = False
    for argument in arguments:
        (flags if belongs or argument.startswith("-") else overrides).append(argument)
        belongs = argument in _VALUED_FLAGS
    return flags + overrides


def split(argument: str) -> tuple[str, str, str]:
    """An override's prefix (``, `+`, `++` or `~`), key and value, as typed."""
    key, _, value = argument.partition("=")
    bare = key.lstrip("+~")
    return key[: len(key) - len(bare)], bare.strip(), value


def value_of(arguments: Iterable[str], key: str) -> str | None:
    """The last value that is given for `key`, without quotes; None if there is none."""
    found = None
    for argument in arguments:
        if not argument.startswith("-") and "=" in argument and split(argument)[1] == key:
            found = unquoted(split(argument)[2])
    if found is not None and key in PATH_KEYS:
        found = at_home(found)
    return None if found == "null" else found


def at_home(path: str) -> str:
    """A path that begins with `~/` as it is meant; no shell expands it after `key=`."""
    return str(Path(path).expanduser()) if path.startswith("~/") and not Path(path).exists() else path


def unquoted(value: str) -> str:
    """A value without the quotes that `quoted` put around it."""
    if len(value) > 1 and value[0] == value[-1] and value[0] in "'\"":
        return value[1:-1].replace(f"\\{value[0]}", value[0]).replace("\\${", "${").replace("\\\\", "\\")
    return value


def quoted(value: str) -> str:
    """`value` as a quoted string of Hydra's grammar: quotes and interpolations in it are escaped.

    In that grammar a backslash is literal unless it stands before a quote or ends the string.
    """
    out = []
    for position, character in enumerate(value):
        if character == "'":
            # Backslashes right before a quote must be doubled, else they would escape each other.
            out.append("\\" * _backslashes_before(value, position) + "\\'")
        elif character == "$" and value[position + 1 : position + 2] == "{":
            out.append("\\$")
        else:
            out.append(character)
    return "'" + "".join(out) + "\\" * _backslashes_before(value, len(value)) + "'"


def told(override: str) -> str:
    """An override as a person would type it: without what `prepare` added, where it would add it again."""
    for typed, removed in _REMOVED.items():
        if override == removed:
            return typed
    prefix, key, value = split(override)
    typed = f"{'' if prefix == '++' else prefix}{key}={unquoted(value)}"
    return typed if prepare([typed], multirun=False) == [override] else override


def _backslashes_before(value: str, position: int) -> int:
    return position - len(value[:position].rstrip("\\"))


def _prepare_one(argument: str, *, multirun: bool) -> str:
    if argument in _REMOVED:
        return _REMOVED[argument]
    prefix, key, value = split(argument)
    if key in _CHOSEN:
        raise ConfigError(f"{key}={value} is chosen with a slash: {key.replace('.', '/')}={value}.")
    if not prefix and "." in key and (not key.startswith("hydra.") or key.startswith(_OPEN)) and "@" not in key:
        prefix = "++"
    head = f"{prefix}{key}="
    if key in TEXT_KEYS:
        value = at_home(value) if key in PATH_KEYS else value
        if key.startswith("hydra."):
            text = value if _is_quoted(value) else quoted(value)  # a folder is never swept over
        else:
            text = _quote_text(value, multirun=multirun)
        # Only Hydra's own folders are usually told with interpolations, such as ${now:%H}.
        return head + (text.replace("\\${", "${") if key.startswith("hydra.") else text)
    return head + value if _parses(head + value) else head + quoted(value)


def _quote_text(value: str, *, multirun: bool) -> str:
    if value in ("null", "???", "") or _is_quoted(value):
        return value
    if multirun and value.startswith("[") and _sweeps(value):
        return value
    if value.startswith("[") and value.endswith("]") and not Path(value).exists():
        return "[" + ",".join(_quoted_once(item.strip()) for item in _ITEMS.findall(value[1:-1])) + "]"
    items = value.split(",")
    if multirun and len(items) > 1 and all(items) and not Path(value).exists():
        return ",".join(quoted(item) for item in items)
    return quoted(value)


def _quoted_once(value: str) -> str:
    return value if _is_quoted(value) else quoted(value)


def _is_quoted(value: str) -> bool:
    return len(value) > 1 and value[0] == value[-1] and value[0] in "'\"" and _parses(f"key={value}")


def _sweeps(value: str) -> bool:
    """Whether these are several lists, as in `[a],[b]`."""
    return _parses(f"key={value}") and OverridesParser.create().parse_override(f"key={value}").is_sweep_override()


def _parses(override: str) -> bool:
    try:
        OverridesParser.create().parse_override(override)
    except HydraException:
        return False
    return True
