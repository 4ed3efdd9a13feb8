"""What a peer is told by its environment."""

import os
from pathlib import Path

MODEL = Path(os.environ.get("BENCH_MODEL", "build/bench/model"))
PORT = int(os.environ.get("BENCH_PORT", "8000"))
HOST = "127.0.0.1"
MAX_TOKENS = 256
INT8 = "onnx/model_quantized.onnx"
