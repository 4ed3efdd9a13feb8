"""FastAPI and transformers in float32, as most begin: a handler that calls the model."""

import torch
import uvicorn
from fastapi import FastAPI
from pydantic import BaseModel
from transformers import AutoModelForSequenceClassification, AutoTokenizer

from tests.bench.peers.places import HOST, MAX_TOKENS, MODEL, PORT

app = FastAPI()
tokenizer = AutoTokenizer.from_pretrained(MODEL)
model = AutoModelForSequenceClassification.from_pretrained(MODEL).eval()


class Request(BaseModel):
    """Texts, padded to the longest."""

    inputs: list[str]


@app.post("/predict")
async def predict(request: Request) -> list[dict[str, float]]:
    """One request at a time: torch takes all processors for each."""
    given = tokenizer(
        request.inputs, truncation=True, max_length=MAX_TOKENS, padding=True, return_tensors="pt",
        return_token_type_ids=False,
    )  # fmt: skip
    with torch.inference_mode():
        scores = model(**given).logits.softmax(-1).tolist()
    return [
        {model.config.id2label[place]: score for place, score in enumerate(row)} for row in scores
    ]


if __name__ == "__main__":
    uvicorn.run(app, host=HOST, port=PORT, log_level="warning", access_log=False)
