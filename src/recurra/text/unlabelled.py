"""More texts of the kind to train on, of which nobody has said what they are."""

from dataclasses import dataclass, replace
from typing import final

from recurra.text.corpus import EMPTY, REPEATED, Corpus, normal
from recurra.text.readers import reader_for
from recurra.types import Example

_HELD_BACK = "standing in validation or test"


@final
@dataclass(frozen=True)
class Unlabelled:
    """Texts in one file or several, each of the format that its name tells; labels in them are not read.

    Attributes:
        paths: of the files.
        text: the column of the text, or several, in formats that have columns; None finds it by its name.
        encoding: of the files.
    """

    paths: str | list[str]
    text: str | list[str] | None = None
    encoding: str = "utf-8"

    def read(self) -> list[Example]:
        """All of them, in their order.

        Raises:
            DataError: a file cannot be read, or its name tells no format.
        """
        texts = []
        for path in [self.paths] if isinstance(self.paths, str) else self.paths:
            reader = reader_for(path, encoding=self.encoding)
            if reader.has_columns:
                reader = reader_for(path, encoding=self.encoding, text=self.text)
            texts += reader.read(path, labelled=False)
        return texts

    def join(self, corpus: Corpus) -> Corpus:
        """The corpus with these texts, too, to train on, its other splits as they are.

        What stands in validation or test, after white space is normalised, stays out, and so does what train has
        already.
        """
        held_back = {normal(row.text) for split in ("validation", "test") for row in corpus.splits[split]}
        seen = {normal(row.text) for row in corpus.splits["train"]}
        left_out = dict.fromkeys((_HELD_BACK, REPEATED, EMPTY), 0)
        joined = []
        for row in self.read():
            text = normal(row.text)
            reason = EMPTY if not text else _HELD_BACK if text in held_back else REPEATED if text in seen else None
            if reason is None:
                seen.add(text)
                joined.append(replace(row, labels=()))
            else:
                left_out[reason] += 1
        reasons = ", ".join(f"{count} ({reason})" for reason, count in left_out.items() if count)
        note = f"Texts of data.unlabelled that join train: {len(joined)}{reasons and f'; left out: {reasons}'}."
        splits = {**corpus.splits, "train": [*corpus.splits["train"], *joined]}
        return replace(corpus, splits=splits, notes=[*corpus.notes, note])
