"""What a person got wrong on the command line, said in place of Hydra's own message."""

import itertools
from collections.abc import Sequence

from hydra import compose, initialize_config_module
from hydra.core.global_hydra import GlobalHydra
from hydra.core.hydra_config import HydraConfig
from hydra.core.override_parser.overrides_parser import OverridesParser
from hydra.errors import HydraException, MissingConfigException
from omegaconf import DictConfig, OmegaConf
from omegaconf.errors import OmegaConfBaseException

from recurra.choices import groups
from recurra.errors import ConfigError, unknown
from recurra.overrides import split, told
from recurra.run_schema import GROUPS


def diagnose(error: Exception, arguments: Sequence[str], config_dirs: Sequence[str]) -> ConfigError:
    """The first override that does not exist, with what does; Hydra's own words where all of them do.

    Args:
        error: what Hydra raised while composing.
        arguments: as they were handed to Hydra.
        config_dirs: of `--config-dir`.
    """
    for before, argument in itertools.pairwise(["", *arguments]):
        if not before.startswith("-") and not argument.startswith(("-", "~")) and "=" not in argument:
            return ConfigError(f"{argument!r} gives no value. Overrides are typed as KEY=VALUE.")
    known = groups(config_dirs)
    overrides = [a for a in arguments if not a.startswith("-") and "=" in a]
    for override in overrides:
        prefix, key, value = split(override)
        group = key.split("@")[0].split(":")[0]
        if group in known and not prefix.startswith("+") and "." not in key:
            for option in _options(f"{key}={value}"):
                if option not in known[group] and not (option is None and group not in GROUPS):
                    return ConfigError(unknown(f"option of {group}", option or "null", known[group]))
    top = _top_level_keys()
    for override in overrides:
        prefix, key, _ = split(override)
        first = key.split(".")[0].split("/")[0].split("@")[0]
        if first not in known and first not in top and first != "hydra" and prefix != "+":
            return ConfigError(unknown("key or group", first, {*known, *top}))
    if (misspelt := _misspelt(error)) is not None:
        return misspelt
    words = [line for line in str(error.__cause__ or error).splitlines() if line.strip()]
    typed = " ".join(told(override) for override in overrides)
    return ConfigError(f"{' '.join(words[:3])}\nOn the command line: {typed}" if typed else " ".join(words[:3]))


def _misspelt(error: BaseException | None) -> ConfigError | None:
    """A key or option that does not exist where others do, as in `hydra.launcher.n_job=2`."""
    while error is not None:
        if isinstance(error, MissingConfigException) and error.options:
            group, _, option = str(error.missing_cfg_file).rpartition("/")
            return ConfigError(unknown(f"option of {group}", option, map(str, error.options)))
        if isinstance(error, OmegaConfBaseException) and isinstance(error.parent_node, DictConfig):
            there = [str(key) for key in error.parent_node if not str(key).startswith("_")]
            if error.key is not None and error.key not in error.parent_node:
                where = str(error.full_key).rpartition(".")[0]
                return ConfigError(unknown(f"key in {where}" if where else "key", str(error.key), there))
        error = error.__cause__ or error.__context__
    return None


def _options(override: str) -> list[str | None]:
    """The options that an override of a group names: one, or several of a sweep; null names none."""
    try:
        parsed = OverridesParser.create().parse_override(override)
    except HydraException:
        return [split(override)[2]]
    if parsed.is_sweep_override():
        return [str(value) for value in parsed.sweep_string_iterator()]
    value = parsed.value()
    return [None if value is None else str(item) for item in (value if isinstance(value, list) else [value])]


def _top_level_keys() -> set[str]:
    GlobalHydra.instance().clear()
    HydraConfig.instance().cfg = None
    try:
        with initialize_config_module("recurra.conf", version_base="1.3"):
            return {str(key) for key in OmegaConf.to_container(compose("train"))}  # type: ignore[union-attr]
    except (HydraException, OmegaConfBaseException):
        return set()
