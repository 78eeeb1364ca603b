"""config.yaml: the resolved configuration of a run, as it stands in the run's folder."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from recurra.whole_file import whole_file

CONFIG = "config.yaml"
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # in C it takes a tenth of the time; not every build has it


def read_config(folder: Path) -> Any:
    """What the run in `folder` was made with.

    Raises:
        OSError: there is no such file.
        yaml.YAMLError: it is damaged.
    """
    return yaml.load((folder / CONFIG).read_text(encoding="utf-8"), _LOADER)


def write_config(folder: Path, config: Mapping[str, Any]) -> None:
    """Writes it whole, or leaves what was there."""
    with whole_file(folder / CONFIG) as draft:
        draft.write_text(yaml.safe_dump(dict(config), allow_unicode=True, sort_keys=False), encoding="utf-8")
