"""How ONNX Runtime computes here: on how many cores, and what its threads do while they wait."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from onnxruntime import SessionOptions


def session_options(threads: int) -> "SessionOptions":
    """Options of a session. `threads`: cores for one input; 0 means all.

    Threads that wait for each other sleep. ONNX Runtime lets them spin, which saves microseconds
    where a process has the cores to itself, and where it has not keeps the cores from whoever works
    (docs/decisions.md).
    """
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.log_severity_level = 4  # errors are raised, not printed
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    return options
