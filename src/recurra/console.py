"""How Recurra's commands are typed where this process runs."""

import os
import shlex
import shutil
import sys
from pathlib import Path


def place() -> str:
    """What stands before a command's name, so that it can be typed outside an activated environment, too."""
    return "" if shutil.which("recurra") else f"{shlex.quote(os.path.relpath(Path(sys.executable).parent))}/"
