"""What the clients have in common: a story, and how its tools are answered."""

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


def functions_of(story):
    return [(name, {"name": name, "description": description_of(name), "parameters": CITY}) for name in story.get("tools", [])]
