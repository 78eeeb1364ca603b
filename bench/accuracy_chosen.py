"""The encoder that a user would choose, who knows the validation alone; the best by its test would be a lucky one."""

from accuracy_standing import Found, Key
from runs import Figures

ENCODERS = ("rnn", "lstm", "gru", "textrnn", "rcnn")
CHOSEN = "chosen"
"""In place of a model: on each split, and with each seed, another of them."""


def chosen(found: Found) -> dict[Key, Figures]:
    """A run wherever all encoders have one: that with the best macro-F1 on validation, by which everything here is
    chosen; of several the one with the fewest parameters. It cost the time of all."""
    made = {}
    for key in found:
        runs = [found.get(key._replace(model=model)) for model in ENCODERS]
        if key.model == ENCODERS[0] and None not in runs:
            best = max(runs, key=lambda run: (run["validation"]["f1_macro"], -run["parameters"]))
            made[key._replace(model=CHOSEN)] = {**best, "seconds": sum(run["seconds"] for run in runs)}
    return made
