"""An experiment file that composes a given run and needs nothing but what Recurra ships."""

import re
import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, final

from hydra._internal.config_loader_impl import ConfigLoaderImpl  # Hydra has no other way to compose inside of a sweep
from hydra._internal.utils import create_config_search_path
from hydra.types import RunMode
from omegaconf import OmegaConf

from recurra.order import Order
from recurra.run_schema import COLLECTIONS, GROUPS
from recurra.whole_file import whole_file

_GROUP, _NAME = "experiment", "best"

Options = dict[str, str | None]
"""The option chosen in each group, None for no option."""


def write_experiment(folder: Path, order: Order, *, origin: str, expected: str) -> str:
    """Writes `folder/experiment/best.yaml`, and returns what has to be typed for it.

    Args:
        folder: what is given as `--config-dir`.
        order: the run.
        origin: where it comes from.
        expected: its result.
    """
    typed = shlex.join(["recurra-train", "--config-dir", str(folder), f"{_GROUP}={_NAME}"])
    head = [origin, f"  {typed}", f"  to expect: {expected}"]
    _write(folder, head, *_choices_and_keys(order))
    return typed


def _choices_and_keys(order: Order) -> tuple[Options, dict[str, Any]]:
    """The options that are not Recurra's defaults, and what is left to say.

    A part whose option Recurra does not ship, or from which something was taken away, is said as a whole.
    """
    default = _composed({}, {})
    wanted = {group: order.choices.get(group) for group in default.options}
    options = {
        group: choice if choice in default.shipped[group] else None
        for group, choice in wanted.items()
        if choice != default.options[group]
    }
    chosen = _composed(options, {}).config
    options |= {group: None for group in default.options if not _covers(order.config.get(group), chosen.get(group))}
    return options, _beyond(order.config, _composed(options, {}).config)


@final
@dataclass(frozen=True)
class _Composed:
    """What `experiment=best` comes to.

    Attributes:
        options: of the groups that are parts of the configuration.
        shipped: what options each of these groups has.
    """

    config: dict[str, Any]
    options: Options
    shipped: dict[str, list[str]]


def _composed(options: Options, keys: Mapping[str, Any]) -> _Composed:
    path = create_config_search_path("pkg://recurra.conf")
    with TemporaryDirectory() as folder:
        _write(Path(folder), [], options, keys)
        path.prepend("command-line", f"file://{folder}", anchor="schema")
        loader = ConfigLoaderImpl(path)
        found = loader.load_configuration("train", [f"{_GROUP}={_NAME}"], RunMode.RUN)
    own = OmegaConf.masked_copy(found, [str(key) for key in found if key != "hydra"])
    config: Any = OmegaConf.to_container(own, resolve=True)
    chosen = found.hydra.runtime.choices
    parts = {group: chosen.get(group) for group in (*GROUPS, *COLLECTIONS, *chosen) if group in config}
    return _Composed(config, parts, {group: loader.get_group_options(group) for group in parts})


def _write(folder: Path, head: Sequence[str], options: Options, keys: Mapping[str, Any]) -> None:
    content: dict[str, Any] = {**_escaped(keys)}
    if options:
        none: dict[str, list[str]] = {group: [] for group in COLLECTIONS}  # of these there may be several, or none
        overrides = [{f"override /{group}": option or none.get(group)} for group, option in options.items()]
        content = {"defaults": overrides, **content}
    lines = ["# @package _global_", *(f"# {' '.join(line.splitlines())}" for line in head)]
    file = folder / _GROUP / f"{_NAME}.yaml"
    file.parent.mkdir(parents=True, exist_ok=True)
    with whole_file(file) as draft:
        draft.write_text("\n".join([*lines, OmegaConf.to_yaml(OmegaConf.create(content))]), encoding="utf-8")


def _covers(wanted: Any, given: Any) -> bool:
    """Whether files that are merged into `given` can make `wanted` of it: they take nothing away."""
    if not isinstance(wanted, dict) or not isinstance(given, dict):
        return wanted is not None or given is None
    return all(name in wanted and (wanted[name] is None or _covers(wanted[name], given[name])) for name in given)


def _beyond(wanted: Mapping[str, Any], given: Mapping[str, Any]) -> dict[str, Any]:
    """What is in `wanted` and not in `given`."""
    found = {}
    for name, value in wanted.items():
        before = given.get(name)
        if isinstance(value, dict) and isinstance(before, dict):
            if inner := _beyond(value, before):
                found[name] = inner
        elif name not in given or repr(value) != repr(before):
            found[name] = value
    return found


def _escaped(node: Any) -> Any:
    """The same where `${` is no interpolation; a backslash before one would be taken for an escape, too."""
    if isinstance(node, Mapping):
        return {name: _escaped(value) for name, value in node.items()}
    if isinstance(node, list):
        return [_escaped(value) for value in node]
    return re.sub(r"(\\*)\$\{", lambda found: f"{found[1] * 2}\\${{", node) if isinstance(node, str) else node
