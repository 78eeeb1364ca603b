"""What the overview asks: each task on each data set, with every encoder that fits it."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from tagged_corpus import write

Files = dict[str, Path]
"""Where the splits are; what is not there is cut from `train`."""

ALL = ("rnn", "lstm", "gru", "textrnn", "rcnn", "rcnn_lai")
FORWARDS = ("rnn", "lstm", "gru")
"""Those that can read forwards only."""
STEPS = ("rnn", "lstm", "gru", "rcnn_lai")
"""Those with states of their own: textrnn has the lstm's, and rcnn the lstm's beside the word itself."""


@dataclass(frozen=True)
class Question:
    """A task on a data set.

    Attributes:
        data: what tables call it, in every language.
        overrides: all but the files, the encoder and the seed.
        encoders: that fit.
        figures: that tables tell, each with its split.
    """

    task: str
    data: str
    files: Files
    overrides: Sequence[str]
    encoders: Sequence[str]
    figures: Sequence[str]

    def name(self, *chosen: str) -> str:
        """By which a run is known, wherever the files lie; `chosen` are its other overrides."""
        return " ".join([*(path.name for path in self.files.values()), *self.overrides, *chosen])

    def order(self, *chosen: str) -> list[str]:
        """All overrides of a run."""
        return [*self.overrides, *(f"data.{split}={path.resolve()}" for split, path in self.files.items()), *chosen]


ALONE = ("auxiliary=none", "data.batch_size=32")
"""The task alone, as when the tables of docs/ were made."""


def of_texts(trec: Files, mr: Files, waimai: Files) -> list[Question]:
    """A label for a text: what kind of answer a question wants, and whether a review praises."""
    csv, figures = ("data=csv", *ALONE, "trainer.max_epochs=6"), ("test/accuracy", "test/f1_macro")
    return [
        Question("classification", "TREC", trec, ("data=csv", *ALONE, "trainer.max_epochs=12"), ALL, figures),
        Question("classification", "MR", mr, csv, ALL, figures),
        Question("binary", "waimai_10k", waimai, (*csv, "task=binary", "tokenizer=char"), ALL, figures),
    ]


def of_words(mr: Files) -> list[Question]:
    """The next word, and a hidden one from both sides of it or from what stands before."""
    running = (
        "data=csv",
        "task=language_model",
        "loss=log_loss",
        "task.window=64",
        "trainer.max_epochs=6",
        "test=false",
    )
    hidden = ("experiment=cloze", "trainer.max_epochs=6")
    before = (*hidden, "model.bidirectional=false")
    text, word = ("validation/perplexity", "validation/bits_per_character"), ("test/perplexity", "test/accuracy")
    return [
        Question("language_model", "MR", mr, running, FORWARDS, text),
        Question("cloze", "MR ↔", mr, hidden, STEPS, word),
        Question("cloze", "MR →", mr, before, FORWARDS, word),
    ]


def of_tags(count: int, folder: Path) -> list[Question]:
    """Parts of speech, names, and which kinds of names there are, in so many paragraphs of the tagged corpus.

    Raises:
        DataError: it is not installed.
    """
    words, names, kinds = write(folder, count)
    several = (*ALONE, "data=csv", "data.label_separator=|", "task=multilabel", "tokenizer=char")
    tags = (*ALONE, "data=conll", "trainer.max_epochs=12")
    return [
        Question(
            "multilabel",
            "PFR",
            {"train": kinds},
            (*several, "trainer.max_epochs=6"),
            ALL,
            ("test/f1_micro", "test/f1_macro"),
        ),
        Question("tagging", "PFR POS", {"train": words}, tags, STEPS, ("test/accuracy",)),
        Question("tagging", "PFR BIO", {"train": names}, tags, STEPS, ("test/f1", "test/accuracy")),
    ]
