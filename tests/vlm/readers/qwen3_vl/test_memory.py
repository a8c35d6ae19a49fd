import pytest

torch = pytest.importorskip("torch")

from vlm.readers.qwen3_vl.memory import REMEMBERED, Room, is_out_of_memory  # noqa: E402


class Clock:
    """A clock that a test sets, in seconds."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def test_all_fits_until_something_did_not():
    room = Room(clock=Clock())
    assert room.holds(10**9, alone=True)
    assert room.holds(10**9, alone=False)


def test_after_several_together_did_not_fit_half_is_tried_and_one_alone_whatever_its_size():
    room = Room(clock=Clock())
    room.failed(800, alone=False)
    assert not room.holds(401, alone=False)
    assert room.holds(400, alone=False)
    assert room.holds(1_000, alone=True)


def test_one_that_did_not_fit_alone_is_not_tried_at_that_size_again():
    room = Room(clock=Clock())
    room.failed(800, alone=True)
    assert not room.holds(800, alone=True)
    assert room.holds(799, alone=True)
    assert not room.holds(401, alone=False)


def test_it_is_forgotten_after_some_minutes():
    clock = Clock()
    room = Room(clock=clock)
    room.failed(800, alone=True)
    clock.now = REMEMBERED - 1
    assert not room.holds(800, alone=True)
    clock.now = REMEMBERED
    assert room.holds(800, alone=True)
    assert room.holds(800, alone=False)


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2.00 GiB"), True),
        (RuntimeError("CUDA error: out of memory"), True),
        (RuntimeError("MPS backend out of memory (MPS allocated: 18.00 GB)"), True),
        (RuntimeError("Invalid buffer size: 24.00 GiB"), True),
        (RuntimeError("DefaultCPUAllocator: can't allocate memory: you tried to"), True),
        (MemoryError(), True),
        (RuntimeError("mat1 and mat2 shapes cannot be multiplied"), False),
        (ValueError("out of memory"), False),
    ],
)
def test_what_running_out_of_memory_is_called_on_each_device(error, expected):
    assert is_out_of_memory(error) is expected
