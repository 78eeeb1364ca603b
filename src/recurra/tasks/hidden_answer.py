"""What is told of the hidden words of a text."""

from dataclasses import dataclass
from typing import Any, final

from recurra.tasks.answer import Answer


@final
@dataclass(frozen=True)
class HiddenAnswer(Answer):
    """For each hidden word of a text, in their order, the likeliest words with their probabilities, likeliest first."""

    words: tuple[dict[str, float], ...]

    @property
    def label(self) -> str:
        """The likeliest, several joined by ` | `."""
        return " | ".join(next(iter(found)) for found in self.words)

    def shown(self, text: str) -> str:
        ranked = ("  ".join(f"{word} {p:.3f}" for word, p in found.items()) for found in self.words)
        return "\n".join(f"{next(iter(found))}\t{told}\t{text}" for found, told in zip(self.words, ranked, strict=True))

    def record(self) -> dict[str, Any]:
        return {"words": [{word: round(p, 6) for word, p in found.items()} for found in self.words]}
