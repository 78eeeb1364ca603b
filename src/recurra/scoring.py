"""How good a finished model is."""

import torch

from recurra.data.loader import BatchDataset
from recurra.module import SequenceModule
from recurra.tasks.base import Evaluation


@torch.inference_mode()
def score(module: SequenceModule, dataset: BatchDataset) -> Evaluation:
    """Scores the answers of a model in evaluation mode for every batch."""
    task = module.task
    collector = task.collector()
    for index in dataset.batches:
        batch = dataset[index]
        collector.update(**task.answers(module(batch), batch))
    return task.evaluate(collector.gather())
