"""From an order to the data and the model of a run: all that stands before training."""

import logging
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import torch
from lightning.pytorch import seed_everything

from recurra import build, embedding_inputs
from recurra.auxiliary import auxiliary, check_auxiliary
from recurra.checkpoint import card, read
from recurra.data.base import DataModule
from recurra.initial_weights import take_over
from recurra.journal import ONCE
from recurra.module import SequenceModule
from recurra.nn.embedding import Embedding
from recurra.open_options import settle
from recurra.order import Order
from recurra.trainer_arguments import check_trainer

log = logging.getLogger("recurra")


def prepare(order: Order) -> tuple[DataModule, SequenceModule]:
    """Reads the data and builds the model, its first weights in place; both are told.

    What the configuration leaves open and the data choose stands in the model's card.

    Args:
        order: its configuration has been checked against the signatures.

    Raises:
        RecurraError: the user's configuration or data.
    """
    config = order.config
    seed_everything(config["seed"], verbose=False)
    check_trainer(config)
    build.try_optimizer(config)
    weights = None if config["init_from"] is None else read(config["init_from"])
    embedding_inputs.check_embedding(config)
    check_auxiliary(config)
    data = build.datamodule(config)
    data.fit_tokenizer(build.recipe(config))
    cut = "max_length" not in build.of_task(config, "unused")
    log.info("\n".join(data.report(cut=cut)), extra=ONCE)
    settled = settle(config, data)
    return data, model(replace(order, config=settled), data, weights)


def model(order: Order, data: DataModule, weights: Mapping[str, Any] | None) -> SequenceModule:
    """The model for the data, its first weights in place; the data then knows what it predicts.

    Args:
        weights: the content of the checkpoint that they are taken over from.
    """
    labels, class_counts = data.classes(build.of_task(order.config, "classes"))
    vectors = embedding_inputs.vectors(order.config, data.vocabulary)
    embedding_size = None if vectors is None else vectors.matrix.shape[1]
    ngrams = embedding_inputs.ngrams(order.config, data)
    ngram_rows = None if ngrams is None else len(ngrams)
    module = build.module(
        order.config,
        vocabulary_size=data.vocabulary_size,
        embedding_size=embedding_size,
        labels=labels,
        class_counts=class_counts,
        input_size=data.input_size,
        ngram_rows=ngram_rows,
        card=card(
            order.config,
            data.tokenizer,
            labels,
            class_counts,
            embedding_size,
            choices=order.choices,
            overrides=order.overrides,
            data=data.fingerprint(),
            vocabulary_size=data.vocabulary_size,
            input_size=data.input_size,
            ngram_rows=ngram_rows,
        ),
    )
    if vectors is not None:
        assert isinstance(module.embedding, Embedding)
        module.embedding.load_vectors(torch.from_numpy(vectors.matrix), torch.from_numpy(vectors.found))
        log.info("vectors: %.1f %% of the vocabulary found", 100 * vectors.found.mean())
    if ngrams is not None:
        assert isinstance(module.embedding, Embedding)
        assert module.embedding.ngrams is not None
        module.embedding.ngrams.know(ngrams)
        log.info("n-grams: %s stand twice or more in the training texts and have a vector", f"{len(ngrams):,}")
    if weights is not None:
        log.info(take_over(module, data.vocabulary, weights, order.config["init_from"]))
    module.auxiliary = auxiliary(order.config, data, module)
    data.suit(module.task)
    return module
