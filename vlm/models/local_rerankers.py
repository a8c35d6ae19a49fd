"""The reranker that a name stands for, in this process or on a server."""

from pathlib import Path

from knowledge.errors import ModelMissingError
from vlm.models.qwen3_vl_retrieval import FAMILIES, RERANKER, find_qwen3_vl, split_name
from vlm.pooling_server import PoolingOptions, server_of
from vlm.rerankers.base import Reranker


def load_reranker(
    name: str,
    *,
    models_root: Path,
    own_root: Path | None = None,
    server: PoolingOptions | None = None,
) -> Reranker:
    """A reranker by name or by path; no weights are loaded before they are used.

    Args:
        name: see `vlm.models.qwen3_vl_retrieval`.
        models_root: folder of the bundled models.
        own_root: folder of added models.
        server: where a model is whose name ends in `@server`; its own `model` is not looked at.

    Raises:
        ModelMissingError: no reranker has that name, or a file of it is missing.
        ModelBrokenError: its files are there and cannot be used.
        ConfigurationError: it is on a server, and no server is given.
    """
    wanted = split_name(name)
    if wanted.how == "server":
        from vlm.rerankers.served import ServedReranker

        return ServedReranker(server_of(wanted.name, server, setting="reranker"))
    files = find_qwen3_vl(wanted.name, RERANKER, models_root=models_root, own_root=own_root)
    if files is None or wanted.dim is not None:
        raise ModelMissingError(
            f"The reranker {name!r} is unknown: it is neither a folder with a Qwen3-VL, nor one of "
            f"{RERANKER}, {', '.join(FAMILIES[RERANKER])}, nor NAME@server."
        )
    from vlm.rerankers.qwen3_vl import Qwen3VlReranker

    return Qwen3VlReranker(files, precision=wanted.how)
