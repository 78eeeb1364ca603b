"""`recurra-train`: composes a run from the command line and does it."""

import itertools
import os
import shutil
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from recurra.commands.ending import end
from recurra.commands.help_page import page
from recurra.errors import ConfigError, RecurraError, TrainingError
from recurra.process import settle

if TYPE_CHECKING:
    from recurra.results import Results

_CONF = "recurra.conf"
_VERSION = "1.3"


def main(arguments: Sequence[str] | None = None) -> None:
    """The console script. Exit status 0, 1 for a failure, 2 for the user's mistake, 130 or 143 when interrupted."""
    typed = list(sys.argv[1:] if arguments is None else arguments)
    end(lambda: _main(typed), interrupted="interrupted before there was anything to go on from")


def train(overrides: Sequence[str] = ()) -> "Results":
    """Does one run, as `recurra-train` with these overrides would, and returns its results.

    Args:
        overrides: such as `["model=gru", "data=csv", "data.train=my.csv"]`; paths and texts as they are.

    Raises:
        RecurraError: a mistake in them.
    """
    from hydra import compose, initialize_config_module
    from hydra.core.global_hydra import GlobalHydra
    from hydra.core.hydra_config import HydraConfig

    from recurra.commands.folders import FreshFolders
    from recurra.commands.job import order_of, prepared
    from recurra.overrides import value_of
    from recurra.run import run

    if isinstance(overrides, str):
        raise ConfigError(f"train takes a list of overrides; for a single one: train([{overrides!r}])")
    if str(value_of(overrides, "dry_run")).lower() == "true":
        raise ConfigError("dry_run=true has no results to return; it is typed: recurra-train dry_run=true ...")
    arguments, resume = prepared(list(overrides), multirun=False)
    folders = FreshFolders()
    folders.register()
    GlobalHydra.instance().clear()
    try:
        with initialize_config_module(_CONF, version_base=_VERSION):
            with _Told(arguments, []):
                config = compose("train", overrides=arguments, return_hydra_config=True)
            HydraConfig.instance().set_config(config)
            folder = Path(config.hydra.run.dir).resolve()
            folder.mkdir(parents=True, exist_ok=True)
            return run(order_of(config, folder, resume))
    except RecurraError:
        _clear_away(folders.claimed)
        raise


def _main(typed: list[str]) -> int:
    if "--help" in typed or "-h" in typed:
        print(page(_config_dirs(typed)), flush=True)
        return 0
    settle()
    import hydra

    from recurra.commands.folders import FreshFolders
    from recurra.commands.job import prepared
    from recurra.commands.jobs import OnlyRun, RunOfSweep
    from recurra.commands.plugins import register_plugins
    from recurra.overrides import flags_first, value_of

    shows_only = any(a.split("=")[0] in ("--cfg", "-c", "--info", "-i", "--hydra-help") for a in typed)
    multirun = "-m" in typed or "--multirun" in typed
    typed = ["-m"] * multirun + flags_first([argument for argument in typed if argument not in ("-m", "--multirun")])
    arguments, resume = prepared(typed, multirun=multirun)
    folders = FreshFolders(claim=not shows_only)
    folders.register()
    register_plugins()
    job = RunOfSweep() if multirun else OnlyRun(resume)
    before = sys.argv
    sys.argv = [before[0], *arguments]
    nothing_done = str(value_of(arguments, "dry_run")).lower() == "true"
    try:
        with _Told(arguments, _config_dirs(typed), lambda: job.composed):
            hydra.main(config_path=f"pkg://{_CONF}", config_name="train", version_base=_VERSION)(job)()
        return job.conclude()
    except TrainingError:
        raise
    except RecurraError:
        nothing_done = True
        raise
    finally:
        sys.argv = before
        if nothing_done:
            _clear_away(folders.claimed)


class _Told:
    """Within it, what Hydra refuses becomes a ConfigError that names the cure.

    Args:
        composed: whether composing is over; what is raised later is passed on.
    """

    def __init__(
        self, arguments: list[str], config_dirs: list[str], composed: Callable[[], bool] = lambda: False
    ) -> None:
        self._arguments = arguments
        self._config_dirs = config_dirs
        self._composed = composed

    def __enter__(self) -> None:
        # Hydra would print a traceback of its own and leave; with this it raises.
        self._before = os.environ.get("HYDRA_FULL_ERROR")
        os.environ["HYDRA_FULL_ERROR"] = "1"

    def __exit__(self, kind: Any, error: BaseException | None, trace: Any) -> None:
        if self._before is None:
            del os.environ["HYDRA_FULL_ERROR"]
        else:
            os.environ["HYDRA_FULL_ERROR"] = self._before
        if isinstance(error, Exception) and not isinstance(error, RecurraError) and not self._composed():
            if (refused := _of_the_system(error)) is not None:
                raise refused from None
            from recurra.commands.diagnosis import diagnose

            raise diagnose(error, self._arguments, self._config_dirs) from error


def _of_the_system(error: BaseException | None) -> OSError | None:
    """The full disk or missing permission that is behind what Hydra says."""
    while error is not None and not (isinstance(error, OSError) and error.errno):  # Hydra has one without a number
        error = error.__cause__ or error.__context__
    return error


def _config_dirs(arguments: Sequence[str]) -> list[str]:
    found = []
    for argument, following in itertools.pairwise([*arguments, ""]):
        if argument in ("--config-dir", "-cd"):
            found.append(following)
        elif argument.startswith("--config-dir="):
            found.append(argument.partition("=")[2])
    return found


def _clear_away(folders: Sequence[Path]) -> None:
    """Removes the folder of a run that never began, so that a mistake leaves nothing behind."""
    for folder in folders:
        if not any(folder.rglob("*.ckpt")):
            shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
