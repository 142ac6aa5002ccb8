"""Plays stories with one Python client, as `run.mjs` does: `run.py CLIENT`, with {url, key, stories} as JSON on standard input."""

import json
import sys

from langchain_clients import langchain, langchain_anthropic, langchain_chat, langchain_responses
from talk import AbortedError, CITY, description_of, functions_of, talk


def openai_client(world, story):
    from openai import OpenAI

    return OpenAI(base_url=f"{world['url']}/v1", api_key=story.get("key") or world["key"], max_retries=0)


def openai_chat(world, story):
    openai = openai_client(world, story)
    text = {"type": "text", "text": story["prompt"]}
    image = {"type": "image_url", "image_url": {"url": story.get("image")}}
    messages = [
        {"role": "system", "content": "Be brief."},
        {"role": "user", "content": [text, image] if "image" in story else story["prompt"]},
    ]
    body = {"model": story["model"], "messages": messages}
    if "tools" in story:
        body["tools"] = [{"type": "function", "function": function} for _, function in functions_of(story)]
    if story.get("reasons"):
        body["reasoning_effort"] = "medium"
    if "schema" in story:
        schema = {"name": "person", "strict": True, "schema": story["schema"]}
        body["response_format"] = {"type": "json_schema", "json_schema": schema}

    def ask():
        pieces = 0
        if story.get("stream"):
            with openai.chat.completions.stream(**body) as stream:
                for event in stream:
                    if event.type == "content.delta":
                        pieces += 1
                        if story.get("abort"):
                            raise AbortedError
                message = stream.get_final_completion().choices[0].message
        else:
            message = openai.chat.completions.create(**body).choices[0].message
        calls = [(call.id, call.function.name, json.loads(call.function.arguments)) for call in message.tool_calls or []]
        reasoning = getattr(message, "reasoning_content", None)
        return {"message": message, "text": message.content, "calls": calls, "pieces": pieces, "reasoning": reasoning}

    def answer(turn, results):
        sent = turn["message"].to_dict()
        for call in sent["tool_calls"]:
            # The accumulator of streams adds what it has parsed, and the places of the calls.
            call["function"].pop("parsed_arguments", None)
            call.pop("index", None)
        messages.append(sent)
        messages.extend({"role": "tool", "tool_call_id": call_id, "content": output} for call_id, output in results)

    return talk(ask, answer)


def openai_responses(world, story):
    openai = openai_client(world, story)
    text = {"type": "input_text", "text": story["prompt"]}
    image = {"type": "input_image", "detail": "auto", "image_url": story.get("image")}
    turns = [{"role": "user", "content": [text, image] if "image" in story else story["prompt"]}]
    body = {"model": story["model"], "instructions": "Be brief.", "input": turns, "store": False}
    if "tools" in story:
        body["tools"] = [{"type": "function", "strict": False, **function} for _, function in functions_of(story)]
    if story.get("reasons"):
        body["reasoning"] = {"effort": "medium", "summary": "auto"}
        body["include"] = ["reasoning.encrypted_content"]
    if "schema" in story:
        schema = {"type": "json_schema", "name": "person", "strict": True, "schema": story["schema"]}
        body["text"] = {"format": schema}

    def ask():
        pieces = 0
        if story.get("stream"):
            with openai.responses.stream(**body) as stream:
                for event in stream:
                    if event.type == "response.output_text.delta":
                        pieces += 1
                        if story.get("abort"):
                            raise AbortedError
                response = stream.get_final_response()
        else:
            response = openai.responses.create(**body)
        made = [item for item in response.output if item.type == "function_call"]
        thoughts = [part.text for item in response.output if item.type == "reasoning" for part in item.summary]
        return {
            "output": response.output,
            "text": response.output_text,
            "calls": [(item.call_id, item.name, json.loads(item.arguments)) for item in made],
            "pieces": pieces,
            "reasoning": "".join(thoughts),
        }

    def answer(turn, results):
        for item in turn["output"]:
            sent = item.to_dict()
            sent.pop("parsed_arguments", None)
            turns.append(sent)
        turns.extend({"type": "function_call_output", "call_id": call_id, "output": output} for call_id, output in results)

    return talk(ask, answer)


def anthropic_messages(world, story):
    from anthropic import Anthropic

    anthropic = Anthropic(base_url=world["url"], auth_token=story.get("key") or world["key"], api_key=None, max_retries=0)
    text = {"type": "text", "text": story["prompt"]}
    media_type, _, data = story.get("image", ":;base64,").partition(":")[2].partition(";base64,")
    image = {"type": "image", "source": {"type": "base64", "media_type": media_type, "data": data}}
    turns = [{"role": "user", "content": [image, text] if "image" in story else story["prompt"]}]
    body = {"model": story["model"], "max_tokens": 4096, "system": "Be brief.", "messages": turns}
    if "tools" in story:
        body["tools"] = [
            {"name": name, "description": description_of(name), "input_schema": CITY} for name in story["tools"]
        ]
    if story.get("reasons"):
        body["thinking"] = {"type": "adaptive", "display": "summarized"}
        body["output_config"] = {"effort": "medium"}
    if "schema" in story:
        body["output_config"] = {"format": {"type": "json_schema", "schema": story["schema"]}}

    def ask():
        pieces = 0
        if story.get("stream"):
            with anthropic.messages.stream(**body) as stream:
                for _ in stream.text_stream:
                    pieces += 1
                    if story.get("abort"):
                        raise AbortedError
                message = stream.get_final_message()
        else:
            message = anthropic.messages.create(**body)
        of_type = lambda wanted: [block for block in message.content if block.type == wanted]
        return {
            "content": message.content,
            "text": "".join(block.text for block in of_type("text")),
            "calls": [(block.id, block.name, block.input) for block in of_type("tool_use")],
            "pieces": pieces,
            "reasoning": "".join(block.thinking for block in of_type("thinking")),
        }

    def answer(turn, results):
        turns.append({"role": "assistant", "content": turn["content"]})
        blocks = [{"type": "tool_result", "tool_use_id": call_id, "content": output} for call_id, output in results]
        turns.append({"role": "user", "content": blocks})

    return talk(ask, answer)


CLIENTS = {
    "python openai chat": openai_chat,
    "python openai responses": openai_responses,
    "python anthropic messages": anthropic_messages,
    "python langchain openai chat": langchain(langchain_chat),
    "python langchain openai responses": langchain(langchain_responses),
    "python langchain anthropic": langchain(langchain_anthropic),
}


def result_of(play, world, story):
    try:
        return play(world, story)
    except Exception as error:  # Each error is a result.
        status = getattr(error, "status_code", None)
        return {"error": {"class": type(error).__name__, "status": status, "message": str(error)}}


world = json.load(sys.stdin)
stories = world.pop("stories")
play = CLIENTS[sys.argv[1]]
print(json.dumps({story["id"]: result_of(play, world, story) for story in stories}, ensure_ascii=False))
