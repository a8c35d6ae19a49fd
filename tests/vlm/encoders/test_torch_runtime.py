"""Batches on a device with limited memory: a real module with a real limit."""

import pytest

from knowledge.errors import ModelBrokenError
from vlm.encoders.torch_runtime import run_in_batches

torch = pytest.importorskip("torch", reason="pip install -e '.[models]'")


class Tower(torch.nn.Module):
    """Doubles each number; its memory holds `room` rows at a time."""

    def __init__(self, room, error):
        super().__init__()
        self.room, self.error, self.sizes = room, error, []

    def forward(self, batch):
        self.sizes.append(len(batch))
        if len(batch) > self.room:
            raise self.error
        return 2 * torch.tensor(batch, dtype=torch.float32)[:, None]


OUT_OF_MEMORY = [
    torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2.00 GiB"),
    RuntimeError("MPS backend out of memory"),
    RuntimeError("DefaultCPUAllocator: can't allocate memory: you tried to allocate 9 bytes"),
    MemoryError(),
]


@pytest.mark.parametrize("error", OUT_OF_MEMORY, ids=lambda error: type(error).__name__)
def test_a_batch_that_does_not_fit_is_halved_and_the_rest_keeps_the_size(error):
    tower = Tower(3, error)
    batches, fitted = run_in_batches(list(range(10)), 8, tower)
    assert torch.cat(batches).ravel().tolist() == [2.0 * i for i in range(10)]
    assert tower.sizes == [8, 4, 2, 2, 2, 2, 2]
    assert fitted == 2


def test_a_short_batch_is_halved_by_its_own_length():
    tower = Tower(3, OUT_OF_MEMORY[0])
    assert run_in_batches(list(range(4)), 256, tower)[1] == 2
    assert tower.sizes == [4, 2, 2]


def test_not_even_one_fits():
    with pytest.raises(ModelBrokenError, match="not even with one photo or text at a time"):
        run_in_batches([1, 2, 3], 2, Tower(0, OUT_OF_MEMORY[0]))


def test_another_error_is_not_taken_for_it():
    with pytest.raises(RuntimeError, match="shapes differ"):
        run_in_batches([1, 2], 2, Tower(1, RuntimeError("shapes differ")))


def test_nothing_to_run():
    assert run_in_batches([], 4, Tower(1, MemoryError())) == ([], 4)
