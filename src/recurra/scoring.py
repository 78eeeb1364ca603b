"""How good a finished model is."""

import torch

from recurra.data.loader import BatchDataset
from recurra.module import SequenceModule
from recurra.tasks.base import Evaluation


@torch.inference_mode()
def score(module: SequenceModule, dataset: BatchDataset) -> Evaluation:
    """Scores the answers of a model in evaluation mode for every batch."""
    collector = module.task.collector()
    for index in dataset.batches:
        module.answer(dataset[index], collector)
    return module.task.evaluate(collector.gather())
