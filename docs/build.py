"""Builds the tour into a folder, a language after the other; whatever is amiss is an error. `make docs`."""

import sys
from pathlib import Path

from sphinx.cmd.build import build_main

DOCS = Path(__file__).parent
LANGUAGES = {"en": "en", "zh": "zh_CN"}
"""The folder of each, here and in what is built, and what Sphinx calls it."""


def main(output: Path) -> int:
    """The exit status: 0 where both were built without a warning."""
    strict = ["-q", "-E", "-W", "--keep-going", "-c", str(DOCS)]
    for folder, language in LANGUAGES.items():
        status = build_main([*strict, "-D", f"language={language}", str(DOCS / folder), str(output / folder)])
        if status:
            return status
        print(output / folder / "index.html")
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
