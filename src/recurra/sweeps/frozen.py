"""What a sweep was started with, kept in its folder, so that editing files changes nothing that waits."""

import os
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib.resources import as_file, files
from pathlib import Path

from filelock import FileLock
from hydra._internal.config_loader_impl import ConfigLoaderImpl  # Hydra has no other way to compose from elsewhere
from hydra._internal.config_search_path_impl import ConfigSearchPathImpl
from hydra.core.config_search_path import SearchPathElement
from hydra.types import HydraContext

from recurra.results import git_commit
from recurra.run_files import RESULTS
from recurra.whole_file import whole_file

_FOLDER, _COMMIT, _CHANGES = "frozen", "commit.txt", "changes.patch"
_PACKAGE, _FILE = "pkg://", "file://"


@contextmanager
def frozen(context: HydraContext, folder: Path, *, kept: bool) -> Iterator[HydraContext]:
    """A context that composes from copies of the configuration files, made when the sweep was first started.

    Hydra's own configuration stays where it is. Beside the copies stand the commit of the folder where the command was
    typed and what was changed in it since. Where something is raised, the copies go: it is mended in the originals.

    Args:
        folder: of the sweep.
        kept: whether the copies stay.
    """
    copies = folder / _FOLDER
    alone = FileLock(folder / ".freezing.lock")  # the same command may begin twice at once
    before = context.config_loader.get_search_path().get_path()
    with alone:
        made = not copies.exists()
        if made:
            _freeze(before, copies)
    stays = not made
    try:
        yield HydraContext(ConfigLoaderImpl(_path(before, copies)), context.callbacks)
        stays = stays or kept
    finally:
        if not stays:
            with alone:
                shutil.rmtree(copies, ignore_errors=True)


def _freeze(before: Sequence[SearchPathElement], copies: Path) -> None:
    draft = copies.with_name(f".{_FOLDER}")  # whole or not at all
    shutil.rmtree(draft, ignore_errors=True)
    try:
        draft.mkdir(parents=True)
        for number, element in enumerate(before):
            if _is_ours(element.path):
                _copy(element.path, draft / _name(number, element.provider))
        _keep_commit(draft)
        draft.rename(copies)
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def _path(before: Sequence[SearchPathElement], copies: Path) -> ConfigSearchPathImpl:
    path = ConfigSearchPathImpl()
    for number, element in enumerate(before):
        copy = (copies / _name(number, element.provider)).resolve()
        path.append(element.provider, f"{_FILE}{copy}" if copy.is_dir() else element.path)
    return path


def _is_ours(path: str) -> bool:
    package = path.removeprefix(_PACKAGE).split(".")[0]
    return path.startswith(_FILE) or (path.startswith(_PACKAGE) and package not in ("hydra", "hydra_plugins"))


def _name(number: int, provider: str) -> str:
    return f"{number}-{provider}"


def _copy(path: str, to: Path) -> None:
    if path.startswith(_FILE):
        _copy_folder(Path(path.removeprefix(_FILE)), to)
        return
    module, _, rest = path.removeprefix(_PACKAGE).partition("/")
    with as_file(files(module)) as folder:
        _copy_folder(folder / rest if rest else folder, to)


def _copy_folder(folder: Path, to: Path) -> None:
    """All YAML files but those of runs and sweeps, which a folder of configurations may hold, too."""
    for place, inner, names in os.walk(folder):
        inner[:] = [name for name in inner if not name.startswith(".") and not _is_run(Path(place, name))]
        for name in names:
            if name.endswith((".yaml", ".yml")):
                target = to / Path(place, name).relative_to(folder)
                target.parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(Path(place, name), target)


def _is_run(folder: Path) -> bool:
    kept = (RESULTS, "config.yaml", "trials.journal")
    return folder.name in (_FOLDER, "outputs") or any((folder / name).exists() for name in kept)


def _keep_commit(folder: Path) -> None:
    commit = git_commit()
    if commit is None:
        return
    with whole_file(folder / _COMMIT) as draft:
        draft.write_text(f"{commit}\n", encoding="utf-8")
    changes = subprocess.run(["git", "diff", "HEAD", "--binary"], capture_output=True, check=False).stdout
    (folder / _CHANGES).write_bytes(changes)
