"""Training as if no dropout had been chosen."""

from typing import final

from lightning.pytorch import Callback, LightningModule, Trainer
from torch import nn

from recurra.module import SequenceModule


@final
class NoDropout(Callback):
    """Keeps embedding, encoder and head as they are when reading: nothing is dropped, whatever sort of dropout they
    have, so that a training which cannot learn its batches by heart has another reason.
    """

    def on_train_epoch_start(self, trainer: Trainer, module: LightningModule) -> None:
        """After Lightning has put the model into training, and before other callbacks look at a batch."""
        assert isinstance(module, SequenceModule)
        for part in (module.embedding, module.encoder, module.task):
            part.eval()
            for layer in part.modules():
                if isinstance(layer, nn.RNNBase):
                    layer.train()  # cuDNN goes back through no other; a layer of ours drops nothing by itself
