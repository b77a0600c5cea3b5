"""Train the reader on groups of passages.

The loss of a group is that of Karpukhin et al. 2020 (section 6): in a passage that answers, the
probability of all its answers' spans, summed before the logarithm (Clark and Gardner 2018), and
over the passages the probability of those that answer. A third term makes the answer logit
absolute, so that it tells whether a passage answers when there is none to compare it with.
"""

from __future__ import annotations

import copy
import json
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from eval.train.encode import Item, batches, padded
from eval.train.encoder import Reader


@dataclass(frozen=True, slots=True)
class Schedule:
    """How long and how fast. The rate rises, stays, and falls to nothing in a straight line."""

    epochs: int = 1
    rate: float = 1.2e-4  #: at its height
    warm: float = 0.05  #: share of the steps in which it rises
    cool: float = 0.5  #: share of the steps in which it falls
    tokens: int = 6144  #: padded tokens of a step
    decay: float = 0.01  #: AdamW's weight decay
    average: float = 0.998  #: of the weights' moving average, which is what is kept
    seed: int = 0


def loss_of(reader: Reader, batch: Sequence[tuple[Item, ...]]) -> tuple[Tensor, dict[str, float]]:
    """The mean loss of a batch of groups, and its parts."""
    items = [item for group in batch for item in group]
    length = padded(items)
    ids = torch.zeros(len(items), length, dtype=torch.long)
    types = torch.zeros(len(items), length, dtype=torch.long)
    is_token = torch.zeros(len(items), length, dtype=torch.bool)
    is_text = torch.zeros(len(items), length, dtype=torch.bool)
    for row, item in enumerate(items):
        size = len(item.ids)
        ids[row, :size] = torch.from_numpy(item.ids.astype(np.int64))
        types[row, item.types_from : size] = 1
        is_token[row, :size] = True
        is_text[row, item.text_from : size - 1] = True
    on = reader.span.weight.device
    ids, types, is_token, is_text = (one.to(on) for one in (ids, types, is_token, is_text))
    spans, answers = reader(ids, types, is_token)
    logits = spans.masked_fill(~is_text[:, :, None], -1e4).log_softmax(1)

    span_losses = []
    for row, item in enumerate(items):
        if item.spans:
            firsts, lasts = zip(*item.spans, strict=True)
            both = logits[row, list(firsts), 0] + logits[row, list(lasts), 1]
            span_losses.append(-both.logsumexp(0))
    span = torch.stack(span_losses).mean() if span_losses else answers.sum() * 0
    target = torch.tensor([bool(item.spans) for item in items], dtype=torch.float, device=on)
    absolute = functional.binary_cross_entropy_with_logits(answers, target)
    choices, row = [], 0
    for group in batch:
        mine = slice(row, row + len(group))
        row += len(group)
        wanted = target[mine] > 0
        if wanted.any() and not wanted.all():
            whole = answers[mine].log_softmax(0)
            choices.append(-whole[wanted].logsumexp(0))
    choice = torch.stack(choices).mean() if choices else answers.sum() * 0
    parts = {"span": span.item(), "absolute": absolute.item(), "choice": choice.item()}
    return span + absolute + 0.5 * choice, parts


def fit(
    reader: Reader,
    groups: Sequence[tuple[Item, ...]],
    schedule: Schedule,
    tell: Callable[[str], None] = print,
) -> Reader:
    """Train `reader` in place, on a GPU where there is one.

    Returned is a reader, on the CPU, with the moving average of its weights.
    """
    reader = reader.to("cuda" if torch.cuda.is_available() else "cpu")
    torch.manual_seed(schedule.seed)
    random = np.random.default_rng(schedule.seed)
    planned = [
        batch for _ in range(schedule.epochs) for batch in batches(groups, schedule.tokens, random)
    ]
    trained = [weight for weight in reader.parameters() if weight.requires_grad]
    optimizer = torch.optim.AdamW(
        [
            {"params": [w for w in trained if w.dim() > 1], "weight_decay": schedule.decay},
            {"params": [w for w in trained if w.dim() < 2], "weight_decay": 0.0},
        ],
        lr=schedule.rate,
        betas=(0.9, 0.98),
        fused=True,
    )
    average = copy.deepcopy(reader)
    kept = [weight for weight in average.parameters() if weight.requires_grad]
    # Computed in bfloat16, which processors multiply several times faster; learned in float32,
    # in which a small step is not lost.
    half = copy.deepcopy(reader).to(torch.bfloat16)
    halves = [weight for weight in half.parameters() if weight.requires_grad]
    began, recent = time.monotonic(), []
    for step, batch in enumerate(planned, start=1):
        for group in optimizer.param_groups:
            group["lr"] = schedule.rate * _height(step / len(planned), schedule)
        loss, parts = loss_of(half, batch)
        loss.backward()
        for weight, its in zip(trained, halves, strict=True):
            weight.grad = None if its.grad is None else its.grad.float()
            its.grad = None
        torch.nn.utils.clip_grad_norm_(trained, 1.0)
        optimizer.step()
        share = min(schedule.average, 1 - 1 / (step + 1))
        with torch.no_grad():
            torch._foreach_copy_(halves, trained)
            torch._foreach_lerp_(kept, trained, 1 - share)
        recent.append(parts)
        if step % 100 == 0 or step == len(planned):
            means = {name: round(float(np.mean([r[name] for r in recent])), 3) for name in parts}
            left = (time.monotonic() - began) / step * (len(planned) - step) / 60
            tell(f"step {step}/{len(planned)} {json.dumps(means)} {left:.0f} minutes left")
            recent = []
    return average.cpu()


def _height(done: float, schedule: Schedule) -> float:
    """Share of the highest rate when `done` of the steps (0..1) are done."""
    if done < schedule.warm:
        return done / schedule.warm
    return min(1.0, max(0.0, (1 - done) / schedule.cool)) if schedule.cool else 1.0
