"""Token by token through a handle: prefill, decode, and the likelihood of given text.

Works on any handle of a device half. It runs on the device too, so it needs Python 3.8 or later,
the standard library and numpy only, and imports nothing of Genba.

Naming: tokens enter as ``input_ids`` (or the only 2-D integer input), optional ``attention_mask``
[batch, past + sequence] and ``position_ids`` [batch, sequence]; a cache enters as
``past_key_values.N.key|value`` (also ``past.N.…``) and leaves as ``present.N.key|value`` (also
``present_key_values.N.…``). Logits leave as ``logits`` (or the only 3-D output). A model without
cache inputs is run over the whole sequence at each step.
"""

from __future__ import annotations

import math
import re
import time
from collections.abc import Callable
from typing import Any

import numpy as np

PAST = re.compile(r"^(?:past_key_values|past_key_value|past|past_kv)[._](.+)$")
PRESENT = re.compile(r"^(?:present_key_values|present_key_value|present|present_kv)[._](.+)$")


class NotGenerative(ValueError):
    """The model's inputs and outputs do not follow the naming convention."""


class Decoder:
    """A handle with the state of one sequence: feed tokens, get logits."""

    def __init__(self, handle: Any) -> None:
        """Raises NotGenerative when the model takes no tokens or gives no logits."""
        self._infer = handle.infer
        by_name = {spec["name"]: spec for spec in handle.inputs}
        self.cache = _cache_pairs(handle)
        self.tokens_input = _tokens_input(by_name, self.cache)
        self.logits_output = _logits_output(handle.outputs, self.cache)
        self._tokens_dtype = np.dtype(by_name[self.tokens_input]["dtype"])
        self._mask_dtype = _dtype_of(by_name, "attention_mask")
        self._positions_dtype = _dtype_of(by_name, "position_ids")
        _refuse_unknown(by_name, self.cache, self.tokens_input)
        self._empty = [
            (past, _empty_past(by_name[past]), np.dtype(by_name[past]["dtype"]))
            for past, _ in self.cache
        ]
        self.reset()

    def reset(self) -> None:
        """Forget the sequence; the cache is empty again."""
        self.length = 0
        self._seen = np.zeros((1, 0), self._tokens_dtype)
        self._past = {name: np.zeros(shape, dtype) for name, shape, dtype in self._empty}

    def feed(self, tokens: Any) -> Any:
        """Run `tokens` (1-D) after those fed so far; return their logits [len(tokens), vocabulary].

        Row i predicts the token that follows tokens[i].
        """
        fresh = np.asarray(tokens, self._tokens_dtype).reshape(1, -1)
        count = fresh.shape[1]
        if not self.cache:
            self._seen = np.concatenate((self._seen, fresh), axis=1)
            fresh = self._seen
        start = self.length if self.cache else 0
        total = self.length + count
        inputs = {self.tokens_input: fresh}
        if self._mask_dtype is not None:
            inputs["attention_mask"] = np.ones((1, total), self._mask_dtype)
        if self._positions_dtype is not None:
            positions = np.arange(start, total, dtype=self._positions_dtype)
            inputs["position_ids"] = positions.reshape(1, -1)
        inputs.update(self._past)
        outputs = self._infer(inputs)
        for past, present in self.cache:
            self._past[past] = outputs[present]
        self.length = total
        return outputs[self.logits_output][0, -count:]


def generate(
    handle: Any, prompt: Any, count: int, clock: Callable[[], int] = time.perf_counter_ns
) -> dict[str, Any]:
    """Greedy decoding: prefill `prompt` (1-D), then `count` tokens.

    Returns {"tokens": [count ints], "prefill_ns": time to the first token, "step_ns": [count - 1
    times of one decode step each]}. The first token comes out of the prefill. Choosing the most
    likely token is inside the times, as it is in use.
    """
    decoder = Decoder(handle)
    tokens, steps = [], []
    started = clock()
    last = int(np.argmax(decoder.feed(prompt)[-1]))
    prefill_ns = clock() - started
    tokens.append(last)
    for _ in range(count - 1):
        started = clock()
        last = int(np.argmax(decoder.feed([last])[-1]))
        steps.append(clock() - started)
        tokens.append(last)
    return {"tokens": tokens, "prefill_ns": prefill_ns, "step_ns": steps}


def window_losses(handle: Any, tokens: Any, context: int) -> list[tuple[float, int]]:
    """Negative log likelihoods of a text in non-overlapping windows.

    Each window of up to `context` tokens starts with an empty cache; its first token is only read,
    every later one is predicted from those before it. Returns a list of (sum of losses in nats,
    number of predicted tokens), one pair a window. A last window of one token is dropped.
    """
    decoder = Decoder(handle)
    tokens = np.asarray(tokens).reshape(-1)
    losses = []
    for start in range(0, len(tokens), context):
        window = tokens[start : start + context]
        if len(window) < 2:
            break
        decoder.reset()
        logits = decoder.feed(window)[:-1].astype(np.float64)
        losses.append((_loss(logits, window[1:]), len(window) - 1))
    return losses


def perplexity(losses: list[tuple[float, int]]) -> float:
    """exp of the mean loss a token."""
    return math.exp(sum(loss for loss, _ in losses) / sum(count for _, count in losses))


def _loss(logits: Any, targets: Any) -> float:
    """Sum of cross entropies in nats; logits [n, vocabulary], targets [n]."""
    top = logits.max(axis=1, keepdims=True)
    log_sum = np.log(np.exp(logits - top).sum(axis=1)) + top[:, 0]
    chosen = logits[np.arange(len(targets)), targets.astype(np.int64)]
    return float((log_sum - chosen).sum())


def _cache_pairs(handle: Any) -> list[tuple[str, str]]:
    """[(past input, present output)] in the order of the inputs."""
    presents = {}
    for spec in handle.outputs:
        match = PRESENT.match(spec["name"])
        if match:
            presents[match.group(1)] = spec["name"]
    pairs = []
    for spec in handle.inputs:
        match = PAST.match(spec["name"])
        if match and match.group(1) in presents:
            pairs.append((spec["name"], presents[match.group(1)]))
        elif match:
            raise NotGenerative(f"the cache input {spec['name']} has no matching output")
    return pairs


def _tokens_input(by_name: dict[str, Any], cache: list[tuple[str, str]]) -> str:
    if "input_ids" in by_name:
        return "input_ids"
    known = {past for past, _ in cache} | {"attention_mask", "position_ids"}
    rest = [
        name
        for name, spec in by_name.items()
        if name not in known and spec["dtype"] in ("int32", "int64") and len(spec["shape"]) == 2
    ]
    if len(rest) != 1:
        raise NotGenerative("no input of token ids (input_ids)")
    return str(rest[0])


def _logits_output(outputs: list[dict[str, Any]], cache: list[tuple[str, str]]) -> str:
    known = {present for _, present in cache}
    rest = [spec["name"] for spec in outputs if spec["name"] not in known]
    if "logits" in rest:
        return "logits"
    rest = [s["name"] for s in outputs if s["name"] in rest and len(s["shape"]) == 3]
    if len(rest) != 1:
        raise NotGenerative("no output of logits")
    return str(rest[0])


def _dtype_of(by_name: dict[str, Any], name: str) -> Any:
    return np.dtype(by_name[name]["dtype"]) if name in by_name else None


def _refuse_unknown(
    by_name: dict[str, Any], cache: list[tuple[str, str]], tokens_input: str
) -> None:
    known = {past for past, _ in cache} | {"attention_mask", "position_ids", tokens_input}
    for name in by_name:
        if name not in known:
            raise NotGenerative(f"the input {name} is not understood")


def _empty_past(spec: dict[str, Any]) -> tuple[int, ...]:
    """The shape of a cache input at batch 1 and past length 0.

    The free axis after the batch is the past; among several, one named past, seq or total wins.
    """
    shape = list(spec["shape"])
    free = [axis for axis, dim in enumerate(shape) if axis > 0 and not isinstance(dim, int)]
    if not free:
        raise NotGenerative(f"the cache input {spec['name']} has a fixed length")
    named = [axis for axis in free if re.search("past|seq|total|len|cache", str(shape[axis]))]
    past = (named or free)[0]
    if not isinstance(shape[0], int):
        shape[0] = 1
    shape[past] = 0
    if any(not isinstance(dim, int) for dim in shape):
        raise NotGenerative(f"the cache input {spec['name']} has more than one free axis")
    return tuple(shape)
