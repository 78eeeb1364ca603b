"""Where a run stands in the study of its sweep; the run may be another process, on another machine."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, final

from recurra.errors import ConfigError
from recurra.instantiation import instantiate

if TYPE_CHECKING:
    from optuna import Trial


@final
@dataclass(frozen=True)
class Place:
    """All that a run needs to know to tell its trial how it goes.

    Attributes:
        storage: URL; None for a file in `folder`.
        folder: of the sweep.
        study: its name.
        number: of the trial.
        pruner: the configuration of Optuna's pruner.
        figure: what is told: a score of the validation; None for the one that the task goes by.
    """

    storage: str | None
    folder: str
    study: str
    number: int
    pruner: dict[str, Any]
    figure: str | None

    @classmethod
    def of(cls, sweeper: Mapping[str, Any], folder: str) -> "Place | None":
        """The place that the sweeper's configuration in a run tells; None where nothing prunes.

        Raises:
            ConfigError: several objectives, by which nothing can be pruned.
        """
        if sweeper.get("pruner") is None:
            return None
        objectives = list(sweeper.get("objectives") or {})
        if len(objectives) > 1:
            raise ConfigError(
                f"Nothing is pruned by several objectives ({', '.join(objectives)}). "
                "Leave hydra/sweeper/pruner out, or name one of them."
            )
        if sweeper.get("trial") is None:  # it is composed to be checked
            return None
        study = sweeper.get("study") or folder
        figure = objectives[0] if objectives else None
        return cls(sweeper.get("storage"), folder, study, sweeper["trial"], sweeper["pruner"], figure)

    @contextmanager
    def trial(self) -> "Iterator[Trial]":
        """What can be told, and asked whether to go on."""
        import optuna  # a run outside of a sweep does without

        from recurra.sweeps.storage import opened

        optuna.logging.set_verbosity(optuna.logging.ERROR)
        pruner = instantiate(self.pruner, "hydra.sweeper.pruner")
        with opened(self.storage, Path(self.folder)) as storage:
            study = optuna.load_study(study_name=self.study, storage=storage, pruner=pruner)
            (own,) = (trial for trial in study.get_trials(deepcopy=False) if trial.number == self.number)
            yield optuna.Trial(study, own._trial_id)
