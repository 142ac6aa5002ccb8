"""Plays stories with one Python client, as `run.mjs` does: `run.py CLIENT`, with {url, key, stories} as JSON on standard input."""

import json
import sys

CITY = {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]}
MOST_ROUNDS = 6


class AbortedError(Exception):
    """A stream that the client has left."""


def description_of(name):
    return f"Calls {name} for a city"


def talk(ask, answer):
    """Asks until the model calls no more tools. A turn is its text, its calls as (id, name, arguments), pieces and reasoning."""
    rounds, pieces, reasoning = [], 0, ""
    while True:
        turn = ask()
        pieces += turn.get("pieces", 0)
        reasoning += turn.get("reasoning") or ""
        if not turn["calls"]:
            return {"text": turn["text"], "rounds": rounds, "pieces": pieces, "reasoning": reasoning}
        assert len(rounds) < MOST_ROUNDS, "the model does not stop to call tools"
        output = f"result {len(rounds)}"
        rounds.append([{"name": name, "city": given.get("city")} for _, name, given in turn["calls"]])
        answer(turn, [(call_id, output) for call_id, _, _ in turn["calls"]])


def openai_client(world, story):
    from openai import OpenAI

    return OpenAI(base_url=f"{world['url']}/v1", api_key=story.get("key") or world["key"], max_retries=0)


def functions_of(story):
    return [(name, {"name": name, "description": description_of(name), "parameters": CITY}) for name in story.get("tools", [])]


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


def langchain(model_of):
    def play(world, story):
        from langchain_core.messages import HumanMessage, SystemMessage, ToolMessage

        image = {"type": "image_url", "image_url": {"url": story.get("image")}}
        content = [{"type": "text", "text": story["prompt"]}, image] if "image" in story else story["prompt"]
        messages = [SystemMessage("Be brief."), HumanMessage(content)]
        model = model_of({**world, "key": story.get("key") or world["key"]}, story)
        if "schema" in story:
            structured = model.with_structured_output(story["schema"], method="json_schema")
            text = json.dumps(structured.invoke(messages), ensure_ascii=False)
            return {"text": text, "rounds": [], "pieces": 0, "reasoning": ""}
        tools = [{"type": "function", "function": function} for _, function in functions_of(story)]
        bound = model.bind_tools(tools) if tools else model

        def ask():
            pieces, message = 0, None
            if story.get("stream"):
                for chunk in bound.stream(messages):
                    message = chunk if message is None else message + chunk
                    if chunk.text:
                        pieces += 1
                        if story.get("abort"):
                            raise AbortedError
            else:
                message = bound.invoke(messages)
            calls = [(call["id"], call["name"], call["args"]) for call in message.tool_calls]
            return {"message": message, "text": message.text, "calls": calls, "pieces": pieces}

        def answer(turn, results):
            messages.append(turn["message"])
            messages.extend(ToolMessage(output, tool_call_id=call_id) for call_id, output in results)

        return talk(ask, answer)

    return play


def langchain_openai(world, story, **members):
    from langchain_openai import ChatOpenAI

    return ChatOpenAI(
        model=story["model"], api_key=world["key"], base_url=f"{world['url']}/v1", max_retries=0, **members
    )


def langchain_chat(world, story):
    return langchain_openai(world, story, **({"reasoning_effort": "medium"} if story.get("reasons") else {}))


def langchain_responses(world, story):
    members = {"use_responses_api": True, "store": False}
    if story.get("reasons"):
        members["reasoning"] = {"effort": "medium", "summary": "auto"}
        members["include"] = ["reasoning.encrypted_content"]
    return langchain_openai(world, story, **members)


def langchain_anthropic(world, story):
    from langchain_anthropic import ChatAnthropic

    thinking = {"thinking": {"type": "adaptive", "display": "summarized"}} if story.get("reasons") else {}
    return ChatAnthropic(
        model=story["model"], api_key=world["key"], base_url=world["url"], max_tokens=4096, max_retries=0, **thinking
    )


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
