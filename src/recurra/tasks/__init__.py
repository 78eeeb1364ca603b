"""What a model can be asked."""

from recurra.tasks.base import Evaluation, Prediction, Task
from recurra.tasks.binary import Binary
from recurra.tasks.classification import Classification
from recurra.tasks.labels import label_set
from recurra.tasks.multilabel import Multilabel

__all__ = ["Binary", "Classification", "Evaluation", "Multilabel", "Prediction", "Task", "label_set"]
