"""Processes that assemble batches."""

import time

import pytest
from conftest import TINY
from test_conf import config

from recurra import build
from recurra.data import loader
from recurra.tasks import Classification


def test_a_worker_that_hangs_is_not_waited_for_for_ever(topics, monkeypatch):
    monkeypatch.setattr(loader, "_PATIENCE", 1.0)
    monkeypatch.setattr(loader.SplitDataset, "__getitem__", lambda self, pieces: time.sleep(3))
    data = build.datamodule(config(*TINY[:2], "data.num_workers=1"))
    data.fit_tokenizer(build.recipe(config()))
    data.suit(Classification(data.classes("labels")[0], 1))
    with pytest.raises(RuntimeError, match="timed out after 1"):
        next(iter(data.train_dataloader()))
