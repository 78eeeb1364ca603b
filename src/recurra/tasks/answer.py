"""What a model says of one text."""

import abc
from typing import Any


class Answer(abc.ABC):
    """The answer for one text, and how it is told."""

    @property
    @abc.abstractmethod
    def label(self) -> str:
        """In one line; empty where nothing applies."""

    @abc.abstractmethod
    def shown(self, text: str) -> str:
        """What a terminal shows of it, one line or several.

        Args:
            text: what was asked.
        """

    @abc.abstractmethod
    def record(self) -> dict[str, Any]:
        """All of it, as JSON holds it."""

    def cells(self) -> dict[str, Any]:
        """All of it, as a row of a table holds it: by column."""
        return {"label": self.label}
