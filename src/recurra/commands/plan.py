"""What a sweep is to make, and how each of its jobs is composed."""

import pickle
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice, repeat
from pathlib import Path
from typing import TYPE_CHECKING, final

from hydra.core.config_loader import ConfigLoader
from hydra.core.hydra_config import HydraConfig
from hydra.core.override_parser.overrides_parser import OverridesParser
from omegaconf import DictConfig, OmegaConf, open_dict, read_write

from recurra.commands.diagnosis import diagnose
from recurra.commands.job import order_of
from recurra.errors import ConfigError
from recurra.order import Order
from recurra.overrides import prepare, told, value_of
from recurra.sweeps.parameter import Parameter
from recurra.sweeps.repeats import REPEATS
from recurra.sweeps.space import Point, Space

if TYPE_CHECKING:
    from hydra_plugins.recurra.sweeper import RecurraSweeper


@final
class Plan:
    """What a sweep is to make, read from its overrides.

    Attributes:
        fixed: overrides that all runs have.
        space: what varies.
        in_order: whether points are gone through, or proposed.
        points: one for each trial; empty where it is proposed.
        told: all of it as a person would type it.
    """

    def __init__(self, asked: "RecurraSweeper", arguments: Sequence[str], loader: ConfigLoader) -> None:
        self._asked, self._loader = asked, loader
        self._composed: dict[tuple[str, ...], bytes] = {}
        params = prepare([f"{key}={value}" for key, value in asked.params.items()], multirun=True)
        parsed = OverridesParser.create(loader).parse_overrides([*params, *arguments])
        overrides = {override.get_key_element().lstrip("+~"): override for override in parsed}.values()  # the last wins
        varied = [override for override in overrides if override.is_sweep_override()]
        self.fixed = [str(o.input_line) for o in overrides if o not in varied]
        parameters = [Parameter.of(override) for override in varied]
        self.space = Space(parameters, _given(parameters, self.fixed, asked.config))
        self.in_order = asked.n_trials is None or asked.sampler is None
        if not self.in_order:
            _check_search(self.space)
        every = islice(self.space.points(), asked.n_trials) if self.in_order else repeat({}, asked.n_trials or 0)
        self.points: list[Point] = list(every)
        self.told = {
            "runs": sorted(told(override) for override in self.fixed),
            "varied": [told(str(override.input_line)) for override in varied],
        }

    def orders(self, folder: Path) -> Iterator[tuple[list[str], Order]]:
        """Each job of a grid, or as many as show each value and both ends of each interval; what it differs by first.

        Raises:
            RecurraError: it cannot be composed.
        """
        for point in self.points if self.in_order else self.space.corners():
            yield self.space.typed(point), self.order(folder, [*self.fixed, *self.space.overrides(point)])

    def order(self, folder: Path, overrides: Sequence[str]) -> Order:
        """The job of these overrides.

        Raises:
            RecurraError: it cannot be composed.
        """
        try:
            config = self._loader.load_sweep_config(self._asked.config, list(overrides))
        except Exception as error:  # Hydra raises what it pleases
            raise diagnose(error, overrides, own_folders(self._loader)) from error
        self._composed[tuple(overrides)] = pickle.dumps(config)  # a hundredth of what a configuration takes in memory
        HydraConfig.instance().set_config(config)
        try:
            return order_of(config, folder)
        finally:
            HydraConfig.instance().set_config(self._asked.config)

    def composed(self, overrides: Sequence[str], place: Mapping[str, object]) -> DictConfig | None:
        """What `order` has composed of these overrides; None where it has not.

        Args:
            place: values of Hydra's own that it was composed without.
        """
        kept = self._composed.get(tuple(overrides))
        if kept is None:
            return None
        config: DictConfig = pickle.loads(kept)
        with read_write(config.hydra), open_dict(config.hydra):
            for key, value in place.items():
                OmegaConf.update(config, key, value)
        return config


def _check_search(space: Space) -> None:
    keys = [parameter.key for parameter in space.parameters]
    if not keys:
        raise ConfigError("hydra.sweeper.n_trials makes trials that differ, and nothing varies: give KEY=choice(...).")
    if repeated := [key for key in keys if key in REPEATS]:
        raise ConfigError(
            f"{repeated[0]} would be searched, and the luckiest one found. Search without it; then repeat the best: "
            f"recurra-train -m --config-dir SWEEP experiment=best '{repeated[0]}=range(5)'."
        )


def _given(parameters: Sequence[Parameter], fixed: Sequence[str], config: DictConfig) -> dict[str, str]:
    """The values of keys that conditions name and nothing varies."""
    found = {}
    for key in {key for parameter in parameters for key in parameter.conditions}:
        value = config.hydra.runtime.choices.get(key, OmegaConf.select(config, key))
        if (typed := value_of(fixed, key)) is not None or value is not None:
            found[key] = str(typed or value)
    return found


def own_folders(loader: ConfigLoader) -> list[str]:
    """Of `--config-dir`."""
    return [e.path.removeprefix("file://") for e in loader.get_search_path().get_path() if e.provider == "command-line"]
