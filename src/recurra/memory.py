"""Whether a model fits into this machine's memory, found out before a byte of it is taken."""

import os
from collections.abc import Callable
from itertools import chain

import torch
from torch import nn

from recurra.errors import ConfigError

_SIZES = "Make embedding.size, model.hidden_size, model.num_layers, tokenizer.max_size or embedding.ngram_rows smaller."


def check_memory(make: Callable[[], nn.Module]) -> None:
    """Builds the model without its numbers, and counts them.

    Raises:
        ConfigError: its weights alone are larger than the machine's memory, and taking it would end in a kill.
    """
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    try:
        with torch.device("meta"):
            module = make()
    except RuntimeError as error:
        if "overflow" in str(error):
            raise ConfigError(f"The model's weights are more than can be counted. {_SIZES}") from error
        return  # one's own encoder may compute with its weights as it is built
    weights = sum(tensor.numel() * tensor.element_size() for tensor in chain(module.parameters(), module.buffers()))
    if weights > memory:
        needed, there = f"{weights / 2**30:,.0f} GiB", f"{memory / 2**30:,.0f} GiB"
        raise ConfigError(f"The model's weights take {needed}, and this machine has {there}. {_SIZES}")
