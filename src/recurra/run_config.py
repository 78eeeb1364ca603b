"""config.yaml: the resolved configuration of a run, as it stands in the run's folder."""

from pathlib import Path
from typing import Any

import yaml

CONFIG = "config.yaml"
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # in C it takes a tenth of the time; not every build has it


def read_config(folder: Path) -> Any:
    """What the run in `folder` was made with.

    Raises:
        OSError: there is no such file.
        yaml.YAMLError: it is damaged.
    """
    return yaml.load((folder / CONFIG).read_text(encoding="utf-8"), _LOADER)
