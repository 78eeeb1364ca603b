"""What is left open for the training texts to choose."""

from pathlib import Path

import pytest
import yaml
from conftest import TINY
from test_conf import config

import recurra
from recurra import build
from recurra.commands.train import main
from recurra.open_options import patient

OPEN = [option for option in TINY if not option.startswith(("trainer.max_epochs", "data.batch_size"))]


def chosen(folder):
    with open(f"{folder}/config.yaml", encoding="utf-8") as file:
        kept = yaml.safe_load(file)
    return kept["trainer"]["max_epochs"], kept["data"]["batch_size"]


def test_all_of_it_is_chosen_told_and_kept(topics, capsys):
    results = recurra.train([*OPEN, "callbacks.early_stopping=null"])
    assert chosen(results.folder) == (40, 16)
    assert results.epochs == 40
    told = "chosen by the training texts: data.max_length=256 data.windows=4 data.batch_size=16 trainer.max_epochs=40"
    assert told in capsys.readouterr().out


def test_windows_are_those_of_pieces_whose_length_is_typed(topics):
    # Nine of ten texts have 19 tokens at most.
    results = recurra.train([*TINY, "data.max_length=3", "trainer.max_steps=1"])
    kept = yaml.safe_load(Path(results.folder, "config.yaml").read_text(encoding="utf-8"))
    assert kept["data"]["windows"] == 7


@pytest.mark.parametrize(("typed", "epochs"), [("trainer.max_epochs=2", 2), ("trainer.max_steps=3", None)])
def test_a_training_whose_length_is_typed_has_it(topics, typed, epochs):
    results = recurra.train([*OPEN, typed])
    assert chosen(results.folder)[0] == epochs
    assert results.steps == (3 if epochs is None else 24)


@pytest.mark.parametrize(
    ("typed", "patience"),
    [
        (["trainer.max_epochs=12"], 5),
        (["trainer.max_epochs=16"], 6),
        (["trainer.max_epochs=40"], 14),
        (["trainer.max_epochs=100"], 15),
        (["trainer.max_steps=9"], 5),
        (["trainer.max_epochs=40", "callbacks.early_stopping.patience=2"], 2),
    ],
)
def test_early_stopping_bears_a_third_of_the_epochs(own_place, typed, patience):
    kept = patient(config(*typed))
    assert kept["callbacks"]["early_stopping"]["patience"] == patience
    stopping, *_ = build.callbacks(kept, "val/accuracy", "max", own_place)
    assert (stopping.patience, stopping.monitor) == (patience, "val/accuracy")


def test_its_patience_is_kept_with_the_rest(topics):
    results = recurra.train([*OPEN, "trainer.max_epochs=22", "trainer.limit_train_batches=1"])
    kept = yaml.safe_load(Path(results.folder, "config.yaml").read_text(encoding="utf-8"))
    assert kept["callbacks"]["early_stopping"]["patience"] == 8


def test_without_early_stopping_there_is_none_to_choose():
    assert patient(config("callbacks=null"))["callbacks"] == {}


def test_the_same_texts_choose_the_same_and_a_resumed_run_keeps_it(topics):
    first = recurra.train([*OPEN, "trainer.max_epochs=1"])
    again = recurra.train([f"resume={first.folder}/checkpoints/last.ckpt"])
    assert chosen(again.folder) == chosen(first.folder) == (1, 16)


def test_a_rehearsal_knows_how_long_a_training_of_the_chosen_length_takes(topics, capsys):
    with pytest.raises(SystemExit) as left:
        main([*OPEN, "dry_run=true"])
    assert left.value.code == 0
    told = capsys.readouterr().out
    assert "Training takes at most about" in told
    assert "for ever" not in told
