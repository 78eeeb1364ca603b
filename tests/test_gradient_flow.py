"""callbacks=gradient_flow: what it tells, and that training does not feel it."""

import csv
import math
from pathlib import Path

import processes
import pytest
import torch
from conftest import TINY
from test_language import TINY as STORY
from test_language import story
from test_pictures import ink
from test_ranks import RANKS
from test_resume import assert_equal_ends, said, stop_after, weights

import recurra
from recurra.callbacks import GradientFlow
from recurra.callbacks.gradient_flow import longest, mean_norms
from recurra.errors import ConfigError
from recurra.gradient_flow_file import read
from recurra.module import SequenceModule
from recurra.nn.encoders import Encoder
from recurra.nn.sequences import masked_mean
from recurra.types import Batch, Encoding

FLOW = [*TINY, "callbacks=gradient_flow", "callbacks.gradient_flow.every_n_steps=4", "callbacks.gradient_flow.texts=3"]


def metrics(folder):
    """The rows of metrics.csv that the callback logged, by step; columns without a value are left out."""
    with open(f"{folder}/metrics.csv", newline="") as file:
        rows = list(csv.DictReader(file))
    own = [{key: float(value) for key, value in row.items() if key[:8] == "gradient" and value} for row in rows]
    return {int(row["step"]): figures for row, figures in zip(rows, own, strict=True) if figures}


@pytest.mark.parametrize("model", ["gru", pytest.param("rcnn", marks=pytest.mark.slow)])
def test_training_does_not_feel_it(topics, model):
    options = [f"model={model}", "model.num_layers=2", "model.dropout=0.2"]
    recurra.train([*TINY, *options, "hydra.run.dir=without"])
    recurra.train([*FLOW, *options, "hydra.run.dir=with"])
    assert_equal_ends("without", "with")
    (random,), (others,) = (weights(name)["callbacks"]["RandomState"]["ranks"] for name in ("without", "with"))
    assert torch.equal(random["torch"], others["torch"])
    assert (random["python"], random["numpy"]) == (others["python"], others["numpy"])
    assert not Path("without/gradient_flow.csv").exists()
    assert ink("with/gradient_flow.png") > 0.05


def test_the_state_that_a_language_model_carries_does_not_feel_it(own_place):
    Path("story.txt").write_text(story(300), encoding="utf-8")
    command = [*STORY, "model.bidirectional=false", "trainer.max_epochs=2", "test=false"]
    recurra.train([*command, "hydra.run.dir=without"])
    recurra.train([*command, *FLOW[len(TINY) :], "hydra.run.dir=with"])
    assert_equal_ends("without", "with")
    rows = read(Path("with/gradient_flow.csv"))
    assert {row.direction for row in rows} == {"forward"}
    assert max(row.t for row in rows) == 19  # of a window of 20
    assert all(row.norm > 0 for row in rows)


def test_every_layer_direction_and_token_is_told(topics):
    recurra.train([*FLOW, "model.num_layers=2", "hydra.run.dir=run"])
    rows = read(Path("run/gradient_flow.csv"))
    assert sorted({row.step for row in rows}) == [0, 4, 8, 12, 16]  # of 18
    logged = metrics("run")
    assert list(logged) == [0, 4, 8, 12, 16]
    for step, figures in logged.items():
        lengths = set()
        for layer in (0, 1):
            for direction in ("forward", "backward"):
                own = [row for row in rows if row[:3] == (step, layer, direction)]
                assert [row.t for row in own] == list(range(len(own)))
                lengths.add(len(own))
                first, last = (own[0], own[-1]) if direction == "forward" else (own[-1], own[0])
                name = f"gradient_flow/layer{layer}_{direction}"
                assert figures[f"{name}/first"] == pytest.approx(first.norm, rel=1e-5)
                assert figures[f"{name}/last"] == pytest.approx(last.norm, rel=1e-5)
                assert figures[f"{name}/decades"] == pytest.approx(math.log10(first.norm / last.norm), abs=1e-4)
                assert 0 <= figures[f"{name}/forget_high"] <= 1
        assert len(lengths) == 1
        assert 4 <= lengths.pop() <= 21  # of words; the longest text of a batch


def test_the_longest_texts_of_the_batch_are_read(topics, monkeypatch):
    seen = []
    ours = SequenceModule.encode

    def encode(self, batch):
        if self.training:
            seen.append(batch)
        return ours(self, batch)

    monkeypatch.setattr(SequenceModule, "encode", encode)
    recurra.train([*FLOW, "trainer.max_epochs=1", "data.batch_size=24", "test=false"])
    looks = [number for number, batch in enumerate(seen) if len(batch.lengths) == 3]
    assert looks == [0, 5]  # each is followed by the whole batch of the same step: 0, 4
    for number in looks:
        assert all(map(torch.equal, seen[number][:4], longest(seen[number + 1], 3, every_step=False)[:4]))


@pytest.mark.parametrize("of_a_step", [0, 1, 2])
def test_texts_are_taken_with_their_own_targets(of_a_step):
    lengths = torch.tensor([1, 3, 0, 2])
    inputs = 10 * torch.arange(4).unsqueeze(1) + torch.arange(3)
    targets = torch.tensor([0, 10, 11, 12, 30, 31]).repeat_interleave(of_a_step) if of_a_step else inputs[:, 0]
    batch = Batch(inputs, lengths, targets, torch.arange(4), continues=torch.ones(4, dtype=torch.bool))
    part = longest(batch, 2, every_step=of_a_step > 0)
    assert part.inputs.tolist() == [[10, 11, 12], [30, 31, 32]]
    assert part.lengths.tolist() == [3, 2]
    assert part.rows.tolist() == [1, 3]
    expected = torch.tensor([10, 11, 12, 30, 31]).repeat_interleave(of_a_step) if of_a_step else torch.tensor([10, 30])
    assert torch.equal(part.targets, expected)
    assert part.continues is None
    assert len(longest(batch, 9, every_step=of_a_step > 0).targets) == len(targets)


@pytest.mark.parametrize("model", ["rnn", "textrnn", "rcnn_lai"])
def test_one_step_is_enough(topics, model):
    recurra.train([*FLOW, f"model={model}", "trainer.max_steps=1", "test=false", "hydra.run.dir=run"])
    rows = read(Path("run/gradient_flow.csv"))
    assert {(row.step, row.layer, row.direction) for row in rows} == {(0, 0, "forward"), (0, 0, "backward")}
    assert ink("run/gradient_flow.png") > 0.05
    for direction, last in (("forward", max(row.t for row in rows)), ("backward", 0)):
        used = {row.t for row in rows if row.direction == direction and row.norm > 0}
        # What rcnn_lai gives to a token leaves the token itself out.
        assert used == {row.t for row in rows} - ({last} if model == "rcnn_lai" else set())
        assert metrics("run")[0][f"gradient_flow/layer0_{direction}/last"] > 0


@pytest.mark.parametrize("by", ["norm", "value"])
def test_gradients_are_told_as_they_are_before_clipping(topics, monkeypatch, by):
    norms = []
    ours = GradientFlow.on_before_optimizer_step

    def on_before_optimizer_step(self, trainer, module, optimizer):
        gradients = torch.cat([weight.grad.flatten() for weight in module.parameters()])
        norms.append((float(gradients.norm()), float(gradients.abs().max())))
        ours(self, trainer, module, optimizer)

    monkeypatch.setattr(GradientFlow, "on_before_optimizer_step", on_before_optimizer_step)
    limit = {"norm": 0.45, "value": 0.1}[by]
    clipping = [f"trainer.gradient_clip_val={limit}", f"trainer.gradient_clip_algorithm={by}"]
    recurra.train(
        [*FLOW, *clipping, "callbacks.gradient_flow.every_n_steps=20", "trainer.max_epochs=7", "hydra.run.dir=run"]
    )
    logged = metrics("run")
    assert list(logged) == [0, 20, 40]
    for step, figures in logged.items():
        assert figures["gradients/norm"] == pytest.approx(norms[step][0], rel=1e-5)
        checked = norms[max(step - 18, 0) : step + 1 : 2]
        clipped = sum(size[by == "value"] > limit for size in checked) / len(checked)
        assert figures["gradients/clipped"] == pytest.approx(clipped)


def test_without_clipping_nothing_is_clipped(topics):
    recurra.train([*FLOW, "trainer.gradient_clip_val=null", "hydra.run.dir=run"])
    assert [figures["gradients/clipped"] for figures in metrics("run").values()] == [0.0] * 5


@pytest.mark.parametrize(("step", "options"), [(6, []), (4, ["trainer.accumulate_grad_batches=2"])])
def test_a_resumed_run_tells_what_an_uninterrupted_one_does(topics, monkeypatch, step, options):
    command = [*FLOW, *options, "trainer.gradient_clip_val=0.5"]
    recurra.train([*command, "hydra.run.dir=whole"])
    with monkeypatch.context() as patch:
        stop_after(patch, step)
        recurra.train([*command, "hydra.run.dir=stopped"])
    file = Path("stopped/gradient_flow.csv")
    assert not file.with_suffix(".png").exists()
    with open(file, "a") as lost:  # a kill after later steps, in the middle of a row
        lost.write("8,0,forward,0,0.5\n8,0,forward,1")
    recurra.train(["resume=stopped/checkpoints/last.ckpt"])
    assert file.read_bytes() == Path("whole/gradient_flow.csv").read_bytes()
    assert metrics("stopped") == metrics("whole")
    assert Path("stopped/gradient_flow.png").read_bytes() == Path("whole/gradient_flow.png").read_bytes()


class Deaf(Encoder):
    """Has no recurrence."""

    def __init__(self, input_size, **_):
        super().__init__()
        self.input_size = self.states_size = self.summary_size = input_size
        self.causal = False

    def forward(self, x, lengths, state=None):
        self.check_state(state)
        return Encoding(x, masked_mean(x, lengths))


def test_a_model_without_a_recurrence_gets_one_sentence(topics):
    recurra.train([*FLOW, "model._target_=test_gradient_flow.Deaf", "hydra.run.dir=run"])
    assert sum("no recurrence" in line for line in said("run")) == 1
    assert not list(Path("run").glob("gradient_flow*"))
    assert metrics("run") == {}


@pytest.mark.parametrize("option", ["every_n_steps", "texts"])
def test_zero_is_refused(topics, option):
    with pytest.raises(ConfigError, match=f"callbacks.gradient_flow.{option}=0 does not fit: .* greater than 0"):
        recurra.train([*FLOW, f"callbacks.gradient_flow.{option}=0"])


def test_the_mean_is_over_the_texts_that_have_the_token():
    derivatives = torch.tensor([[[3.0, 4.0], [0.0, 2.0], [0.0, 0.0]], [[0.0, 1.0], [0.0, 0.0], [0.0, 0.0]]])
    assert mean_norms(derivatives, torch.tensor([2, 1])) == [3.0, 2.0]
    assert mean_norms(derivatives * 1e-30, torch.tensor([2, 1])) == pytest.approx([3e-30, 2e-30], rel=1e-6)
    assert mean_norms(torch.zeros(2, 3, 2), torch.tensor([0, 0])) == []


@pytest.mark.slow
def test_of_several_ranks_the_first_one_looks(topics):
    out = processes.output(processes.begin("recurra.commands.train", *FLOW, *RANKS, "hydra.run.dir=run"))
    assert "files: run" in out
    rows = [row[:4] for row in read(Path("run/gradient_flow.csv"))]
    assert len(rows) == len(set(rows))
    assert sorted({row[0] for row in rows}) == [0, 4, 8]  # of 9
