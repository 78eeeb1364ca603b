"""What became of the jobs that one command started."""

import math
import os
import signal
import sys
import traceback
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, final

from recurra.errors import RecurraError
from recurra.run_files import RESULTS

if TYPE_CHECKING:
    from recurra.results import Results

_FORESEEN = (RecurraError, OSError)  # of these the message says all


@dataclass(frozen=True)
class Mistake:
    """A job that failed.

    Attributes:
        job: its number in the sweep.
        overrides: that it was started with, as a person would type them.
    """

    job: int
    overrides: list[str]
    error: Exception

    @property
    def message(self) -> str:
        """What the error says, or its name if it says nothing."""
        return str(self.error) or type(self.error).__name__


@final
@dataclass
class Jobs:
    """Results and mistakes, gathered, since one failed job is no reason to lose the others of its sweep.

    Attributes:
        multirun: whether they are a sweep.
        results: in the order of the jobs; a failed job of a sweep has some, too, if it came so far.
        mistakes: those that failed.
    """

    multirun: bool
    results: "list[Results]" = field(default_factory=list)
    mistakes: list[Mistake] = field(default_factory=list)

    def do(self, job: "Callable[[], Results]", number: int, overrides: Sequence[str], folder: Path) -> float:
        """Does a job, and returns the score for Hydra's sweepers, NaN if it failed.

        Raises:
            KeyboardInterrupt: it was interrupted; nothing less would keep Hydra from going on with the next job.
        """
        from recurra.results import Results

        try:
            results = job()
        except Exception as error:  # told in the end: Hydra would print a line of its own, and no table of the others
            self.mistakes.append(Mistake(number, list(overrides), error))
            if self.multirun:
                print(f"job {number} failed: {self.mistakes[-1].message.splitlines()[0]}", file=sys.stderr)
                if (folder / RESULTS).is_file():
                    self.results.append(Results.load(folder))
            return math.nan
        self.results.append(results)
        if results.signal and self.multirun:
            raise KeyboardInterrupt
        return results.score

    @property
    def none_began(self) -> bool:
        """Whether the user's mistakes are all there is, so that there is nothing to keep."""
        return (
            bool(self.mistakes)
            and all(isinstance(mistake.error, RecurraError) for mistake in self.mistakes)
            and all(results.status == "failed" for results in self.results)
        )

    def conclude(self) -> int:
        """Says what there is to say after the last job, and returns the exit status.

        Raises:
            Exception: the mistake of a single run; the first of a sweep under HYDRA_FULL_ERROR=1.
        """
        if self.multirun and self.results and not self.none_began:
            from recurra import tables

            print("\n" + tables.comparison(self.results))
            print(f"\nfiles: {os.path.relpath(Path(self.results[0].folder).parent)}")
        if self.mistakes:
            if not self.multirun or os.environ.get("HYDRA_FULL_ERROR") == "1":
                raise self.mistakes[0].error
            return self._tell_mistakes()
        if not self.multirun and self.results and self.results[0].status == "finished":
            from recurra.commands.next_steps import next_steps
            from recurra.ranks import leads

            if leads():
                print(next_steps(self.results[0]))
        stopped = [signal.Signals[results.signal] for results in self.results if results.signal]
        return 128 + stopped[0] if stopped else 0

    def _tell_mistakes(self) -> int:
        for mistake in self.mistakes:
            if not isinstance(mistake.error, _FORESEEN):
                traceback.print_exception(mistake.error)
        alike: dict[str, list[Mistake]] = {}
        for mistake in self.mistakes:
            alike.setdefault(mistake.message, []).append(mistake)
        everything = [set(mistake.overrides) for mistake in self.mistakes] + [set(r.overrides) for r in self.results]
        common = set.intersection(*everything)
        print(f"\nerror: {len(self.mistakes)} {'jobs' if len(self.mistakes) > 1 else 'job'} failed", file=sys.stderr)
        for message, mistakes in alike.items():
            jobs = ", ".join(_named(mistake, common) for mistake in mistakes)
            print(f"job {jobs}: {message}", file=sys.stderr)
        return 2 if all(isinstance(mistake.error, RecurraError) for mistake in self.mistakes) else 1


def _named(mistake: Mistake, common: set[str]) -> str:
    own = " ".join(override for override in mistake.overrides if override not in common)
    return f"{mistake.job} ({own})" if own else str(mistake.job)
