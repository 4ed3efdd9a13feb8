"""The least that one would write by hand: FastAPI and ONNX Runtime in int8, a thread for each
processor and one text to a thread."""

import asyncio
import os
from concurrent.futures import ThreadPoolExecutor

import uvicorn
from fastapi import FastAPI
from pydantic import BaseModel

from tests.bench.peers.places import HOST, PORT
from tests.bench.peers.session import Session

app = FastAPI()
session = Session()
threads = ThreadPoolExecutor(len(os.sched_getaffinity(0)))


class Request(BaseModel):
    """Texts, each alone through the model."""

    inputs: list[str]


@app.post("/predict")
async def predict(request: Request) -> list[dict[str, float]]:
    """In order."""
    loop = asyncio.get_running_loop()
    asked = [loop.run_in_executor(threads, session.scores, text) for text in request.inputs]
    return await asyncio.gather(*asked)


if __name__ == "__main__":
    uvicorn.run(app, host=HOST, port=PORT, log_level="warning", access_log=False)
