"""`recurra predict`: labels and probabilities for texts."""

import argparse
import csv
import json
import sys
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, TextIO

from recurra.commands import rows
from recurra.errors import ConfigError, DataError, unknown
from recurra.whole_file import whole_file

if TYPE_CHECKING:
    from recurra.predictor import Predictor
    from recurra.tasks import Answer
    from recurra.types import Example

_TOLD = 10  # bad rows that are told one by one
_Write = Callable[["Example", "Answer"], None]


def add_to(verbs: Any) -> None:
    """Adds the verb to the parser."""
    parser = verbs.add_parser(
        "predict",
        help="label texts, typed or from a file",
        description='recurra predict best.ckpt "any text"   or   --input new.csv --output answers.jsonl',
    )
    parser.add_argument("checkpoint", help="a run's checkpoints/best.ckpt")
    parser.add_argument("texts", nargs="*", metavar="TEXT")
    parser.add_argument(
        "--input", metavar="FILE", help=".csv .tsv .jsonl .parquet .txt (a text a line), or - for stdin"
    )
    parser.add_argument(
        "--output",
        metavar="FILE",
        default="-",
        help=".csv .tsv .jsonl .txt (an answer a line); - (the default) prints JSON lines",
    )
    rows.add_options(parser)
    parser.set_defaults(run=run)


def run(asked: argparse.Namespace) -> int:
    """Answers in the order of the texts; exit status 2 if a row could not be read."""
    if bool(asked.texts) == (asked.input is not None):
        raise ConfigError('Give either texts or --input FILE: recurra predict best.ckpt "some text"')
    if asked.output != "-" and Path(asked.output).suffix not in _WRITERS:
        raise ConfigError(unknown("output format", Path(asked.output).suffix, _WRITERS))
    source, target = Path(asked.input or "-"), Path(asked.output)
    if source.exists() and target.exists() and source.samefile(target):
        raise ConfigError(f"--output {target} is the input itself, which would be lost. Give another name.")
    from recurra.checkpoint import restore
    from recurra.predictor import Predictor

    restored = restore(asked.checkpoint, asked.trust)
    predictor = Predictor.of(restored)
    if asked.input is None and asked.output == "-":
        for text, answer in zip(asked.texts, predictor.predict(asked.texts), strict=True):
            print(answer.shown(text))
        return 0
    if asked.input is None:
        with _output(asked.output) as write:
            _answer(predictor, _typed(asked.texts), write)
        return 0
    reader = rows.reader(asked, asked.input, restored.card["config"]["data"])
    bad: list[DataError] = []
    with _input(asked.input) as stream, _output(asked.output) as write:
        answered = _answer(predictor, _good(reader.rows(stream, _name(asked.input), labelled=False), bad), write)
        if not answered:
            why = "none of its rows could be read" if bad else "no rows came, a header or blank lines at most"
            raise DataError(f"{_name(asked.input)}: {why}. Nothing was answered.")
    if bad:
        more = f"; the first {_TOLD} were told" if len(bad) > _TOLD else ""
        print(f"{len(bad)} could not be read and have no answer{more}", file=sys.stderr)
    return 2 if bad else 0


def _typed(texts: list[str]) -> "Iterator[Example]":
    from recurra.types import Example

    return (Example(text, line=number) for number, text in enumerate(texts, 1))


def _good(read: "Iterator[Example | DataError]", bad: list[DataError]) -> "Iterator[Example]":
    for row in read:
        if isinstance(row, DataError):
            bad.append(row)
            if len(bad) <= _TOLD:
                print(f"error: {rows.in_options(str(row))}", file=sys.stderr)
        else:
            yield row


def _answer(predictor: "Predictor", examples: "Iterator[Example]", write: _Write) -> int:
    """Writes an answer a text, and says how many."""
    waiting: deque[Example] = deque()
    count = 0

    def texts() -> Iterator[str]:
        for example in examples:
            waiting.append(example)
            yield example.text

    for answer in predictor.stream(texts()):
        count += 1
        write(waiting.popleft(), answer)
    return count


def _name(file: str) -> str:
    return "standard input" if file == "-" else file


@contextmanager
def _input(file: str) -> Iterator[BinaryIO]:
    if file == "-":
        yield sys.stdin.buffer
        return
    from recurra.text.readers.opening import open_binary

    with open_binary(file) as stream:
        yield stream


@contextmanager
def _output(file: str) -> Iterator[_Write]:
    """A function that writes one answer. A file appears under its name when it is whole."""
    if file == "-":
        yield _json_lines(sys.stdout)
        return
    try:
        with whole_file(file) as draft, open(draft, "w", encoding="utf-8", newline="") as stream:
            yield _WRITERS[Path(file).suffix](stream)
            stream.flush()
    except OSError as error:
        raise DataError(f"{file} cannot be written: {error.strerror}.") from error


def _json_lines(stream: TextIO) -> _Write:
    def write(example: "Example", answer: "Answer") -> None:
        record = {"line": example.line, "text": example.text, **answer.record()}
        print(json.dumps(record, ensure_ascii=False), file=stream)

    return write


def _labels_alone(stream: TextIO) -> _Write:
    return lambda example, answer: print(answer.label, file=stream)


def _separated(delimiter: str) -> Callable[[TextIO], _Write]:
    def begin(stream: TextIO) -> _Write:
        writer = csv.writer(stream, delimiter=delimiter)
        begun = False

        def write(example: "Example", answer: "Answer") -> None:
            nonlocal begun
            cells = answer.cells()
            if not begun:
                writer.writerow(["line", "text", *cells])
                begun = True
            writer.writerow([example.line, example.text, *cells.values()])

        return write

    return begin


_WRITERS: dict[str, Callable[[TextIO], _Write]] = {
    ".jsonl": _json_lines,
    ".csv": _separated(","),
    ".tsv": _separated("\t"),
    ".txt": _labels_alone,
}
