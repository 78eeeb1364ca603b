"""From a composed configuration to a run."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from omegaconf import DictConfig, OmegaConf
from omegaconf.errors import OmegaConfBaseException

from recurra.commands.folders import intact, last_checkpoint, newest_unfinished, run_folder
from recurra.errors import ConfigError, first_line
from recurra.overrides import PATH_KEYS, prepare, quoted, split, told, value_of

if TYPE_CHECKING:
    from hydra.conf import HydraConf

    from recurra.order import Order

_ADDED = ("auxiliary",)
_MAY_CHANGE = ("trainer", "callbacks", "logger", "tags", "test", "baselines", "resume", "hydra")


def prepared(typed: Sequence[str], *, multirun: bool) -> tuple[list[str], Path | None]:
    """Arguments for Hydra, and the checkpoint to go on from.

    A resumed run is composed from the overrides that it was started with; those typed now come after them.

    Raises:
        ConfigError: `resume` in a sweep.
        CheckpointError: the checkpoint cannot be gone on from.
    """
    wanted = value_of(typed, "resume")
    if wanted is None:
        return prepare(typed, multirun=multirun), None
    if multirun:
        raise ConfigError("resume= goes on with one run; leave -m out.")
    others = [a for a in typed if a.startswith("-") or "=" not in a or split(a)[1] != "resume"]
    if wanted == "auto":
        explicit = value_of(typed, "hydra.run.dir")
        as_asked = _told(prepare(others, multirun=False))
        found = last_checkpoint(Path(explicit)) if explicit else newest_unfinished(as_asked)
        if found is None:
            print("resume=auto: there is no unfinished run of this command; a new one begins")
            return prepare(others, multirun=False), None
    else:
        found = Path(wanted)
        if found.is_dir():  # of a run
            found = last_checkpoint(found) or found
    checkpoint = intact(found)
    from recurra.checkpoint import read

    card = read(checkpoint)["recurra"]
    where = [f"hydra.run.dir={quoted(str(run_folder(checkpoint)))}", "hydra.output_subdir=null"]
    before = prepare([o for o in card.get("overrides", []) if o not in others], multirun=False)
    return [*before, *prepare(others, multirun=False), *where], checkpoint


def order_of(config: DictConfig, folder: Path, resume: Path | None = None, heard: set[str] | None = None) -> "Order":
    """The order of the run that Hydra composed; `HydraConfig` holds how.

    Args:
        config: with Hydra's own node or without.
        folder: of the run.
        resume: the checkpoint to go on from; its configuration wins.
        heard: shared by the jobs of a sweep, so that none repeats what an earlier one said.
    """
    from hydra.core.hydra_config import HydraConfig

    from recurra.order import Order
    from recurra.sweeps.place import Place

    hydra_config = HydraConfig.get()
    chosen = {str(k): str(v) for k, v in hydra_config.runtime.choices.items() if v}
    # Groups that begin with an underscore follow from others; nobody chooses in them.
    choices = {k: v for k, v in chosen.items() if not k.startswith("hydra") and "/_" not in k}
    overrides = typed_overrides(hydra_config)
    sweep, place, sweeper = None, None, {}
    if hydra_config.mode and hydra_config.mode.name == "MULTIRUN":  # asking for its folder makes it
        sweeper = hydra_config.sweeper
        sweep = "-".join(Path(hydra_config.sweep.dir).parts[-2:])  # its day, too: there may be another of that time
        place = Place.of(sweeper, hydra_config.sweep.dir)
    settings = absolute(plain(config))
    if resume is not None:
        from recurra import checkpoint as checkpoints

        settings = _continued(settings, checkpoints.read(resume)["recurra"], overrides, resume)
    told = None if place is None else asdict(place)
    return Order(
        settings,
        folder,
        choices,
        overrides,
        resume,
        sweep=sweep,
        number=sweeper.get("trial"),
        varied=list(sweeper.get("varied") or ()),
        trial=told,
        heard=set() if heard is None else heard,
    )


def typed_overrides(hydra_config: "HydraConf") -> list[str]:
    """The overrides of a job, as a person would type them."""
    task = OmegaConf.to_container(hydra_config.overrides.task, resolve=False)  # of ${...} it knows nothing
    assert isinstance(task, list)
    return _told([str(override) for override in task])


def plain(config: DictConfig) -> dict[str, Any]:
    """The resolved configuration in plain containers, without Hydra's own part.

    Raises:
        ConfigError: an interpolation that leads nowhere.
    """
    own = OmegaConf.masked_copy(config, [str(key) for key in config if key != "hydra"])
    try:
        settings = OmegaConf.to_container(own, resolve=True, throw_on_missing=False)
    except OmegaConfBaseException as error:
        where = f"{error.full_key}: " if error.full_key else ""
        raise ConfigError(f"{where}{first_line(error)}") from error
    assert isinstance(settings, dict)
    return {str(key): value for key, value in settings.items()}


def absolute(settings: dict[str, Any]) -> dict[str, Any]:
    """Paths of files that exist made absolute, so that a saved configuration means the same from any folder."""
    splits_are_names = "path" in settings.get("data", {})  # of a hub data set, where they are no files
    for key in PATH_KEYS:
        if splits_are_names and key in ("data.train", "data.validation", "data.test"):
            continue
        *parents, last = key.split(".")
        node: Any = settings
        for name in parents:
            node = node.get(name) if isinstance(node, dict) else None
        if not isinstance(node, dict) or last not in node:
            continue
        several = isinstance(node[last], list)
        paths = [
            str(Path(path).resolve()) if isinstance(path, str) and Path(path).exists() else path
            for path in (node[last] if several else [node[last]])
        ]
        node[last] = paths if several else paths[0]
    return settings


def _continued(
    settings: dict[str, Any], card: Mapping[str, Any], overrides: Sequence[str], checkpoint: Path
) -> dict[str, Any]:
    """The checkpoint's own configuration, with what may change of a run taken from what was typed.

    Raises:
        ConfigError: what was typed contradicts the checkpoint.
    """
    typed = [override for override in overrides if override not in card.get("overrides", [])]
    changed = {split(override)[1].split(".")[0] for override in typed}
    for part in sorted(changed - set(_MAY_CHANGE)):
        if settings.get(part) != card["config"].get(part):
            said = " ".join(override for override in typed if split(override)[1].split(".")[0] == part)
            raise ConfigError(
                f"{said} contradicts {checkpoint}, which was trained with {_brief(card['config'].get(part))}. "
                f"A resumed run keeps its own {part}; only {', '.join(_MAY_CHANGE[:6])} may change. "
                f"To begin a new run with its weights: init_from={checkpoint}"
            )
    # What an older version knew nothing of was not there; other new options have the values that mean as before.
    kept = {**settings, **dict.fromkeys(_ADDED), **card["config"]}
    kept.update({part: settings[part] for part in changed & set(_MAY_CHANGE) if part in settings})
    return kept


def _brief(part: Any) -> str:
    if isinstance(part, Mapping) and "_target_" in part:
        rest = ", ".join(f"{k}={v}" for k, v in part.items() if not k.startswith("_") and not isinstance(v, Mapping))
        return f"{str(part['_target_']).rsplit('.', 1)[-1]}({rest})"
    return repr(part)


def _told(overrides: Sequence[str]) -> list[str]:
    typed = [told(override) for override in overrides if not override.startswith("-")]
    return [o for o in typed if ("=" in o or o.startswith("~")) and not o.startswith("hydra.")]
