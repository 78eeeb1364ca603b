"""An encoder as `recurra-train` would build it from the same overrides."""

from hydra import compose, initialize_config_module

from recurra.commands.job import plain
from recurra.instantiation import call, instantiate
from recurra.nn.encoders import Encoder
from recurra.overrides import prepare


def encoder(*overrides: str, input_size: int) -> Encoder:
    """Such as `encoder("model=gru", "model.hidden_size=8", input_size=16)`."""
    with initialize_config_module("recurra.conf", version_base="1.3"):
        settings = plain(compose("train", overrides=prepare(overrides, multirun=False)))
    made: Encoder = call(instantiate(settings["model"], "model"), "model", input_size)
    return made
