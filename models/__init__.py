"""What training and serving agree on: ads, labels, rendering, calibration, bundles.

This package imports none of the others. It needs numpy, onnxruntime, pydantic, tokenizers; never
torch.
"""

import os

# Official ONNX Runtime builds for Linux and macOS upload usage events and write a device id unless
# told not to before they are first imported (microsoft/onnxruntime pull requests 27379 and 29843).
# A service that people in danger depend on tells nobody that it ran.
os.environ["ORT_DISABLE_TELEMETRY"] = "1"
os.environ["ORT_TELEMETRY_DISABLED"] = "1"
