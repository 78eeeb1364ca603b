"""`recurra evaluate`: the table of scores again, on the run's own test split or on a file."""

import argparse
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from recurra.commands import rows
from recurra.errors import DataError

if TYPE_CHECKING:
    from recurra.types import Example


def add_to(verbs: Any) -> None:
    """Adds the verb to the parser."""
    parser = verbs.add_parser(
        "evaluate",
        help="score a model on its own test split, or on a file",
        description="recurra evaluate best.ckpt   or   recurra evaluate best.ckpt labelled.csv",
    )
    parser.add_argument("checkpoint", help="a run's checkpoints/best.ckpt")
    parser.add_argument("file", nargs="?", help="rows to score it on; the run's own split if left out")
    parser.add_argument("--split", choices=("test", "validation"), default="test", help="of the run's own data")
    parser.add_argument("--label", metavar="COLUMN", help="label column")
    rows.add_options(parser)
    parser.set_defaults(run=run)


def run(asked: argparse.Namespace) -> int:
    """Prints the table."""
    from recurra import build, tables
    from recurra.checkpoint import restore
    from recurra.predictor import Predictor
    from recurra.results import figures
    from recurra.scoring import score

    restored = restore(asked.checkpoint, asked.trust)
    config = restored.card["config"]
    if asked.file is None:
        own = build.datamodule(config)
        if own.fingerprint() != restored.card.get("data"):
            raise DataError(
                f"{own.title} is no longer what {asked.checkpoint} was trained on, and splits that are cut from it "
                "now would hold rows of the training. Put the data back as it was, or name the rows to score: "
                f"recurra evaluate {asked.checkpoint} FILE"
            )
        evaluation = score(restored.module, own.finished(asked.split, restored.module.task, restored.tokenizer))
        title = f"{asked.split} of {own.title}"
    else:
        predictor, title = Predictor.of(restored), asked.file
        labelled = restored.module.task.classes != "tokens"
        evaluation = predictor.evaluate(_read(asked, config["data"], labelled))
    print(tables.scores(figures(evaluation), title))
    return 0


def _read(asked: argparse.Namespace, data: Mapping[str, Any], labelled: bool) -> "list[Example]":
    """The rows of the file: as running text where training's was, else by the format that its name tells."""
    from recurra.schema import target

    source = target(data["source"]["_target_"], "data.source")
    if getattr(source, "running", False) and asked.format is None:
        options = {"document": data["document"], "encoding": asked.encoding or data["encoding"]}
        texts: list[Example] = source(asked.file, **options).splits()["train"]
        return texts
    columns = {"label": asked.label or data.get("label"), "label_separator": data.get("label_separator")}
    return rows.reader(asked, asked.file, data, **columns).read(asked.file, labelled)
