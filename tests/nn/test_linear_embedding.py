import torch

from recurra.nn import LinearEmbedding


def test_every_step_gets_the_same_layer() -> None:
    embedding = LinearEmbedding(3, size=5)
    numbers = torch.randn(2, 4, 3)
    vectors = embedding(numbers)
    assert embedding.output_size == 5
    assert vectors.shape == (2, 4, 5)
    torch.testing.assert_close(vectors[1, 2], embedding(numbers[1:, 2:3])[0, 0])
    torch.testing.assert_close(embedding(2 * numbers), 2 * vectors)  # no bias at first


def test_numbers_may_stay_as_they_are() -> None:
    embedding = LinearEmbedding(3)
    numbers = torch.randn(2, 4, 3)
    assert embedding.output_size == 3
    assert embedding(numbers) is numbers
    assert not list(embedding.parameters())
