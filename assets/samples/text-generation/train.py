"""Trains the text-generation sample and rewrites model.onnx, tokenizer.json, evaluation.npz and
sample.json.

Needs torch, onnx, onnxruntime and tokenizers, and the sources of the Python documentation
(Debian package python3.11-doc). About twenty minutes on two idle cores.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

import corpus
import graph
import numpy as np
from generation import continue_text
from kneser_ney import KneserNey
from tokenizers import Tokenizer
from training import CONTEXT, SEED, SHAPE, encode, train_network, train_tokeniser

FOLDER = Path(__file__).resolve().parent
sys.path.insert(0, str(FOLDER.parent))

from _training import files  # noqa: E402
from _training.intervals import bootstrap  # noqa: E402

DOCUMENTATION = Path("/usr/share/doc/python3.11/html/_sources")
WINDOWS = 120
"""Windows of CONTEXT tokens in the evaluation data."""


def main() -> None:
    """Reads text, trains, exports, evaluates the exported file and the baseline."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--documentation", type=Path, default=DOCUMENTATION)
    text = corpus.read(parser.parse_args().documentation)
    tokeniser = train_tokeniser(text.training)
    tokeniser.save(str(FOLDER / "tokenizer.json"), pretty=False)
    tokens = encode(tokeniser, text.training)
    windows = spread_windows(encode(tokeniser, text.unseen))
    print(
        f"{text.training_pages} pages, {len(text.training)} characters, {len(tokens)} tokens; "
        f"unseen {text.unseen_pages} pages, {len(text.unseen)} characters"
    )
    model = graph.build(train_network(tokens))
    parameters = files.save_model(model, FOLDER / "model.onnx")
    files.save_evaluation(
        FOLDER / "evaluation.npz", "perplexity", tokens=windows.ravel(), context=np.array(CONTEXT)
    )
    ours = losses(FOLDER / "model.onnx", windows)
    baseline = KneserNey(tokens, SHAPE.vocabulary)
    print(f"sums of distributions are off by {baseline.check(windows, 20, SEED):.1e} at most")
    theirs = baseline.losses(windows)
    files.update_sample(FOLDER, parameters, quality(ours), np.exp(theirs.mean()))
    report(ours, theirs, tokeniser)


def spread_windows(tokens: np.ndarray) -> np.ndarray:
    """WINDOWS windows evenly spread over *tokens*, uint16 [WINDOWS, CONTEXT]."""
    count = len(tokens) // CONTEXT
    every = tokens[: count * CONTEXT].reshape(count, CONTEXT)
    return every[np.linspace(0, count - 1, WINDOWS).astype(int)]


def losses(path: Path, windows: np.ndarray) -> np.ndarray:
    """Nats of each token but the first of each of *windows*: [windows, CONTEXT - 1]."""
    session = files.open_session(path)
    empty = np.zeros((1, SHAPE.heads, 0, SHAPE.head_dim), np.float32)
    past = {i.name: empty for i in session.get_inputs() if i.name != "input_ids"}
    found = []
    for window in windows.astype(np.int64):
        (logits,) = session.run(["logits"], {"input_ids": window[None], **past})
        scores = logits[0, :-1].astype(np.float64)
        log_sum = np.log(np.exp(scores - scores.max(1, keepdims=True)).sum(1)) + scores.max(1)
        found.append(log_sum - scores[np.arange(len(scores)), window[1:]])
    return np.stack(found)


def quality(nats: np.ndarray) -> dict[str, float]:
    """Perplexity with its 95 % bootstrap interval over windows; n counts predicted tokens."""
    low, high = bootstrap(lambda rows: np.exp(nats[rows].mean()), len(nats), SEED)
    return {"value": np.exp(nats.mean()), "low": low, "high": high, "n": nats.size}


def report(ours: np.ndarray, theirs: np.ndarray, tokeniser: Tokenizer) -> None:
    """Prints both perplexities, their ratio, and what the network writes."""
    print("ours", quality(ours), "Kneser-Ney", quality(theirs))
    low, high = bootstrap(
        lambda rows: np.exp(ours[rows].mean() - theirs[rows].mean()), len(ours), SEED
    )
    print(f"ratio {np.exp(ours.mean() - theirs.mean()):.3f} [{low:.3f}, {high:.3f}]")
    session = files.open_session(FOLDER / "model.onnx")
    for prompt in json.loads((FOLDER / "prompts.json").read_text(encoding="utf-8")):
        print(repr(continue_text(session, tokeniser, prompt, 60, SEED)))


if __name__ == "__main__":
    main()
