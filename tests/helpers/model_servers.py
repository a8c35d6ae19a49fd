"""Stubs that take and refuse what well-known model servers do, and answer in their forms.

Each is a function of a request's body, for `chat_server(behave=…)`. What they check was read in the
servers' sources and documentation in 2026: vLLM's chat protocol, SGLang's, llama.cpp's server,
Ollama's `openai` package, DashScope's documentation and the errors that its users report.
"""

import base64
import io
import json
import math
import re

from chat_server import Reply
from PIL import Image

_PIECES = re.compile(r'"[\w:]*|: |, |[\w/#.]+|\s|.', re.DOTALL)


def tokens_of(text: str, *, null: float, merged: bool = False) -> list[dict]:
    """Log-probabilities of an answer's tokens; `null`: the chance of null where `source` begins.

    `merged`: the marks before a value are one token with its first quotation mark.
    """
    pieces = _PIECES.findall(text)
    if merged:
        text = text.replace('": "', '":"')
        pieces = [piece for piece in re.split(r'(":"|":|,|[{}])', text) if piece]
    listed, seen = [], ""
    for piece in pieces:
        options = {piece: 0.999, " ?": 0.0001}
        begins = re.search(r'"source":\s*$', seen) and not piece.isspace()
        if merged:
            begins = seen.endswith('"source') and piece == '":"'
        if begins:
            options = {piece: 1 - null, '":' if merged else "null": null}
        top = [
            {"token": token, "logprob": math.log(chance), "bytes": list(token.encode())}
            for token, chance in options.items()
        ]
        listed.append({**top[0], "top_logprobs": top})
        seen += piece
    return listed


def completion_of(
    content: str | None, *, finish: str = "stop", tokens: list[dict] | None = None, **message
) -> Reply:
    """A completion with further fields of the message, such as thoughts."""
    choice = {
        "index": 0,
        "message": {"role": "assistant", "content": content, **message},
        "finish_reason": finish,
        "logprobs": {"content": tokens} if tokens is not None else None,
    }
    return Reply(
        body={
            "id": "1", "object": "chat.completion", "created": 0, "model": "m",
            "choices": [choice], "usage": {"completion_tokens": 9},
        }
    )  # fmt: skip


def as_stream(reply: Reply) -> Reply:
    """A completion in pieces: its thoughts first, then its tokens, then why it ended."""
    (choice,) = reply.body["choices"]
    message, tokens = choice["message"], (choice["logprobs"] or {}).get("content")
    thoughts = {
        name: text for name, text in message.items() if name.startswith("reasoning") and text
    }
    content = message["content"] or ""
    pieces = [({"role": "assistant", "content": "", **thoughts}, None)]
    if tokens is None:
        pieces += [({"content": content[at : at + 7]}, None) for at in range(0, len(content), 7)]
    else:
        pieces += [({"content": token["token"]}, {"content": [token]}) for token in tokens]
    chunk = {"id": "1", "object": "chat.completion.chunk", "created": 0, "model": "m"}
    chunks = [
        {**chunk, "choices": [
            {"index": 0, "delta": delta, "logprobs": logprobs, "finish_reason": None}]}
        for delta, logprobs in pieces
    ]  # fmt: skip
    last = {"index": 0, "delta": {}, "finish_reason": choice["finish_reason"]}
    return Reply(chunks=[*chunks, {**chunk, "choices": [last]}, {**chunk, "choices": []}])


def refusal(message: str, status: int = 400, **fields) -> Reply:
    """An error as OpenAI writes it."""
    error = {"message": message, "type": "invalid_request_error", "param": None, "code": None}
    return Reply(status=status, body={"error": error | fields})


def is_told_to_be_quiet(asked: dict) -> bool:
    """Whether a template is told not to let the model think."""
    return (asked.get("chat_template_kwargs") or {}).get("enable_thinking") is False


def vllm(answer: str, *, hybrid: bool = False, efforts=("none", "low"), context: int = 16_384):
    """vLLM with a reasoning parser: thoughts in `reasoning`, the grammar after them."""

    def behave(asked: dict) -> Reply:
        effort = asked.get("reasoning_effort")
        if effort is not None and effort not in efforts:
            return refusal(
                "1 validation error:\n  {'type': 'literal_error', 'loc': ('body', "
                f"'reasoning_effort'), 'msg': 'Input should be {efforts}', 'input': {effort!r}}}",
                type="Bad Request", code=400,
            )  # fmt: skip
        if asked["max_tokens"] + 2_000 > context:
            return refusal(
                f"'max_tokens' or 'max_completion_tokens' is too large: {asked['max_tokens']}. "
                f"This model's maximum context length is {context} tokens and your request has "
                "2000 input tokens.", type="BadRequestError", code=400,
            )  # fmt: skip
        if hybrid and not (is_told_to_be_quiet(asked) or effort == "none"):
            if asked["max_tokens"] < 2_000:
                return completion_of(None, finish="length", reasoning="Let me see …")
            return completion_of(answer, reasoning="Let me see. It is the station.")
        tokens = tokens_of(answer, null=0.01) if asked.get("logprobs") else None
        return completion_of(answer, tokens=tokens, reasoning=None)

    return behave


def sglang(answer: str):
    """SGLang: thoughts in `reasoning_content`, FastAPI's errors."""

    def behave(asked: dict) -> Reply:
        if not isinstance(asked.get("logprobs"), bool):
            return Reply(
                status=400,
                body={"object": "error", "message": "logprobs: a valid boolean", "code": 400},
            )
        tokens = tokens_of(answer, null=0.3, merged=True) if asked["logprobs"] else None
        return completion_of(answer, tokens=tokens, reasoning_content=None, matched_stop=151645)

    return behave


def ollama(answer: str, *, in_thinking: bool = False):
    """Ollama with `qwen3-vl:8b`: thinks unless `reasoning_effort` is none; unknown fields are
    ignored. `in_thinking`: puts what the format enforces into the thoughts (its issue 12831)."""

    def behave(asked: dict) -> Reply:
        if in_thinking:
            return completion_of("", reasoning=answer)
        if asked.get("reasoning_effort") != "none":
            return completion_of("", finish="length", reasoning="Got it, let's look at …")
        tokens = tokens_of(answer, null=0.001) if asked.get("logprobs") else None
        return completion_of(answer, tokens=tokens)

    return behave


def llama_cpp(answer: str, *, slots_taken: int = 0, context: int = 4_096):
    """llama.cpp's server: one context for all slots, which fails with 500 while it is used up."""
    left = [slots_taken]

    def behave(asked: dict) -> Reply:
        size = sum(len(json.dumps(message)) for message in asked["messages"]) // 4
        if size > context:
            return refusal(
                f"request ({size} tokens) exceeds the available context size ({context} tokens), "
                "try increasing it", type="exceed_context_size_error", code=400,
            )  # fmt: skip
        if left[0]:
            left[0] -= 1
            return refusal("Context size has been exceeded.", 500, type="server_error", code=500)
        tokens = tokens_of(answer, null=0.02) if asked.get("logprobs") else None
        return completion_of(answer, tokens=tokens)

    return behave


def dashscope(answer: str, *, thinking_only: bool = False):
    """DashScope: no schemas, no log-probabilities; JSON only where nothing is thought; thoughts
    only in streams; a model that always thinks may not be told otherwise."""

    def behave(asked: dict) -> Reply:
        form = (asked.get("response_format") or {}).get("type")
        thinks = thinking_only or asked.get("enable_thinking") is not False
        if thinking_only and asked.get("enable_thinking") is False:
            return refusal("The value of the enable_thinking parameter is restricted to True.")
        if form == "json_object" and "json" not in json.dumps(asked["messages"]).lower():
            return refusal("'messages' must contain the word 'json' in some form.")
        if form and thinks:
            return refusal(
                "<400> InternalError.Algo.InvalidParameter: Json mode response is not supported "
                "when enable_thinking is true"
            )
        if form == "json_schema":
            return refusal("Unsupported response_format type: json_schema.")
        if thinks and not asked.get("stream"):
            if not thinking_only:
                return refusal(
                    "parameter.enable_thinking must be set to false for non-streaming calls"
                )
            return refusal(
                "This model only support stream mode, please enable the stream parameter"
            )
        if not asked.get("stream"):
            return completion_of(answer, reasoning_content="")
        deltas = [{"reasoning_content": "Let me "}, {"reasoning_content": "see.", "content": None}]
        deltas += [{"content": answer[at : at + 9]} for at in range(0, len(answer), 9)]
        chunks = [
            {"id": "1", "object": "chat.completion.chunk", "created": 0, "model": "m",
             "choices": [{"index": 0, "delta": delta, "finish_reason": None}]}
            for delta in deltas
        ]  # fmt: skip
        chunks[-1]["choices"][0]["finish_reason"] = "stop"
        return Reply(chunks=chunks)

    return behave


def openai_reasoner(answer: str):
    """OpenAI's reasoning models: renamed and refused parameters, hidden thoughts."""

    def behave(asked: dict) -> Reply:
        if "max_tokens" in asked:
            return refusal(
                "Unsupported parameter: 'max_tokens' is not supported with this model. Use "
                "'max_completion_tokens' instead.", param="max_tokens",
            )  # fmt: skip
        for name in ("chat_template_kwargs", "enable_thinking"):
            if name in asked:
                return refusal(f"Unrecognized request argument supplied: {name}")
        if "temperature" in asked:
            return refusal("Unsupported value: 'temperature' does not support 0 with this model.")
        if "logprobs" in asked:
            return refusal("You are not allowed to request logprobs from this model.", 403)
        return completion_of(answer)

    return behave


def thinker(answer: str, *, needs: int):
    """A model that always thinks, in the text itself, and needs so many tokens for it."""

    def behave(asked: dict) -> Reply:
        if asked["max_tokens"] < needs:
            return completion_of('<think>So {"subject": null} … wait', finish="length")
        return completion_of(f'So {{"subject": null}} … no.\n</think>\n\nHere it is: {answer}}}')

    return behave


def refuser(answer: str, *, part: str, message: str = "{part} is not supported"):
    """Refuses a field of the body, and names it or not."""

    def behave(asked: dict) -> Reply:
        if part in asked:
            return refusal(message.format(part=part))
        return completion_of(answer)

    return behave


def sizes_of(asked: dict) -> list[tuple[int, int]]:
    """Width and height of each photo of a request, in pixels."""
    parts = [
        part
        for message in asked["messages"]
        for part in (message["content"] if isinstance(message["content"], list) else [])
    ]
    urls = [part["image_url"]["url"] for part in parts if part["type"] == "image_url"]
    return [Image.open(io.BytesIO(base64.b64decode(url.partition(",")[2]))).size for url in urls]


def short_of(answer: str, message: str, *, status: int = 400, most: int = 99, tokens: int = 10**9):
    """Takes at most so many photos, of at most so many visual tokens together."""

    def behave(asked: dict) -> Reply:
        sizes = sizes_of(asked)
        if len(sizes) > most or sum(width * height / 1024 for width, height in sizes) > tokens:
            return refusal(message, status)
        return completion_of(answer)

    return behave
