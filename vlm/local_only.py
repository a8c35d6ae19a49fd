"""Loading a stranger's model by libraries that would ask a hub or run code that lies beside it.

A configuration can name a repository (timm's `hf-hub:`) or a Python file (transformers'
`auto_map`), and not all libraries hand on the arguments that forbid it.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

_SECONDS = "TIME_OUT_REMOTE_CODE"
_ALONE = threading.RLock()


@contextmanager
def local_only() -> Iterator[None]:
    """Within it no hub is asked, and nobody is asked on the terminal whether code may run.

    huggingface_hub and transformers then raise errors of their own, each of which the caller turns
    into one of ours. It holds for the whole process, so no model can be pulled meanwhile.
    """
    from huggingface_hub import constants
    from transformers import dynamic_module_utils

    with _ALONE:
        offline = constants.HF_HUB_OFFLINE
        seconds = getattr(dynamic_module_utils, _SECONDS)
        constants.HF_HUB_OFFLINE = True
        setattr(dynamic_module_utils, _SECONDS, 0)  # for an answer: transformers refuses at once
        try:
            yield
        finally:
            constants.HF_HUB_OFFLINE = offline
            setattr(dynamic_module_utils, _SECONDS, seconds)
