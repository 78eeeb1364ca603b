"""`experiment=rcnn_variant_original` against its Keras program, written again in NumPy from that one's equations.

What is compared has Keras's own variables: kernels (E, 4 H) and (H, 4 H) whose gates stand in the order i, f, c, o, and
convolutions (width, channels, filters).
"""

import numpy as np
import pytest
import torch
from test_conf import config
from training_loss import check_gradients, is_uniform, training_loss

from recurra import build
from recurra.types import Batch

VOCABULARY, SIZE, HIDDEN, FILTERS, STEPS = 9, 3, 2, 2, 6
CHANNELS, WIDTHS = SIZE + 2 * HIDDEN, (1, 2, 3, 4)
TOKENS = np.array([[2, 5, 3, 0, 0, 0], [8, 1, 4, 4, 7, 2], [0, 0, 0, 0, 0, 0], [6, 3, 0, 0, 0, 0]])
LENGTHS = [3, 6, 0, 2]
LABELS = np.array([0.0, 1.0, 1.0, 0.0])
OVERRIDES = [
    "experiment=rcnn_variant_original",
    f"embedding.size={SIZE}",
    f"model.hidden_size={HIDDEN}",
    f"model.filters={FILTERS}",
]
SOFTMAX = ["task=classification"]
Variables = dict[str, np.ndarray]


def made(*overrides, vocabulary=VOCABULARY):
    options = {"embedding_size": None, "labels": ["no", "yes"], "class_counts": [5, 5], "card": {}}
    return build.module(config(*overrides), vocabulary_size=vocabulary, **options)


def variables(outputs: int) -> Variables:
    """The program's variables, drawn large enough that everything matters."""
    draw = np.random.default_rng(0)
    shapes = {"embedding": (VOCABULARY, SIZE)}
    for direction in ("forward", "backward"):
        shapes[f"{direction}/kernel"] = (SIZE, 4 * HIDDEN)
        shapes[f"{direction}/recurrent_kernel"] = (HIDDEN, 4 * HIDDEN)
        shapes[f"{direction}/bias"] = (4 * HIDDEN,)
    for width in WIDTHS:
        shapes[f"conv{width}/kernel"] = (width, CHANNELS, FILTERS)
        shapes[f"conv{width}/bias"] = (FILTERS,)
    shapes |= {"dense/kernel": (2 * len(WIDTHS) * FILTERS, outputs), "dense/bias": (outputs,)}
    return {name: draw.normal(0, 0.7, shape) for name, shape in shapes.items()}


def sigmoid(x: np.ndarray) -> np.ndarray:
    return 1 / (1 + np.exp(-x))


def lstm(inputs: np.ndarray, kernel: np.ndarray, recurrent_kernel: np.ndarray, bias: np.ndarray) -> np.ndarray:
    """LSTM(return_sequences=True) over (B, T, E): (B, T, H)."""
    c = h = np.zeros((len(inputs), HIDDEN))
    outputs = []
    for x in inputs.transpose(1, 0, 2):
        i, f, candidate, o = np.split(x @ kernel + h @ recurrent_kernel + bias, 4, axis=1)
        c = sigmoid(f) * c + sigmoid(i) * np.tanh(candidate)
        h = sigmoid(o) * np.tanh(c)
        outputs.append(h)
    return np.stack(outputs, axis=1)


def logits_of(v: Variables) -> np.ndarray:
    embedding = v["embedding"][TOKENS]
    parts = ("kernel", "recurrent_kernel", "bias")
    forward = lstm(embedding, *(v[f"forward/{part}"] for part in parts))
    backward = lstm(embedding[:, ::-1], *(v[f"backward/{part}"] for part in parts))[:, ::-1]
    x = np.concatenate([embedding, forward, backward], axis=2)
    averages, maxima = [], []
    for width in WIDTHS:
        windows = [x[:, begin : begin + width] for begin in range(STEPS - width + 1)]
        kernel, bias = v[f"conv{width}/kernel"], v[f"conv{width}/bias"]
        found = np.stack([np.maximum(np.einsum("bwc,wcf->bf", each, kernel) + bias, 0) for each in windows], axis=1)
        averages.append(found.mean(axis=1))
        maxima.append(found.max(axis=1))
    return np.concatenate(averages + maxima, axis=1) @ v["dense/kernel"] + v["dense/bias"]


def as_torch(v: Variables) -> dict[str, torch.Tensor]:
    """The same numbers where our model keeps them."""
    found = {"embedding.vectors.weight": v["embedding"], "task.head.projection.bias": v["dense/bias"]}
    for number, direction in enumerate(("forward", "backward")):
        layer = f"encoder.recurrence.layers.{number}"
        found[f"{layer}.weight_ih_l0"] = v[f"{direction}/kernel"].T
        found[f"{layer}.weight_hh_l0"] = v[f"{direction}/recurrent_kernel"].T
        found[f"{layer}.bias_ih_l0"] = v[f"{direction}/bias"]
        found[f"{layer}.bias_hh_l0"] = np.zeros(4 * HIDDEN)
    for number, width in enumerate(WIDTHS):
        found[f"encoder.convolutions.{number}.weight"] = v[f"conv{width}/kernel"].transpose(2, 1, 0)
        found[f"encoder.convolutions.{number}.bias"] = v[f"conv{width}/bias"]
    # There all averages come first, then all maxima; here both of one width stand side by side.
    kernel = v["dense/kernel"].reshape(2, len(WIDTHS), FILTERS, -1).transpose(1, 0, 2, 3)
    found["task.head.projection.weight"] = kernel.reshape(2 * len(WIDTHS) * FILTERS, -1).T
    return {name: torch.tensor(value) for name, value in found.items()}


def batch(targets: torch.Tensor) -> Batch:
    return Batch(torch.tensor(TOKENS), torch.tensor(LENGTHS), targets, torch.arange(len(LABELS)))


def test_probabilities_and_loss_with_a_sigmoid_are_the_program_s():
    v = variables(1)
    module = made(*OVERRIDES).double()
    module.load_state_dict(as_torch(v))
    given = batch(torch.tensor(LABELS)[:, None])
    logits = module(given)
    torch.testing.assert_close(logits, torch.tensor(logits_of(v)), rtol=1e-10, atol=1e-10)
    yes = sigmoid(logits_of(v))[:, 0]
    assert module.task.outputs(logits)[:, 1].tolist() == pytest.approx(yes, abs=1e-6)
    expected = -(LABELS * np.log(yes) + (1 - LABELS) * np.log(1 - yes)).mean()
    assert training_loss(module, given).item() == pytest.approx(expected, rel=1e-10)


def test_probabilities_and_loss_with_a_softmax_are_the_program_s():
    v = variables(2)
    module = made(*OVERRIDES, *SOFTMAX).double()
    module.load_state_dict(as_torch(v))
    given = batch(torch.tensor(LABELS).long())
    powers = np.exp(logits_of(v))
    probabilities = powers / powers.sum(axis=1, keepdims=True)
    assert module.task.outputs(module(given)).numpy(force=True) == pytest.approx(probabilities, abs=1e-6)
    expected = -np.log(probabilities[np.arange(len(LABELS)), LABELS.astype(int)]).mean()
    assert training_loss(module, given).item() == pytest.approx(expected, rel=1e-10)


def test_gradients_are_those_of_finite_differences():
    module = made(*OVERRIDES).double()
    module.load_state_dict(as_torch(variables(1)))
    assert check_gradients(module, batch(torch.tensor(LABELS)[:, None])) == 1 + 2 * 3 + 2 * 4 + 2


def test_first_weights_are_drawn_as_there():
    torch.manual_seed(0)
    module = made("experiment=rcnn_variant_original", vocabulary=5000)
    vectors = module.embedding.vectors.weight
    assert vectors.shape == (5000, 50)
    assert is_uniform(vectors, 0.05)
    assert vectors[0].all()  # padding is a token like any other
    for layer in module.encoder.recurrence.layers:
        assert is_uniform(layer.weight_ih_l0, (6 / (50 + 4 * 128)) ** 0.5)
        rows = layer.weight_hh_l0.T
        torch.testing.assert_close(rows @ rows.T, torch.eye(128), rtol=0, atol=1e-5)
        assert layer.bias_ih_l0.tolist() == [0.0] * 128 + [1.0] * 128 + [0.0] * 256
        assert not layer.bias_hh_l0.any()
        assert not layer.bias_hh_l0.requires_grad
    for width, convolution in zip(WIDTHS, module.encoder.convolutions, strict=True):
        assert convolution.weight.shape == (128, 50 + 2 * 128, width)
        assert is_uniform(convolution.weight, (6 / (width * (50 + 2 * 128) + width * 128)) ** 0.5)
        assert not convolution.bias.any()
    projection = module.task.head.projection
    assert is_uniform(projection.weight, (6 / (2 * 4 * 128 + 1)) ** 0.5)
    assert not projection.bias.any()


@pytest.mark.parametrize("task", [[], SOFTMAX], ids=["sigmoid", "softmax"])
def test_the_experiment_is_the_program_s_training(task):
    settings = config("experiment=rcnn_variant_original", *task)
    assert settings["loss"].get("label_smoothing", 0) == settings["loss"]["l2"] == settings["task"]["dropout"] == 0
    assert (settings["embedding"]["dropout"], settings["embedding"]["word_dropout"]) == (0, 0)
    assert settings["trainer"]["gradient_clip_val"] is None
    assert settings["data"]["batch_size"] == 32
    stopping = settings["callbacks"]["early_stopping"]
    assert (stopping["monitor"], stopping["patience"]) == ("val/accuracy", 3)
    optimizer = build.instantiate(settings["optimizer"], "optimizer")([torch.nn.Parameter()])
    assert isinstance(optimizer, torch.optim.Adam)
    assert (optimizer.defaults["lr"], optimizer.defaults["eps"]) == (0.001, 1e-7)
