"""How ONNX Runtime computes here: on how many cores, what its threads do while they wait, and where
it keeps what it computes."""

from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from onnxruntime import SessionOptions

_GROWS_AS_ASKED = 1
_FIRST_BYTES = 2**20
_SPARE_BYTES = 2**16
"""Of a block of memory, what may be left over where less of it is asked for."""


def session_options(threads: int) -> "SessionOptions":
    """Options of a session. `threads`: cores for one input; 0 means all.

    Threads that wait for each other sleep. ONNX Runtime lets them spin, which saves microseconds
    where a process has the cores to itself, and where it has not keeps the cores from whoever works
    (docs/decisions.md).

    All sessions share one memory for what they compute, and none lays it out anew for each length
    of text: with one each, three models took 100 MB beside their weights where 60 do.
    """
    import onnxruntime

    _share_memory()
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.log_severity_level = 4  # errors are raised, not printed
    options.enable_mem_pattern = False
    options.add_session_config_entry("session.use_env_allocators", "1")
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    return options


@cache
def _share_memory() -> None:
    """Make the memory that sessions share, once in a process."""
    import onnxruntime

    onnxruntime.create_and_register_allocator(
        onnxruntime.OrtMemoryInfo(
            "Cpu",
            onnxruntime.OrtAllocatorType.ORT_ARENA_ALLOCATOR,
            0,
            onnxruntime.OrtMemType.DEFAULT,
        ),
        onnxruntime.OrtArenaCfg(
            {
                "arena_extend_strategy": _GROWS_AS_ASKED,
                "initial_chunk_size_bytes": _FIRST_BYTES,
                "max_dead_bytes_per_chunk": _SPARE_BYTES,
            }
        ),
    )
