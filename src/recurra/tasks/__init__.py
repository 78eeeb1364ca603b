"""What a model can be asked."""

from recurra.tasks.answering import Answering, Prediction
from recurra.tasks.base import Evaluation, Task
from recurra.tasks.binary import Binary
from recurra.tasks.classification import Classification
from recurra.tasks.labelling import Labelling
from recurra.tasks.language_model import LanguageModel
from recurra.tasks.multilabel import Multilabel
from recurra.tasks.regression import Regression
from recurra.tasks.steps import Steps

__all__ = [
    "Answering",
    "Binary",
    "Classification",
    "Evaluation",
    "Labelling",
    "LanguageModel",
    "Multilabel",
    "Prediction",
    "Regression",
    "Steps",
    "Task",
]
