"""`experiment=textrnn_original` against its TensorFlow 1 program, written again in NumPy from that one's equations.

What is compared has the program's own variables: kernels (E + H, 4 H) whose gates stand in the order i, j, f, o, and a
forget bias of 1 that is added inside.
"""

import numpy as np
import pytest
import torch
from lightning.pytorch import Callback
from test_conf import config
from torch.utils.data import DataLoader
from training_loss import check_gradients, is_uniform, training_loss

from recurra import build
from recurra.errors import ConfigError
from recurra.nn.losses.cross_entropy import CrossEntropy
from recurra.run_schema import check_run
from recurra.types import Batch

VOCABULARY, SIZE, CLASSES, STEPS = 9, 3, 3, 6
TOKENS = np.array([[2, 5, 3, 0, 0, 0], [8, 1, 4, 4, 7, 2], [0, 0, 0, 0, 0, 0], [6, 3, 0, 0, 0, 0]])
LENGTHS = [3, 6, 0, 2]
LABELS = np.array([0, 2, 1, 1])
L2 = 1e-4
RATE, DECAY_RATE, DECAY_STEPS = 0.01, 0.5, 2
OVERRIDES = [
    "experiment=textrnn_original",
    f"data.max_length={STEPS}",
    f"embedding.size={SIZE}",
    f"model.hidden_size={SIZE}",
    "task.dropout=0",
    f"optimizer.lr={RATE}",
    f"scheduler.decay_steps={DECAY_STEPS}",
    f"scheduler.decay_rate={DECAY_RATE}",
    "trainer.accelerator=cpu",
    "trainer.precision=64-true",
    "trainer.max_epochs=1",
    "trainer.limit_val_batches=0",
    "trainer.log_every_n_steps=1",
]
Variables = dict[str, np.ndarray]


def made(*overrides, vocabulary=VOCABULARY, classes=CLASSES):
    return build.module(
        config(*overrides),
        vocabulary_size=vocabulary,
        embedding_size=None,
        labels=[f"class {number}" for number in range(classes)],
        class_counts=[5] * classes,
        card={},
    )


def variables() -> Variables:
    """The program's trainable variables, drawn large enough that everything matters."""
    draw = np.random.default_rng(0)
    shapes = {
        "Embedding": (VOCABULARY, SIZE),
        "W_projection": (2 * SIZE, CLASSES),
        "b_projection": (CLASSES,),
        "fw/kernel": (2 * SIZE, 4 * SIZE),
        "fw/bias": (4 * SIZE,),
        "bw/kernel": (2 * SIZE, 4 * SIZE),
        "bw/bias": (4 * SIZE,),
    }
    return {name: draw.normal(0, 0.7, shape) for name, shape in shapes.items()}


def lstm(inputs: np.ndarray, kernel: np.ndarray, bias: np.ndarray) -> np.ndarray:
    """BasicLSTMCell over (B, T, E), from zeros: the outputs (B, T, H)."""
    sigmoid = lambda x: 1 / (1 + np.exp(-x))  # noqa: E731
    c = h = np.zeros((len(inputs), SIZE))
    outputs = []
    for x in inputs.transpose(1, 0, 2):
        i, j, f, o = np.split(np.concatenate([x, h], axis=1) @ kernel + bias, 4, axis=1)
        c = c * sigmoid(f + 1.0) + sigmoid(i) * np.tanh(j)
        h = np.tanh(c) * sigmoid(o)
        outputs.append(h)
    return np.stack(outputs, axis=1)


def logits_of(v: Variables) -> np.ndarray:
    embedded = v["Embedding"][TOKENS]
    forwards = lstm(embedded, v["fw/kernel"], v["fw/bias"])
    backwards = lstm(embedded[:, ::-1], v["bw/kernel"], v["bw/bias"])[:, ::-1]
    last = np.concatenate([forwards, backwards], axis=2)[:, -1, :]
    return last @ v["W_projection"] + v["b_projection"]


def loss_of(v: Variables) -> float:
    logits = logits_of(v)
    cross_entropies = np.log(np.exp(logits).sum(axis=1)) - logits[np.arange(len(LABELS)), LABELS]
    l2_losses = [(value**2).sum() / 2 for name, value in v.items() if "bias" not in name]
    return float(cross_entropies.mean() + L2 * sum(l2_losses))


def as_torch(v: Variables) -> dict[str, torch.Tensor]:
    """The same numbers where our model keeps them."""
    found = {
        "embedding.vectors.weight": v["Embedding"],
        "task.head.projection.weight": v["W_projection"].T,
        "task.head.projection.bias": v["b_projection"],
    }
    for number, direction in enumerate(("fw", "bw")):
        layer = f"encoder.recurrence.layers.{number}"
        i, j, f, o = np.split(np.vstack([v[f"{direction}/kernel"], v[f"{direction}/bias"]]), 4, axis=1)
        f = f + np.concatenate([np.zeros(2 * SIZE), [1.0]])[:, None]
        stacked = np.concatenate([i, f, j, o], axis=1).T
        found[f"{layer}.weight_ih_l0"] = stacked[:, :SIZE]
        found[f"{layer}.weight_hh_l0"] = stacked[:, SIZE:-1]
        found[f"{layer}.bias_ih_l0"] = stacked[:, -1]
        found[f"{layer}.bias_hh_l0"] = np.zeros(4 * SIZE)
    return {name: torch.tensor(value) for name, value in found.items()}


def batch() -> Batch:
    return Batch(torch.tensor(TOKENS), torch.tensor(LENGTHS), torch.tensor(LABELS), torch.arange(len(LABELS)))


def module_with(v: Variables):
    module = made(*OVERRIDES).double()
    module.load_state_dict(as_torch(v))
    return module


def test_logits_and_loss_are_the_program_s():
    v = variables()
    module = module_with(v)
    torch.testing.assert_close(module(batch()), torch.tensor(logits_of(v)), rtol=1e-10, atol=1e-10)
    assert training_loss(module, batch()).item() == pytest.approx(loss_of(v), rel=1e-10)


def test_all_of_it_in_single_precision():
    v = variables()
    module = module_with(v).float()
    torch.testing.assert_close(module(batch()).double(), torch.tensor(logits_of(v)), rtol=1e-5, atol=1e-5)
    assert training_loss(module, batch()).item() == pytest.approx(loss_of(v), rel=1e-5)


def test_gradients_are_those_of_finite_differences():
    assert check_gradients(module_with(variables()), batch()) == 3 + 2 * 3


class Watch(Callback):
    """The loss and the learning rate of every step."""

    def __init__(self) -> None:
        self.losses: list[float] = []
        self.rates: list[float] = []

    def on_before_optimizer_step(self, trainer, module, optimizer) -> None:
        self.rates.append(optimizer.param_groups[0]["lr"])

    def on_train_batch_end(self, trainer, *_) -> None:
        self.losses.append(trainer.callback_metrics["train/loss"].item())


def adam(v: Variables, steps: int) -> tuple[Variables, list[float], list[float]]:
    """Kingma & Ba 2015, algorithm 1, on the gradients of central differences: variables, losses and rates."""
    v = {name: value.copy() for name, value in v.items()}
    first, second = ({name: np.zeros_like(value) for name, value in v.items()} for _ in range(2))
    losses, rates = [], []
    for step in range(steps):
        losses.append(loss_of(v))
        rates.append(RATE * DECAY_RATE ** (step // DECAY_STEPS))
        gradients = {}
        for name, value in v.items():
            gradients[name] = np.zeros_like(value)
            for place in np.ndindex(value.shape):
                kept, sides = value[place], []
                for value[place] in (kept + 1e-5, kept - 1e-5):
                    sides.append(loss_of(v))
                value[place] = kept
                gradients[name][place] = (sides[0] - sides[1]) / 2e-5
        for name, gradient in gradients.items():
            first[name] = 0.9 * first[name] + 0.1 * gradient
            second[name] = 0.999 * second[name] + 0.001 * gradient**2
            mean = first[name] / (1 - 0.9 ** (step + 1))
            variance = second[name] / (1 - 0.999 ** (step + 1))
            v[name] -= rates[-1] * mean / (np.sqrt(variance) + 1e-8)
    return v, losses, rates


def test_three_steps_of_training_are_the_program_s(tmp_path):
    v, module, watch = variables(), module_with(variables()), Watch()
    settings = config(*OVERRIDES)
    trainer = build.trainer(settings, tmp_path, [watch], [], 3)
    loader = DataLoader([batch()] * 3, batch_size=None)
    trainer.fit(module, loader, loader)
    expected, losses, rates = adam(v, 3)
    assert watch.rates == pytest.approx(rates, rel=1e-12)
    assert rates == [0.01, 0.01, 0.005]
    assert watch.losses == pytest.approx(losses, rel=1e-6)
    found = module.state_dict()
    for name, value in as_torch(expected).items():
        torch.testing.assert_close(found[name], value, rtol=0, atol=1e-7, msg=name)


def test_first_weights_are_drawn_as_there():
    torch.manual_seed(0)
    module = made("experiment=textrnn_original", vocabulary=2000, classes=800)
    vectors = module.embedding.vectors.weight
    assert vectors.shape == (2000, 100)
    assert vectors.std().item() == pytest.approx(0.1, rel=0.01)
    assert vectors[0].std().item() == pytest.approx(0.1, rel=0.2)  # padding is a token like any other
    for layer in module.encoder.recurrence.layers:
        for weight in (layer.weight_ih_l0, layer.weight_hh_l0):
            assert weight.shape == (400, 100)
            assert is_uniform(weight, (6 / (100 + 100 + 400)) ** 0.5)
        assert layer.bias_ih_l0.tolist() == [0.0] * 100 + [1.0] * 100 + [0.0] * 200
        assert not layer.bias_hh_l0.any()
        assert not layer.bias_hh_l0.requires_grad
    projection = module.task.head.projection
    assert projection.weight.shape == (800, 200)
    assert projection.weight.std().item() == pytest.approx(0.1, rel=0.01)
    assert is_uniform(projection.bias, (3 / 800) ** 0.5)


def test_the_experiment_is_the_program_s_training():
    settings = config("experiment=textrnn_original")
    loss = build.instantiate(settings["loss"], "loss")(None)
    assert isinstance(loss, CrossEntropy)
    assert (loss.label_smoothing, loss.weights, loss.l2) == (0, None, L2)
    assert settings["trainer"]["gradient_clip_val"] is None
    optimizer = build.instantiate(settings["optimizer"], "optimizer")([torch.nn.Parameter()])
    assert isinstance(optimizer, torch.optim.Adam)
    assert optimizer.defaults["betas"] == (0.9, 0.999)
    assert optimizer.defaults["eps"] == 1e-8
    assert optimizer.defaults["weight_decay"] == 0
    assert (settings["embedding"]["dropout"], settings["embedding"]["word_dropout"]) == (0, 0)


def test_its_other_loss_takes_the_penalty_too():
    torch.manual_seed(0)
    module = made("experiment=textrnn_original", "loss=sampled_nce", classes=30)
    squares = sum(
        weight.detach().square().sum().item()
        for name, weight in module.named_parameters()
        if name.startswith(("embedding", "task")) or "weight" in name
    )
    assert module.loss.penalty(module.named_parameters()).item() == pytest.approx(L2 * squares / 2, rel=1e-5)


@pytest.mark.parametrize(("task", "loss"), [("binary", "bce"), ("multilabel", "bce"), ("regression", "mse")])
def test_other_tasks_draw_the_head_as_it_does_and_name_their_loss(task, loss):
    asked = ["experiment=textrnn_original", f"task={task}"]
    check_run(config(*asked))
    with pytest.raises(ConfigError, match=f"Use loss={loss}"):
        made(*asked, classes=2)
    module = made(*asked, f"loss={loss}", classes=2)
    assert module.loss.l2 == L2
    assert module.task.head.projection.bias.all()  # Xavier's is zero


def test_what_is_learnt_by_heart_is_learnt_without_the_penalty():
    assert config("experiment=textrnn_original", "debug=overfit")["loss"]["l2"] == 0
