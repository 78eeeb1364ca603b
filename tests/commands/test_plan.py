"""What a sweep is to make."""

import pytest
from hydra import initialize_config_module
from hydra._internal.callbacks import Callbacks
from hydra.core.global_hydra import GlobalHydra
from hydra.core.hydra_config import HydraConfig
from hydra.core.plugins import Plugins
from hydra.types import HydraContext, RunMode
from omegaconf import OmegaConf

from recurra.commands.folders import FreshFolders
from recurra.commands.plan import Plan
from recurra.commands.plugins import register_plugins


@pytest.fixture
def plan(tmp_path, monkeypatch):
    """Of two models and two seeds, what composes it, and with which configuration."""
    monkeypatch.chdir(tmp_path)
    FreshFolders().register()
    register_plugins()
    with initialize_config_module("recurra.conf", version_base="1.3"):
        hydra = GlobalHydra.instance().hydra
        config = hydra.compose_config("train", ["hydra.sweep.dir=${fresh_folder:outputs}"], run_mode=RunMode.MULTIRUN)
        HydraConfig.instance().set_config(config)
        context = HydraContext(config_loader=hydra.config_loader, callbacks=Callbacks())
        sweeper = Plugins.instance().instantiate_sweeper(
            config=config, hydra_context=context, task_function=lambda composed: None
        )
        yield Plan(sweeper, ["model=lstm,gru", "seed=1,2", "tags=['很好']"], hydra.config_loader), context, config


def test_what_was_composed_once_is_what_hydra_would_compose_again(plan, tmp_path):
    plan, context, config = plan
    orders = list(plan.orders(tmp_path))
    assert [order.config["seed"] for _, order in orders] == [1, 2, 1, 2]
    for number, point in enumerate(plan.points):
        overrides = [*plan.fixed, *plan.space.overrides(point)]
        place = {"hydra.sweep.dir": "a, b", "hydra.sweep.subdir": str(number), "hydra.sweeper.trial": number}
        said = ["hydra.sweep.dir='a, b'", f"hydra.sweep.subdir={number}", f"hydra.sweeper.trial={number}"]
        again = context.config_loader.load_sweep_config(config, [*overrides, *said])
        composed = plan.composed(overrides, place)
        for made in (again, composed):
            made.hydra.overrides.hydra = []  # what was said, which differs
        assert OmegaConf.to_container(composed, resolve=False) == OmegaConf.to_container(again, resolve=False)


def test_what_was_not_composed_is_not_there(plan):
    assert plan[0].composed(["model=rnn"], {}) is None
