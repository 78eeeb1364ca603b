"""MLflow as a logger: on the server of `MLFLOW_TRACKING_URI`, else in a file inside the run's folder."""

import logging
import os
import shlex
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, final

from lightning.pytorch.loggers import MLFlowLogger

from recurra.errors import ConfigError
from recurra.loggers.kept_id import KeptId
from recurra.ranks import leads
from recurra.results import Results, Status

_SERVER = "MLFLOW_TRACKING_URI"
log = logging.getLogger("recurra")

_ENDS: dict[Status, str] = {
    "finished": "FINISHED",
    "pruned": "FINISHED",
    "failed": "FAILED",
    "interrupted": "KILLED",
    "running": "FAILED",
}
"""What MLflow calls each."""


def mlflow_run(
    save_dir: str,
    *,
    experiment: str = "recurra",
    name: str | None = None,
    group: str | None = None,
    tags: Sequence[str] = (),
    config: Mapping[str, Any] | None = None,
    continues: bool = False,
) -> "MlflowRun | None":
    """The logger of one run; None on all ranks but the first.

    Args:
        save_dir: the run's folder.
        experiment: that the run belongs to; `MLFLOW_EXPERIMENT_NAME` wins.
        group: the run's sweep, a tag like those of `tags`.
        config: what the run was made with, under flat names: its parameters.
        continues: whether it goes on with what an earlier process began in this folder.
    """
    if not leads():
        return None
    labels = {**dict.fromkeys(tags, "true"), **({} if group is None else {"sweep": group})}
    return MlflowRun(
        Path(save_dir),
        os.environ.get("MLFLOW_EXPERIMENT_NAME") or experiment,
        name,
        labels,
        dict(config or {}),
        KeptId(Path(save_dir) / "mlflow-id.txt", continues=continues),
    )


@final
class MlflowRun(MLFlowLogger):
    """A run that MLflow hears of when training begins: one that fails before leaves none.

    Args:
        folder: of the run.
        experiment: that it belongs to.
        name: of the run.
        tags: of the run.
        config: its parameters.
        kept: the run's id.

    Raises:
        ConfigError: MLflow is not installed.
    """

    def __init__(
        self,
        folder: Path,
        experiment: str,
        name: str | None,
        tags: dict[str, str],
        config: dict[str, Any],
        kept: KeptId,
    ) -> None:
        os.environ.setdefault("MLFLOW_DISABLE_TELEMETRY", "true")
        os.environ.setdefault("MLFLOW_CONFIGURE_LOGGING", "false")  # what it says belongs to train.log
        logging.getLogger("alembic").setLevel(logging.WARNING)  # else a line for each table that it makes
        server = os.environ.get(_SERVER)
        try:
            super().__init__(
                experiment_name=experiment,
                run_name=name,
                tracking_uri=server or f"sqlite:///{folder / 'mlflow.db'}",
                tags=tags,
                artifact_location=None if server else str(folder / "mlflow"),
                run_id=kept.found(),
            )
        except ModuleNotFoundError as error:
            raise ConfigError('logger=mlflow needs MLflow. Run `pip install "recurra[mlflow]"`.') from error
        self._server = server
        self._folder = folder
        self._config = config
        self._kept = kept
        self._began = False

    @property
    def experiment(self) -> Any:
        """MLflow's client; the run begins when it is first asked for."""
        client = super().experiment
        if not self._began:
            self._began = True
            self._leave_others_alone()
            if self._kept.found() is None:
                self._kept.keep(str(self.run_id))
                self.log_hyperparams(self._config)
            else:
                client.update_run(self.run_id, status="RUNNING")
        return client

    def _leave_others_alone(self) -> None:
        """Lightning tells MLflow, and this process's children, that all runs from now on belong where this one does."""
        import mlflow

        mlflow.set_tracking_uri(None)  # type: ignore[arg-type]
        if self._server is not None:
            os.environ[_SERVER] = self._server

    @property
    def save_dir(self) -> str:
        """The run's folder."""
        return str(self._folder)

    def finalize(self, status: str = "success") -> None:
        """Lightning's word of a part of the run; it ends with `end`."""

    def end(self, results: Results) -> None:
        """Ends it as it ended in truth."""
        if self._began:
            self.experiment.set_tag(self.run_id, "status", results.status)
            self.experiment.set_terminated(self.run_id, _ENDS[results.status])
            if self._server is None:
                store = f"sqlite:///{os.path.relpath(self._folder)}/mlflow.db"
                log.info("MLflow: %s", shlex.join(["mlflow", "ui", "--backend-store-uri", store]))
