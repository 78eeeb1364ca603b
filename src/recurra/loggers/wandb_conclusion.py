"""What a W&B run is given when it has finished."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from recurra.errors import first_line
from recurra.loggers.patience import within
from recurra.loggers.wandb_panels import panels
from recurra.results import Results
from recurra.run_files import BEST

if TYPE_CHECKING:
    from wandb import Run

STEP = "trainer/global_step"
"""Against which all charts are drawn."""


def tell_of_rows(run: "Run", results: Results, *, examples: int, log_model: bool) -> None:
    """Tables and charts of the validation rows, and the best checkpoint if it is wanted.

    Args:
        examples: how many of the worst and of random rows are shown.
        log_model: whether the checkpoint is kept.
    """
    run.log({**panels(results, examples), STEP: results.steps})
    if log_model and results.best_checkpoint is not None:
        _keep(run, results, results.best_checkpoint)


def give(run: "Run", call: Callable[[], None]) -> str | None:
    """Calls what gives the run something: W&B asks its server of each table and file.

    One that does not answer is not waited for longer than for the end of the run.

    Returns:
        Why the run was not given all of it; None if it was.

    Raises:
        ConnectionError: W&B's own process is gone.
    """
    try:
        within(run.settings.finish_timeout, call)
    except ConnectionError:
        raise
    except Exception as error:  # W&B's, of many kinds; the run has finished all the same
        return first_line(error)
    return None


def _keep(run: "Run", results: Results, checkpoint: str) -> None:
    """Keeps the checkpoint, and by their hash the data that it was made from: so runs on the same data meet.

    Offline it waits in the run's folder for `wandb sync`.
    """
    import wandb

    data = {"data": results.data, "hash": results.data_hash}
    scores = {name: score for name, score in results.validation.items() if isinstance(score, float)}
    used = wandb.Artifact(f"data-{data['hash'][:16]}", type="dataset", metadata=data)
    # `use_artifact` would wait for a server that may be slow, and refuses to be called offline; this is what it calls.
    run._log_artifact(used, is_user_created=True, use_after_commit=True)
    metadata = {**data, "model": results.model, "validation": scores}
    model = wandb.Artifact(f"model-{run.id}", type="model", metadata=metadata)
    model.add_file(checkpoint, name=BEST, policy="immutable")  # else W&B would copy it to a place of its own
    run.log_artifact(model, aliases=["best"])
