"""The id by which a logger knows a run, kept in the run's folder."""

from pathlib import Path
from typing import final

from recurra.whole_file import whole_file


@final
class KeptId:
    """So that a run that is gone on with stays one run.

    Args:
        file: that it is kept in.
        continues: whether what an earlier process kept there is this run's; else it is another one's.
    """

    def __init__(self, file: Path, *, continues: bool) -> None:
        self._file = file
        self._continues = continues

    def found(self) -> str | None:
        """What an earlier process of this run kept; None where it begins."""
        if not self._continues or not self._file.is_file():
            return None
        return self._file.read_text(encoding="utf-8").strip() or None

    def keep(self, run_id: str) -> None:
        """Keeps it for the next one."""
        with whole_file(self._file) as draft:
            draft.write_text(f"{run_id}\n", encoding="utf-8")
