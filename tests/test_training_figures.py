"""What is logged of a training while it goes on."""

import csv

import pytest
import torch
from conftest import TINY

import recurra
from recurra.callbacks import TrainingFigures
from recurra.module import SequenceModule

EVERY_STEP = [*TINY, "trainer.max_epochs=1", "trainer.log_every_n_steps=1", "logger=csv"]


def rows(folder, name):
    """Those of metrics.csv that have the figure."""
    with open(f"{folder}/metrics.csv", newline="") as file:
        return [row for row in csv.DictReader(file) if row[name]]


@pytest.mark.parametrize("accumulated", [1, 2])
def test_norms_losses_and_rates_are_those_of_the_steps(topics, monkeypatch, accumulated):
    seen = []
    step = TrainingFigures.on_before_optimizer_step

    def look(self, trainer, module, optimizer):
        assert isinstance(module, SequenceModule)
        gradients = torch.cat([weight.grad.flatten() for weight in module.parameters() if weight.grad is not None])
        own = torch.cat([weight.grad.flatten() for weight in module.encoder.parameters()])
        seen.append((gradients.norm().item(), own.norm().item(), optimizer.param_groups[0]["lr"]))
        step(self, trainer, module, optimizer)

    monkeypatch.setattr(TrainingFigures, "on_before_optimizer_step", look)
    # Gradients are clipped, all the same: what is told is how large they were.
    more = [f"trainer.accumulate_grad_batches={accumulated}", "trainer.gradient_clip_val=0.01"]
    results = recurra.train([*EVERY_STEP, *more])
    told = rows(results.folder, "train/grad_norm")
    assert len(told) == len(seen) == results.steps
    for row, (norm, own, rate) in zip(told, seen, strict=True):
        assert float(row["train/grad_norm"]) == pytest.approx(norm, rel=1e-5)
        assert float(row["train/grad_norm/encoder"]) == pytest.approx(own, rel=1e-5)
        assert float(row["train/lr"]) == pytest.approx(rate)
        parts = [float(row[f"train/grad_norm/{part}"]) for part in ("embedding", "encoder", "task", "auxiliary")]
        assert sum(part**2 for part in parts) ** 0.5 == pytest.approx(norm, rel=1e-5)


def test_the_loss_of_an_epoch_is_the_mean_over_its_batches(topics):
    results = recurra.train(EVERY_STEP)
    losses = [float(row["train/loss"]) for row in rows(results.folder, "train/loss")]
    (epoch,) = rows(results.folder, "train/loss_epoch")
    assert len(losses) == results.steps
    assert float(epoch["train/loss_epoch"]) == pytest.approx(sum(losses) / len(losses), rel=1e-5)


def test_padding_and_speed_are_those_since_the_last_row(topics, monkeypatch):
    batches = []
    end = TrainingFigures.on_train_batch_end

    def look(self, trainer, module, outputs, batch, batch_idx):
        batches.append((int(batch.lengths.sum()), batch.inputs.numel()))
        end(self, trainer, module, outputs, batch, batch_idx)

    monkeypatch.setattr(TrainingFigures, "on_train_batch_end", look)
    results = recurra.train([*EVERY_STEP, "trainer.log_every_n_steps=2"])
    told = rows(results.folder, "train/padding_share")
    assert len(told) == results.steps // 2
    for number, row in enumerate(told):
        both = batches[2 * number : 2 * number + 2]
        expected = 1 - sum(real for real, _ in both) / sum(room for _, room in both)
        assert float(row["train/padding_share"]) == pytest.approx(expected, abs=1e-6)
        assert float(row["train/tokens_per_second"]) > 0


def test_without_a_logger_nothing_is_counted(topics, monkeypatch):
    monkeypatch.setattr(TrainingFigures, "__init__", None)  # it would not be made
    assert recurra.train([*TINY, "trainer.max_steps=1", "logger=null"]).status == "finished"
