"""What loggers call a run."""

from pathlib import Path

import pytest

from recurra.loggers.run_name import run_name
from recurra.order import Order


def named(overrides, number=None, varied=()):
    choices = {"model": "lstm", "data": "csv"}
    choices |= dict(override.split("=") for override in overrides if override.split("=")[0] in choices)
    order = Order({}, Path("run"), choices, overrides, sweep="s", number=number, varied=list(varied))
    results = order.blank_results()
    return run_name(order, results.model, results.data)


@pytest.mark.parametrize(
    ("overrides", "name"),
    [
        ([], "lstm-csv"),
        (["model=gru"], "gru-csv"),
        (["data=csv", "model.hidden_size=64", "optimizer.lr=0.003"], "lstm-csv hidden_size=64 lr=0.003"),
        (["data.train=my.csv", "init_from=best.ckpt", "data.text=body", "tags=[a]"], "lstm-csv"),
        (["trainer=ddp", "trainer.devices=2", "logger=wandb", "logger.wandb.notes=a b", "test=false"], "lstm-csv"),
        (["model.dropout=0.1", "embedding.dropout=0.5"], "lstm-csv model.dropout=0.1 embedding.dropout=0.5"),
        (["tokenizer=char", "callbacks=null", "seed=3"], "lstm-csv tokenizer=char callbacks=null seed=3"),
        (["task=multilabel", "data.label_separator='|'"], "lstm-csv task=multilabel"),
        (["~callbacks.early_stopping"], "lstm-csv early_stopping=null"),
        (["model.pooling=[mean,max]"], "lstm-csv pooling=[mean,max]"),
        ([f"model.{'long_' * 30}name=1"], f"lstm-csv {'long_' * 30}"[:97] + "..."),
    ],
)
def test_model_data_and_what_else_was_typed(overrides, name):
    assert named(overrides) == name


@pytest.mark.parametrize(
    ("varied", "name"),
    [
        (["model", "optimizer.lr"], "3 model=gru lr=0.003"),
        (["seed"], "3 seed=1"),
        (["data.train"], "3 train=b.csv"),
        ([], "3"),
    ],
)
def test_in_a_sweep_only_what_varies(varied, name):
    overrides = ["model=gru", "data=csv", "data.train=b.csv", "optimizer.lr=0.003", "seed=1", "model.hidden_size=8"]
    assert named(overrides, 3, varied) == name
