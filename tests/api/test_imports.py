"""What the command imports before it knows what is asked of it."""

import json
import subprocess
import sys

HEAVY = ("av", "cv2", "mcp", "onnxruntime", "pyarrow", "qdrant_edge", "rapidocr", "ray", "torch",
         "transformers")  # fmt: skip


def test_what_takes_long_or_much_memory_waits_until_it_is_needed():
    code = (
        "import json, sys, api.cli; "
        f"print(json.dumps([name for name in {HEAVY} if name in sys.modules]))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60
    )
    assert json.loads(done.stdout) == []
