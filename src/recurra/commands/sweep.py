"""A sweep, from the command that was typed to its last trial."""

import signal
import sys
from collections.abc import Callable, Generator, Iterator, Sequence
from functools import partial
from itertools import islice, repeat
from pathlib import Path
from typing import TYPE_CHECKING, Any, final

from hydra.core.config_loader import ConfigLoader
from hydra.core.hydra_config import HydraConfig
from hydra.core.override_parser.overrides_parser import OverridesParser
from hydra.core.plugins import Plugins
from omegaconf import DictConfig, OmegaConf
from optuna.samplers import RandomSampler

from recurra.commands.diagnosis import diagnose
from recurra.commands.job import order_of
from recurra.instantiation import instantiate
from recurra.order import Order
from recurra.overrides import prepare, told, value_of
from recurra.rehearsal import Rehearsal
from recurra.schema import check_node
from recurra.signals import Signals
from recurra.sweeps import forecast
from recurra.sweeps.best import best_order
from recurra.sweeps.conclusion import conclude
from recurra.sweeps.conduct import Conduct
from recurra.sweeps.frozen import frozen
from recurra.sweeps.launching import Ended, NextJob, StreamingLauncher, in_batches
from recurra.sweeps.objective import Direction, Objective
from recurra.sweeps.outcome import Outcome
from recurra.sweeps.parameter import Parameter
from recurra.sweeps.presence import presence
from recurra.sweeps.rehearsals import rehearse_all
from recurra.sweeps.space import Point, Space
from recurra.sweeps.storage import opened
from recurra.sweeps.study import open_study
from recurra.sweeps.trials import Trials

if TYPE_CHECKING:
    from hydra.plugins.launcher import Launcher

    from hydra_plugins.recurra.sweeper import RecurraSweeper


def sweep(asked: "RecurraSweeper", arguments: Sequence[str]) -> int:
    """Makes the trials that have not been made, and returns the exit status.

    Args:
        asked: what is asked of the sweeper.
        arguments: overrides as Hydra has them, those that vary among them.

    Raises:
        RecurraError: a mistake in the command, before any trial is made.
    """
    check_node(_plain(asked.config.hydra.sweeper), "hydra.sweeper")
    folder = Path(asked.config.hydra.sweep.dir)
    folder.mkdir(parents=True, exist_ok=True)
    with frozen(asked.hydra_context, folder, kept=not asked.config.dry_run) as context:
        launcher = Plugins.instance().instantiate_launcher(context, asked.task_function, asked.config)
        plan = _Plan(asked, arguments, context.config_loader)
        rehearsed = rehearse_all(plan.orders(folder))
    if asked.config.dry_run:
        print(forecast.table(rehearsed))
    print(forecast.sentence(rehearsed, len(plan.points)))
    if asked.config.dry_run:
        return 0
    with opened(asked.storage, folder) as storage, presence(storage, folder) as present, Signals() as signals:
        objectives = _objectives(asked, rehearsed[0].rehearsal)
        study = open_study(
            storage,
            asked.study or str(folder),
            objectives=objectives,
            sampler=RandomSampler if plan.in_order else instantiate(_plain(asked.sampler), "hydra.sweeper.sampler"),
            seed=int(asked.config.seed),
            command={**plan.told, "objectives": {objective.name: objective.direction for objective in objectives}},
        )
        trials = Trials(study, plan.space, present, folder, objectives)
        trials.recover()
        trials.issue(plan.points)
        conduct = Conduct(trials, plan.fixed, folder, objectives, asked.max_failures)
        stopped = None
        try:
            conduct.go(_launching(launcher, asked.batch), _tell)
        except KeyboardInterrupt as interrupt:  # noted here, or by a run in this process
            stopped = signals.received or signal.Signals[str(interrupt)]
        again = partial(best_order, plan.fixed, compose=partial(plan.order, folder))
        return conclude(study, trials, objectives, again, folder, stopped, gave_up=conduct.gave_up)


@final
class _Plan:
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
        params = prepare([f"{key}={value}" for key, value in asked.params.items()], multirun=True)
        parsed = OverridesParser.create(loader).parse_overrides([*params, *arguments])
        overrides = {override.get_key_element().lstrip("+~"): override for override in parsed}.values()  # the last wins
        varied = [override for override in overrides if override.is_sweep_override()]
        self.fixed = [str(o.input_line) for o in overrides if o not in varied]
        parameters = [Parameter.of(override) for override in varied]
        self.space = Space(parameters, _given(parameters, self.fixed, asked.config))
        self.in_order = asked.n_trials is None or asked.sampler is None
        every = islice(self.space.points(), asked.n_trials) if self.in_order else repeat({}, asked.n_trials or 0)
        self.points: list[Point] = list(every)
        self.told = {
            "runs": [told(override) for override in self.fixed],
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
            path = self._loader.get_search_path().get_path()
            own = [part.path.removeprefix("file://") for part in path if part.provider == "command-line"]
            raise diagnose(error, overrides, own) from error
        HydraConfig.instance().set_config(config)
        try:
            return order_of(config, folder)
        finally:
            HydraConfig.instance().set_config(self._asked.config)


def _given(parameters: Sequence[Parameter], fixed: Sequence[str], config: DictConfig) -> dict[str, str]:
    """The values of keys that conditions name and nothing varies."""
    found = {}
    for key in {key for parameter in parameters for key in parameter.conditions}:
        value = config.hydra.runtime.choices.get(key, OmegaConf.select(config, key))
        if (typed := value_of(fixed, key)) is not None or value is not None:
            found[key] = str(typed or value)
    return found


def _objectives(asked: "RecurraSweeper", rehearsal: Rehearsal) -> list[Objective]:
    default: dict[str, Direction] = {rehearsal.monitor: "maximize" if rehearsal.mode == "max" else "minimize"}
    return [Objective(str(name), direction) for name, direction in (asked.objectives or default).items()]


def _launching(launcher: "Launcher", size: int) -> Callable[[NextJob], Generator[Ended, None, None]]:
    return launcher.stream if isinstance(launcher, StreamingLauncher) else partial(in_batches, launcher, size)


def _tell(ended: Ended, became: Outcome) -> None:
    """One line for a trial that failed; the others have spoken for themselves."""
    if became.status == "failed":
        reason = str(became.reason).splitlines()[0]
        print(f"trial {ended.job.number} failed: {reason}", file=sys.stderr)


def _plain(node: Any) -> Any:
    return OmegaConf.to_container(node, resolve=True) if OmegaConf.is_config(node) else node
