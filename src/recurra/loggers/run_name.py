"""What loggers call a run."""

from collections import Counter

from recurra import tables
from recurra.order import Order
from recurra.overrides import TEXT_KEYS, split, unquoted

_LONGEST = 100  # characters
_SAID = ("model", "data")
_SAY_NOTHING = ("trainer", "logger", "test", "baselines", "resume", "dry_run")


def run_name(order: Order, model: str, data: str) -> str:
    """`lstm-csv hidden_size=64 lr=0.003`: model, data, and what else was typed of how it learns.

    In a sweep the trial's number and what varies: `3 model=gru lr=0.003`.

    Args:
        order: of the run.
        model: which was chosen.
        data: what they are called.
    """
    typed = [(key, unquoted(value) or "null") for _, key, value in map(split, order.overrides)]
    if order.number is None:
        head, shown = f"{model}-{data}", [(key, value) for key, value in typed if _tells(key)]
    else:
        head, shown = str(order.number), [(key, value) for key, value in typed if key in order.varied]
    ends = Counter(_end(key) for key, _ in shown)
    said = [f"{_end(key) if ends[_end(key)] == 1 else key}={value}" for key, value in shown]
    return tables.cut(" ".join([head, *said]), _LONGEST)


def _tells(key: str) -> bool:
    """Whether a key says something of a run that its model and data do not; paths and columns are the data's."""
    return key not in _SAID and key not in TEXT_KEYS and key.split(".")[0] not in _SAY_NOTHING


def _end(key: str) -> str:
    return key.replace("/", ".").rpartition(".")[2]
