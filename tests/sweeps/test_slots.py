"""What jobs that run at once are given of the machine."""

import os

import pytest
import torch

from recurra.errors import ConfigError
from recurra.sweeps.slots import slots


@pytest.fixture(autouse=True)
def machine(monkeypatch):
    """Eight cores, of which this process may use six; four GPUs, of which it sees three."""
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: {0, 1, 2, 3, 6, 7})
    monkeypatch.setattr(torch.cuda, "device_count", lambda: 3)
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "3,GPU-8a,0")


@pytest.mark.parametrize(
    ("asked", "cores"),
    [
        ((None, None, 0), [(0,), (1,), (2,), (3,), (6,), (7,)]),
        ((2, None, 0), [(0, 1, 2), (3, 6, 7)]),
        ((4, None, 0), [(0,), (1,), (2,), (3,)]),
        ((None, 2, 0), [(0, 1), (2, 3), (6, 7)]),
        ((None, 4, 0), [(0, 1, 2, 3)]),
        ((1, 2, 0), [(0, 1)]),
    ],
)
def test_cores(asked, cores):
    made = slots(*asked)
    assert [slot.cores for slot in made] == cores
    assert all(slot.gpus is None for slot in made)


@pytest.mark.parametrize(
    ("asked", "cores", "gpus"),
    [
        ((None, None, 1), [(0, 1), (2, 3), (6, 7)], [("3",), ("GPU-8a",), ("0",)]),
        ((None, None, 2), [(0, 1, 2, 3, 6, 7)], [("3", "GPU-8a")]),
        ((2, 1, 1), [(0,), (1,)], [("3",), ("GPU-8a",)]),
        ((None, 3, 1), [(0, 1, 2), (3, 6, 7)], [("3",), ("GPU-8a",)]),
    ],
)
def test_gpus(asked, cores, gpus):
    made = slots(*asked)
    assert [slot.cores for slot in made] == cores
    assert [slot.gpus for slot in made] == gpus


def test_gpus_without_names_are_numbered(monkeypatch):
    monkeypatch.delenv("CUDA_VISIBLE_DEVICES")
    assert [slot.gpus for slot in slots(None, None, 1)] == [("0",), ("1",), ("2",)]


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ((7, None, 0), "7 jobs at once with 1 core each cannot be had: this process may use 6 cores"),
        ((2, 4, 0), "2 jobs at once with 4 cores each cannot be had: this process may use 6 cores"),
        ((None, 7, 0), "1 job with 7 cores cannot be had"),
        ((4, None, 1), "4 jobs at once with 1 GPU each cannot be had: this process may use 3 GPUs"),
        ((None, None, 4), "1 job with 4 GPUs cannot be had"),
    ],
)
def test_more_than_there_is(asked, told):
    with pytest.raises(ConfigError, match=told):
        slots(*asked)
