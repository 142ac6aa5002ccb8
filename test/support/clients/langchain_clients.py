"""LangChain's clients."""

import json

from talk import AbortedError, functions_of, talk


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
