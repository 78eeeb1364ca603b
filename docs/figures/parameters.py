"""How many parameters each encoder has, embedding and head apart, as `recurra-train` builds it."""

from drawing import tabulate
from encoders import encoder

EMBEDDED = 128  # embedding.size
SETTINGS = [
    ["model.hidden_size=64"],
    ["model.hidden_size=128"],
    ["model.hidden_size=256"],
    ["model.hidden_size=128", "model.num_layers=2"],
    ["model.hidden_size=128", "model.num_layers=3"],
]
MODELS = ["rnn", "gru", "lstm", "textrnn", "rcnn"]


def main() -> None:
    """A row a setting, a column an encoder."""
    rows = []
    for setting in SETTINGS:
        made = [encoder(f"model={model}", *setting, input_size=EMBEDDED) for model in MODELS]
        counts = [sum(parameter.numel() for parameter in each.parameters()) for each in made]
        rows.append([f"`{' '.join(setting)}`", *(f"{count:,}" for count in counts)])
    tabulate(["", *(f"`{model}`" for model in MODELS)], rows, __file__)


if __name__ == "__main__":
    main()
