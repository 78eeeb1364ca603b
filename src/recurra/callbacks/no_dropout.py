"""Training as if no dropout had been chosen."""

from typing import Any, final

from lightning.pytorch import Callback, LightningModule, Trainer
from torch import nn

from recurra.module import SequenceModule


@final
class NoDropout(Callback):
    """Keeps embedding, encoder and head as they are when reading: nothing is dropped, whatever sort of dropout they
    have, so that a training which cannot learn its batches by heart has another reason.
    """

    def on_train_batch_start(self, trainer: Trainer, module: LightningModule, batch: Any, batch_idx: int) -> None:
        """Before each batch, since other callbacks may have put the model back into training."""
        assert isinstance(module, SequenceModule)
        for part in (module.embedding, module.encoder, module.task):
            part.eval()
            for layer in part.modules():
                if isinstance(layer, nn.RNNBase):
                    layer.train()  # cuDNN goes back through no other; a layer of ours drops nothing by itself
