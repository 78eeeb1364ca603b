"""A file cannot make this process run what it likes."""

import pytest
from test_conf import EXTRA, OPTIONS, config

from recurra.errors import CheckpointError
from recurra.trust import check_trust


def nested(name):
    return {"model": {"_target_": "recurra.nn.encoders.gru.GRU", "parts": [{"deep": {"_target_": name}}]}}


@pytest.mark.parametrize(
    "name",
    [
        "os.system",
        "builtins.eval",
        "subprocess.Popen",
        "hydra.utils.instantiate",
        "recurra.run.os.system",
        "recurra.results.write_json",
        "recurra.nn.schedulers.torch.hub.load",
        "recurra.text.readers.opening.gzip.open",
        "recurra.commands.train.shutil.rmtree",
        "torch.hub.load",
        "torch.optim.lr_scheduler.types",
        "lightning.pytorch.callbacks.os.remove",
        "lightning.pytorch.trainer.trainer.os.remove",
        "recurrant.Model",
        "recurra",
        "recurra.nothing",
        "",
    ],
)
def test_what_no_model_is_made_of_is_refused_however_deep_it_stands(name):
    with pytest.raises(CheckpointError, match=r"x\.ckpt asks for"):
        check_trust(nested(name), [], "x.ckpt")


def test_a_package_of_one_s_own_can_be_trusted():
    with pytest.raises(CheckpointError, match="--trust mine"):
        check_trust(nested("mine.encoders.Mine"), [], "x.ckpt")
    check_trust(nested("mine.encoders.Mine"), ["mine"], "x.ckpt")
    check_trust(nested("mine.encoders.Mine"), ["mine.encoders"], "x.ckpt")
    with pytest.raises(CheckpointError, match=r"mines\.Mine"):
        check_trust(nested("mines.Mine"), ["mine"], "x.ckpt")


@pytest.mark.parametrize(("group", "option"), OPTIONS)
def test_everything_that_can_be_chosen_is_trusted(group, option):
    check_trust(config(f"{group}={option}", *EXTRA.get((group, option), [])), [], "x.ckpt")
