"""What a model can be asked."""

from recurra.tasks.answer import Answer
from recurra.tasks.answering import Answering
from recurra.tasks.base import Evaluation, Task
from recurra.tasks.binary import Binary
from recurra.tasks.classification import Classification
from recurra.tasks.cloze import Cloze
from recurra.tasks.hidden_answer import HiddenAnswer
from recurra.tasks.labelling import Labelling, Prediction
from recurra.tasks.language_model import LanguageModel
from recurra.tasks.multilabel import Multilabel
from recurra.tasks.regression import Estimate, Regression
from recurra.tasks.steps import Steps
from recurra.tasks.tagging import TaggedWords, Tagging
from recurra.tasks.two_way_language_model import TwoWayLanguageModel

__all__ = [
    "Answer",
    "Answering",
    "Binary",
    "Classification",
    "Cloze",
    "Estimate",
    "Evaluation",
    "HiddenAnswer",
    "Labelling",
    "LanguageModel",
    "Multilabel",
    "Prediction",
    "Regression",
    "Steps",
    "TaggedWords",
    "Tagging",
    "Task",
    "TwoWayLanguageModel",
]
