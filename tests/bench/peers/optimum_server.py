"""A transformers pipeline over optimum's ONNX Runtime model in int8, behind FastAPI."""

from typing import Any

import uvicorn
from fastapi import FastAPI
from optimum.onnxruntime import ORTModelForSequenceClassification
from pydantic import BaseModel
from transformers import AutoTokenizer, pipeline

from tests.bench.peers.places import HOST, INT8, MAX_TOKENS, MODEL, PORT

app = FastAPI()
folder, _, name = INT8.partition("/")
classify = pipeline(
    "text-classification",
    model=ORTModelForSequenceClassification.from_pretrained(
        MODEL, subfolder=folder, file_name=name
    ),
    tokenizer=AutoTokenizer.from_pretrained(MODEL),
    top_k=None,
)


class Request(BaseModel):
    """Texts, each alone through the model: padding costs more than a batch saves."""

    inputs: list[str]


@app.post("/predict")
async def predict(request: Request) -> Any:
    """One session of all processors."""
    return classify(request.inputs, truncation=True, max_length=MAX_TOKENS)


if __name__ == "__main__":
    uvicorn.run(app, host=HOST, port=PORT, log_level="warning", access_log=False)
