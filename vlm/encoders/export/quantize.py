"""Int8 for the matrices of an ONNX model, and which layers lose most by it.

Each column of a weight matrix has a fixed scale; each tensor of activations gets its scale from the
photo or text at hand. Knows no encoder and no reader; the caller decides what is good enough.
"""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

Feed = Mapping[str, npt.NDArray[Any]]
Floats = npt.NDArray[np.float32]


def quantize_matrices(exact: Path, out: Path, *, keep_float: Sequence[str] = ()) -> None:
    """Write `exact` with its matrix products in int8.

    Args:
        exact: an fp32 ONNX model.
        out: where the int8 model goes.
        keep_float: names of layers (nodes) that stay as they are.
    """
    from onnxruntime.quantization import QuantType, quantize_dynamic

    quantize_dynamic(
        str(exact),
        str(out),
        op_types_to_quantize=["MatMul"],
        per_channel=True,
        weight_type=QuantType.QInt8,
        nodes_to_exclude=list(keep_float),
    )


def keep_worst(
    exact: Path, out: Path, feeds: Sequence[Feed], check: Callable[[], bool]
) -> list[str]:
    """Keep the worst 1, 2, 4, … layers in float, up to half of them, until the check passes.

    Args:
        exact: an fp32 ONNX model.
        out: where the int8 model goes.
        feeds: inputs that rank the layers.
        check: whether the model at `out` is good enough; called after each try.

    Returns:
        Names of the layers kept in float at the last try, whether or not it passed.
    """
    errors = layer_errors(exact, feeds)
    worst = sorted(errors, key=lambda name: -errors[name])
    kept: list[str] = []
    count = 1
    while count <= max(1, len(worst) // 2):
        kept = worst[:count]
        quantize_matrices(exact, out, keep_float=kept)
        if check():
            break
        count *= 2
    return kept


def prepare(exact: Path, out: Path, *, output: str | None = None) -> None:
    """Write `exact` with every matrix a plain MatMul, which is what can be quantized.

    Args:
        exact: a model as PyTorch exported it.
        out: where the prepared model goes.
        output: the model's output, which is called `embedding` from now on; None renames nothing.
    """
    import onnx
    from onnxruntime.quantization.onnx_model import ONNXModel

    model = ONNXModel(onnx.load(exact))
    model.replace_gemm_with_matmul()
    graph = model.model.graph
    del graph.value_info[:]  # shapes that are no longer right
    names = {} if output is None else {"embedding": "embedding_rows", output: "embedding"}
    for number, node in enumerate(graph.node):
        node.name = node.name or f"{node.op_type}_{number}"
        node.input[:] = [names.get(name, name) for name in node.input]
        node.output[:] = [names.get(name, name) for name in node.output]
    if output is not None:
        graph.output[0].name = "embedding"
    model.model.metadata_props.add(key="onnx.quant.pre_process", value="onnxruntime.quant")
    onnx.save(model.model, out)


def layer_errors(exact: Path, feeds: Sequence[Feed]) -> dict[str, float]:
    """The mean relative error that int8 would cause in each layer's output; higher is worse.

    Each layer is computed in float and in int8 from the same float inputs, those of real photos or
    texts, so that its error does not include the errors of the layers before it.
    """
    import onnx
    import onnxruntime
    from onnx import numpy_helper

    model = onnx.load(exact)
    weights = {item.name: item for item in model.graph.initializer}
    layers = [n for n in model.graph.node if n.op_type == "MatMul" and n.input[1] in weights]
    inputs = list(dict.fromkeys(node.input[0] for node in layers))
    given = {item.name for item in model.graph.output}
    model.graph.output.extend(
        onnx.ValueInfoProto(name=name) for name in inputs if name not in given
    )
    session = onnxruntime.InferenceSession(
        model.SerializeToString(), providers=["CPUExecutionProvider"]
    )
    errors = {node.name: 0.0 for node in layers}
    for feed in feeds:
        seen = dict(zip(inputs, session.run(inputs, dict(feed)), strict=True))
        for node in layers:
            matrix = numpy_helper.to_array(weights[node.input[1]]).astype(np.float32)
            errors[node.name] += product_error(seen[node.input[0]], matrix) / len(feeds)
    return errors


def product_error(values: Floats, matrix: Floats) -> float:
    """Relative error of `values @ matrix` in int8: ‖exact - rounded‖ / ‖exact‖.

    Args:
        values: float32 (..., rows), rounded to 256 steps over their whole range.
        matrix: float32 (rows, columns), each column rounded to 255 steps.

    >>> product_error(np.float32([[0.0, 255.0]]), np.float32([[127.0], [1.0]]))  # both fit exactly
    0.0
    """
    low, high = min(0.0, float(values.min())), max(0.0, float(values.max()))
    step = (high - low) / 255 or 1.0
    rounded = np.rint(values / step) * step
    columns = np.abs(matrix).max(axis=-2, keepdims=True) / 127
    columns[columns == 0] = 1.0
    exact = values @ matrix
    size = float(np.linalg.norm(exact))
    off = float(np.linalg.norm(exact - rounded @ (np.rint(matrix / columns) * columns)))
    return off / size if size else 0.0
