"""The calls of openai-python's own tests for chat, embeddings, models, files and batches, by its clients: sync and async, loose and strict.

Strict clients make each call in each form: as a method, with its raw response, and with its response as a stream. They check the
types of whole responses. Loose clients send the same and check less: they call the method only.

Usage: openai_sdk.py BASE_URL KEY PARAMETERS_FILE. Prints one JSON object: the error of each call by client and call, or null.

See https://github.com/openai/openai-python/tree/main/tests/api_resources
"""

import asyncio
import functools
import inspect
import json
import sys
import time
import warnings

from openai import APIStatusError, AsyncOpenAI, AsyncStream, NotFoundError, OpenAI, Stream
from openai._legacy_response import HttpxBinaryResponseContent
from openai.pagination import AsyncCursorPage, AsyncPage, SyncCursorPage, SyncPage
from openai.types import Batch, CreateEmbeddingResponse, FileDeleted, FileObject, Model
from openai.types.chat import ChatCompletion, ChatCompletionChunk

base_url, key, parameters_file = sys.argv[1:]
with open(parameters_file, encoding="utf-8") as file:
    PARAMETERS = json.load(file)
OPTIONS = {"base_url": base_url, "api_key": key, "max_retries": 0}
FORMS = ("method", "raw response", "streaming response")


def line(prompt):
    body = {"model": "gpt-4.1", "messages": [{"role": "user", "content": prompt}]}
    return json.dumps({"custom_id": "a", "method": "POST", "url": "/v1/chat/completions", "body": body}).encode()


preparing = OpenAI(**OPTIONS)


def new_file(prompt="python"):
    return preparing.files.create(file=line(prompt), purpose="batch").id


def new_batch(prompt):
    return preparing.batches.create(input_file_id=new_file(prompt), **PARAMETERS["batch"]).id


FILE = new_file()
# So that a page after each of them has something.
new_batch("first")
BATCH = new_batch("second")
new_file()

CHAT = {**PARAMETERS["chat"], "messages": [{"role": "developer", "content": f"python {time.time_ns()}", "name": "name"}]}
FULL_CHAT = {**CHAT, **PARAMETERS["chat_options"]}
EMBEDDINGS = {"model": "text-embedding-3-small", "input": ["python", "파이썬 글"]}
UPLOAD = {"file": b"Example data", "purpose": "batch"}
START = {**PARAMETERS["batch"], "input_file_id": FILE}
PAGES = (SyncPage, AsyncPage, SyncCursorPage, AsyncCursorPage)
STREAMS = (Stream, AsyncStream)
CONTENT = (HttpxBinaryResponseContent, bytes, str)

# name of the call: method, its parameters (made anew for each call if they are a function), type of the response
CALLS = {
    "create": ("chat.completions.create", CHAT, ChatCompletion),
    "create with all parameters": ("chat.completions.create", {**FULL_CHAT, "stream": False}, ChatCompletion),
    "create a stream": ("chat.completions.create", {**CHAT, "stream": True}, STREAMS),
    "create a stream with all parameters": ("chat.completions.create", {**FULL_CHAT, "stream": True}, STREAMS),
    "create embeddings": ("embeddings.create", {**EMBEDDINGS, "encoding_format": "float"}, CreateEmbeddingResponse),
    "create embeddings with all parameters": (
        "embeddings.create",
        {**EMBEDDINGS, "dimensions": 8, "encoding_format": "float", "user": "user-1234"},
        CreateEmbeddingResponse,
    ),
    "retrieve a model": ("models.retrieve", {"model": "gpt-4o-mini"}, Model),
    "list models": ("models.list", {}, PAGES),
    "create a file": ("files.create", UPLOAD, FileObject),
    "create a file with all parameters": ("files.create", {**UPLOAD, **PARAMETERS["file_options"]}, FileObject),
    "retrieve a file": ("files.retrieve", {"file_id": FILE}, FileObject),
    "list files": ("files.list", {}, PAGES),
    "list files with all parameters": (
        "files.list",
        {"after": FILE, "limit": 1, "order": "asc", "purpose": "batch"},
        PAGES,
    ),
    "delete a file": ("files.delete", lambda: {"file_id": new_file()}, FileDeleted),
    "content of a file": ("files.content", {"file_id": FILE}, CONTENT),
    "retrieve the content of a file": ("files.retrieve_content", {"file_id": FILE}, CONTENT),
    "create a batch": ("batches.create", START, Batch),
    "create a batch with all parameters": ("batches.create", {**START, **PARAMETERS["batch_options"]}, Batch),
    "retrieve a batch": ("batches.retrieve", {"batch_id": BATCH}, Batch),
    "list batches": ("batches.list", {}, PAGES),
    "list batches with all parameters": ("batches.list", {"after": BATCH, "limit": 1}, PAGES),
    "cancel a batch": ("batches.cancel", lambda: {"batch_id": new_batch("[[delay=10000]] cancelled")}, Batch),
}

# Strict clients refuse base64, which the client asks for by itself, before it is decoded.
LOOSE_CALLS = {"create embeddings in base64": ("embeddings.create", EMBEDDINGS, CreateEmbeddingResponse)}

# name of the call: method, its parameters, type of the error, what its message has
REFUSED = {
    "retrieve a completion": ("chat.completions.retrieve", {"completion_id": "id"}, NotFoundError, "no completions"),
    "delete a completion": ("chat.completions.delete", {"completion_id": "id"}, NotFoundError, "no completions"),
    "list completions": ("chat.completions.list", {"limit": 1}, APIStatusError, "only POST"),
    "delete a model": ("models.delete", {"model": "ft:gpt-4o-mini:x"}, APIStatusError, "only GET, HEAD"),
    "cancel an upload": ("uploads.cancel", {"upload_id": "id"}, NotFoundError, "OpenAI's uploads"),
    "retrieve a file without an id": ("files.retrieve", {"file_id": ""}, ValueError, "`file_id`"),
    "delete a file without an id": ("files.delete", {"file_id": ""}, ValueError, "`file_id`"),
    "content of a file without an id": ("files.content", {"file_id": ""}, ValueError, "`file_id`"),
    "retrieve a batch without an id": ("batches.retrieve", {"batch_id": ""}, ValueError, "`batch_id`"),
    "cancel a batch without an id": ("batches.cancel", {"batch_id": ""}, ValueError, "`batch_id`"),
    "retrieve a model without an id": ("models.retrieve", {"model": ""}, ValueError, "`model`"),
}


async def awaited(value):
    return await value if inspect.isawaitable(value) else value


async def check(result, expected):
    assert isinstance(result, expected), f"{type(result)} in place of {expected}"
    if isinstance(result, STREAMS):
        chunks = [chunk async for chunk in result] if isinstance(result, AsyncStream) else list(result)
        assert chunks and all(isinstance(chunk, ChatCompletionChunk) for chunk in chunks), chunks
    if isinstance(result, CreateEmbeddingResponse):
        assert all(isinstance(each, float) for one in result.data for each in one.embedding), result
    if isinstance(result, CONTENT):
        content = getattr(result, "content", result)
        assert content in (line("python"), line("python").decode()), content


async def call(client, form, method, parameters, expected):
    """Makes one call in one form, and checks what comes back."""
    resource, name = method.rsplit(".", 1)
    target = functools.reduce(getattr, resource.split("."), client)
    parameters = parameters() if callable(parameters) else parameters
    if form == "method":
        await check(await awaited(getattr(target, name)(**parameters)), expected)
    elif form == "raw response":
        response = await awaited(getattr(target.with_raw_response, name)(**parameters))
        await check(response.parse(), expected)
    elif isinstance(client, AsyncOpenAI):
        async with getattr(target.with_streaming_response, name)(**parameters) as response:
            await check(await response.parse(), expected)
    else:
        with getattr(target.with_streaming_response, name)(**parameters) as response:
            await check(response.parse(), expected)


async def error_of(running):
    try:
        await running
    except Exception as error:
        return error
    return None


async def errors_of(client, forms):
    """The unexpected error of each call, as text, or null."""
    errors = {}
    calls = {**CALLS, **LOOSE_CALLS} if forms == FORMS[:1] else CALLS
    for about, (method, parameters, expected) in calls.items():
        for form in forms:
            error = await error_of(call(client, form, method, parameters, expected))
            errors[f"{about}, {form}"] = None if error is None else repr(error)
    for about, (method, parameters, expected, text) in REFUSED.items():
        error = await error_of(call(client, "method", method, parameters, object))
        is_right = isinstance(error, expected) and text in str(error)
        errors[f"{about}, refused"] = None if is_right else repr(error)
    return errors


async def main():
    errors = {}
    for strict, forms in ((False, FORMS[:1]), (True, FORMS)):
        with OpenAI(**OPTIONS, _strict_response_validation=strict) as client:
            errors[f"sync, strict={strict}"] = await errors_of(client, forms)
        async with AsyncOpenAI(**OPTIONS, _strict_response_validation=strict) as client:
            errors[f"async, strict={strict}"] = await errors_of(client, forms)
    print(json.dumps(errors))


# `retrieve_content` is deprecated, and still there.
warnings.simplefilter("ignore", DeprecationWarning)
asyncio.run(main())
