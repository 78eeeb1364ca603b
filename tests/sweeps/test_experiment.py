import shlex
from pathlib import Path

import pytest
import yaml
from conftest import typed, write_csv
from hydra import compose, initialize_config_module
from hydra.core.hydra_config import HydraConfig

from recurra.commands.folders import FreshFolders
from recurra.commands.job import order_of
from recurra.commands.plugins import register_plugins
from recurra.commands.train import main
from recurra.overrides import prepare
from recurra.sweeps.best import best_order, command
from recurra.sweeps.experiment import write_experiment
from recurra.sweeps.records import Record
from recurra.sweeps.repeats import groups


def ordered(overrides):
    """What a sweep composes of overrides as Hydra reads them."""
    FreshFolders(claim=False).register()
    register_plugins()
    with initialize_config_module("recurra.conf", version_base="1.3"):
        config = compose("train", overrides=list(overrides), return_hydra_config=True)
    HydraConfig.instance().set_config(config)
    return order_of(config, Path("run"))


def composed(capsys, *arguments):
    """The configuration that a command would run."""
    code, out, err = typed(capsys, main, *arguments, "--cfg", "job", "--resolve")
    assert code == 0, err
    return yaml.safe_load(out)


CASES = {
    "groups and keys": ["model=gru", "optimizer.lr=1e-5", "data=csv", "data.train=my.csv", "logger=null"],
    "an experiment inside": ["experiment=rcnn_variant_original", "data=csv", "data.train=my.csv", "model.cell=gru"],
    "another task, that the data brings": ["data=text", "data.train=my.csv", "task.window=null", "tokenizer=word"],
    "Chinese, quotes and brackets": [
        "data=csv",
        "data.train=数据 (1), it's.csv",
        "data.text=a b",
        "tags=[很好,1e3,x y]",
    ],
    "what looks like an interpolation": ["data=csv", "data.train=my.csv", r"data.text=a\\${x}", "tags=['${seed}']"],
    "nulls": ["data=csv", "data.train=my.csv", "trainer.gradient_clip_val=null", "data.label=null"],
    "things taken away": ["~callbacks.early_stopping", "~model.pooling", "callbacks.last.every_n_epochs=3"],
    "no group at all": ["callbacks=null", "logger=null"],
    "things of one's own": [
        "callbacks.mine._target_=my.Own",
        "callbacks.mine.sizes=[1,[2,3]]",
        "model._target_=my.Model",
    ],
    "another debug": ["debug=overfit", "model=rnn"],
}


@pytest.mark.parametrize("overrides", CASES.values(), ids=CASES)
def test_both_ways_to_make_it_again_compose_the_same(capsys, own_place, overrides):
    for name in ("my.csv", "数据 (1), it's.csv"):
        write_csv(own_place / name, [])
    order = ordered(prepare(overrides, multirun=False))
    said = write_experiment(own_place / "a sweep, 好", order, origin="of a sweep", expected="f1_macro 0.9")
    assert composed(capsys, *shlex.split(said)[1:]) == order.config
    again = ordered(prepare(shlex.split(command(order))[1:], multirun=False))
    assert again.config == order.config


def test_the_file_opens_with_its_own_command_and_says_little(own_place):
    order = ordered(prepare(["model=gru", "optimizer.lr=0.01"], multirun=False))
    write_experiment(Path("s w"), order, origin="The best of s w:\nmodel=gru", expected="val f1_macro 0.9000")
    assert Path("s w/experiment/best.yaml").read_text() == (
        "# @package _global_\n"
        "# The best of s w: model=gru\n"
        "#   recurra-train --config-dir 's w' experiment=best\n"
        "#   to expect: val f1_macro 0.9000\n"
        "defaults:\n"
        "- override /model: gru\n"
        "optimizer:\n"
        "  lr: 0.01\n"
    )


def test_options_that_recurra_does_not_ship_are_written_out(capsys, own_place):
    order = ordered(["model=gru"])
    order.choices["model"] = "mine"
    order.config["model"]["hidden_size"] = 5
    said = write_experiment(own_place / "s", order, origin="", expected="")
    assert composed(capsys, *shlex.split(said)[1:])["model"] == order.config["model"]
    assert "override /model: null" in Path("s/experiment/best.yaml").read_text()


def finished(number, *overrides, **point):
    point = {key.replace("__", "."): value for key, value in point.items()}
    return Record(number, Path(), "finished", point, overrides, (0.5,))


def test_the_best_of_repeats_is_without_seed_and_folds():
    fixed = ["data=csv", "++data.train='my.csv'", "++data.folds=2", "tags=['a']"]
    runs = [
        finished(n, "model=gru", f"seed={n}", f"++data.fold={n}", model="gru", seed=n, data__fold=n) for n in (0, 1)
    ]
    (group,) = groups(runs)
    order = best_order(fixed, group, compose=ordered)
    assert order.overrides == ["data=csv", "data.train=my.csv", "tags=['a']", "model=gru", "data.folds=null"]
    assert (order.config["seed"], order.config["data"]["fold"]) == (0, None)


def test_the_best_of_single_runs_keeps_its_seed():
    first, _ = groups([finished(0, "seed=3", "++optimizer.lr=0.1", seed=3, lr=0.1), finished(1, seed=4, lr=0.2)])
    order = best_order(["model=gru"], first, compose=ordered)
    assert command(order) == "recurra-train model=gru seed=3 optimizer.lr=0.1"
