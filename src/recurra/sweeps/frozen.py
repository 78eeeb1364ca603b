"""What a sweep was started with, kept in its folder, so that editing files changes nothing that waits."""

import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.resources import as_file, files
from pathlib import Path

from hydra._internal.config_loader_impl import ConfigLoaderImpl  # Hydra has no other way to compose from elsewhere
from hydra._internal.config_search_path_impl import ConfigSearchPathImpl
from hydra.types import HydraContext

from recurra.results import git_commit
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
    stays = copies.exists()
    try:
        yield _frozen(context, copies)
        stays = stays or kept
    finally:
        if not stays:
            shutil.rmtree(copies, ignore_errors=True)


def _frozen(context: HydraContext, kept: Path) -> HydraContext:
    before = context.config_loader.get_search_path().get_path()
    if not kept.exists():
        draft = kept.with_name(f".{_FOLDER}")  # whole or not at all
        shutil.rmtree(draft, ignore_errors=True)
        draft.mkdir(parents=True)
        for number, element in enumerate(before):
            if _is_ours(element.path):
                _copy(element.path, draft / _name(number, element.provider))
        _keep_commit(draft)
        draft.rename(kept)
    path = ConfigSearchPathImpl()
    for number, element in enumerate(before):
        copy = (kept / _name(number, element.provider)).resolve()
        path.append(element.provider, f"{_FILE}{copy}" if copy.is_dir() else element.path)
    return HydraContext(config_loader=ConfigLoaderImpl(path), callbacks=context.callbacks)


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
    if folder.is_dir():
        for file in folder.rglob("*.yaml"):
            target = to / file.relative_to(folder)
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(file, target)
        to.mkdir(exist_ok=True)


def _keep_commit(folder: Path) -> None:
    commit = git_commit()
    if commit is None:
        return
    with whole_file(folder / _COMMIT) as draft:
        draft.write_text(f"{commit}\n", encoding="utf-8")
    changes = subprocess.run(["git", "diff", "HEAD", "--binary"], capture_output=True, check=False).stdout
    (folder / _CHANGES).write_bytes(changes)
