"""`recurra-train`: composes a run from the command line and does it."""

import itertools
import math
import os
import shutil
import signal
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from recurra.commands.ending import end
from recurra.commands.help_page import page
from recurra.errors import RecurraError

if TYPE_CHECKING:
    from omegaconf import DictConfig

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
    from recurra.commands.job import do, prepared

    arguments, resume = prepared(list(overrides), multirun=False)
    folders = FreshFolders()
    folders.register()
    GlobalHydra.instance().clear()
    told = _Told(arguments, [])
    try:
        with told, initialize_config_module(_CONF, version_base=_VERSION):
            config = compose("train", overrides=arguments, return_hydra_config=True)
            told.composed = True
            HydraConfig.instance().set_config(config)
            folder = Path(config.hydra.run.dir)
            folder.mkdir(parents=True, exist_ok=True)
            return do(config, folder, resume, heard=set())
    except RecurraError:
        _clear_away(folders.claimed)
        raise


def _main(typed: list[str]) -> int:
    if "--help" in typed or "-h" in typed:
        print(page(_config_dirs(typed)), flush=True)
        return 0
    import hydra
    from hydra.core.hydra_config import HydraConfig

    from recurra.commands.folders import FreshFolders
    from recurra.commands.job import do, prepared
    from recurra.commands.next_steps import next_steps

    shows_only = any(a.split("=")[0] in ("--cfg", "-c", "--info", "-i", "--hydra-help") for a in typed)
    multirun = "-m" in typed or "--multirun" in typed
    # Hydra's parser wants all overrides in a row, and a person types -m anywhere.
    typed = ["-m"] * multirun + [argument for argument in typed if argument not in ("-m", "--multirun")]
    arguments, resume = prepared(typed, multirun=multirun)
    folders = FreshFolders(claim=not shows_only)
    folders.register()
    finished: list[Results] = []
    mistakes: list[Exception] = []
    heard: set[str] = set()
    told = _Told(arguments, _config_dirs(typed))

    def job(config: "DictConfig") -> float:
        told.composed = True
        try:
            results = do(config, Path(HydraConfig.get().runtime.output_dir), resume, heard)
        except Exception as mistake:
            mistakes.append(mistake)  # raised below: Hydra would print a line of its own, and no table of the others
            return math.nan
        finished.append(results)
        if results.signal and multirun:
            raise KeyboardInterrupt  # nothing less would keep Hydra from going on with the next job
        return results.score

    before = sys.argv
    sys.argv = [before[0], *arguments]
    try:
        with told:
            hydra.main(config_path=f"pkg://{_CONF}", config_name="train", version_base=_VERSION)(job)()
    except KeyboardInterrupt:
        if not finished:
            raise
    finally:
        sys.argv = before
        if mistakes or not told.composed:
            _clear_away(folders.claimed)
    if multirun and finished:
        from recurra import tables

        print("\n" + tables.comparison(finished))
        print(f"\nfiles: {os.path.relpath(Path(finished[0].folder).parent)}")
    elif finished and finished[0].status == "finished":
        from recurra.ranks import leads

        if leads():
            print(next_steps(finished[0]))
    if mistakes:
        raise mistakes[0]
    stopped = [signal.Signals[results.signal] for results in finished if results.signal]
    return 128 + stopped[0] if stopped else 0


class _Told:
    """Within it, what Hydra refuses becomes a ConfigError that names the cure.

    Attributes:
        composed: set when composing is over; what is raised later is passed on.
    """

    def __init__(self, arguments: list[str], config_dirs: list[str]) -> None:
        self.composed = False
        self._arguments = arguments
        self._config_dirs = config_dirs

    def __enter__(self) -> None:
        # Hydra would print a traceback of its own and leave; with this it raises.
        self._before = os.environ.get("HYDRA_FULL_ERROR")
        os.environ["HYDRA_FULL_ERROR"] = "1"

    def __exit__(self, kind: Any, error: BaseException | None, trace: Any) -> None:
        if self._before is None:
            del os.environ["HYDRA_FULL_ERROR"]
        else:
            os.environ["HYDRA_FULL_ERROR"] = self._before
        if isinstance(error, Exception) and not self.composed:
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
        if not any(folder.rglob("*.ckpt")) and not any(folder.rglob("results.json")):
            shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
