"""Where an answer comes from: RCNN after Lai et al. takes a maximum over the text, so each unit's value has its word.

Trains it on the packaged English news in about 20 seconds of one core, then reads three sentences of this script's own.
What the units add to the answer's logit, less the mean of all classes, is told at the word that each unit is from.
"""

import tempfile

import torch
from drawing import panels, save
from torch import Tensor

import recurra

SENTENCES = [
    "the striker scored twice and the coach praised his team after the match",
    "shares fell after the bank said that profits were lower than last year",
    "the singer won the award for best album and the band played in london",
]
SETTINGS = [
    "model=rcnn_lai",
    "model.hidden_size=50",
    "model.latent_size=100",
    "embedding.size=100",
    "embedding.dropout=0.1",
    "data.max_length=64",
    "trainer.max_epochs=8",
]


@torch.inference_mode()
def evidence(predictor: recurra.Predictor, sentence: str) -> tuple[str, Tensor]:
    """The answer, and (words,) what each word adds to its logit."""
    module = predictor.module
    (ids,) = predictor.tokenizer.encode([sentence])
    tokens, lengths = torch.as_tensor(ids).long().unsqueeze(0), torch.tensor([len(ids)])
    values, words = module.encoder(module.embedding(tokens), lengths).states[0].max(0)
    projection = module.task.head.projection
    logits = projection(values)
    answer = int(logits.argmax())
    added = (projection.weight[answer] - projection.weight.mean(0)) * values
    bias = projection.bias[answer] - projection.bias.mean()
    assert torch.allclose(added.sum() + bias, logits[answer] - logits.mean(), atol=1e-4)
    return predictor.labels[answer], torch.zeros(len(ids)).index_add(0, words, added)


def main() -> None:
    """A row of bars a sentence."""
    with tempfile.TemporaryDirectory() as folder:
        results = recurra.train([*SETTINGS, f"hydra.run.dir={folder}/run"])
        predictor = recurra.Predictor.load(results.best_checkpoint)
    figure, axes = panels(len(SENTENCES), 1, 7.6, 6.0)
    for place, sentence in zip(axes[:, 0], SENTENCES, strict=True):
        answer, added = evidence(predictor, sentence)
        words = sentence.split()
        place.bar(range(len(words)), added.numpy(), color=["C0" if each > 0 else "C3" for each in added])
        place.axhline(0, color="0.5", linewidth=0.8)
        place.set_xticks(range(len(words)), words, rotation=45, ha="right", fontsize=9)
        place.set_ylabel("added to the logit", fontsize=9)
        place.set_title(f"answer: {answer}", fontsize=10)
    save(figure, __file__)


if __name__ == "__main__":
    main()
