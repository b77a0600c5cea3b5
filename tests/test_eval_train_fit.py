"""Training itself. Needs torch (the extra `train`), which the lock leaves out."""

import numpy as np
import pytest
from safetensors.numpy import load_file

from index.model import open_session, package_file
from qa.reader_graph import describe
from qa.reader_tokens import encode, load_tokenizer

torch = pytest.importorskip("torch", reason="torch (the extra `train`) is not installed")

from eval.train.encode import batches, items_of, padded  # noqa: E402
from eval.train.encoder import FROZEN, Reader  # noqa: E402
from eval.train.examples import Group, Text  # noqa: E402
from eval.train.fit import Schedule, fit  # noqa: E402

RIGHT = Text("Port", "The port of Olen was bought by Borg Shipping on Monday.", ((31, 44),))
WRONG = Text("Choir", "The choir of Varna sang on Sunday.")
GROUP = Group("Who bought the port?", (RIGHT, WRONG))


def _reader() -> Reader:
    torch.manual_seed(0)
    reader = Reader()
    reader.load(load_file(package_file("model.safetensors")))
    return reader


def test_the_graph_computes_what_was_trained():
    reader, tokenizer = _reader(), load_tokenizer()
    pair = encode(tokenizer, GROUP.question, RIGHT.title, RIGHT.text)
    ids, types = np.array([pair.ids]), np.array([pair.types])
    with torch.inference_mode():
        spans, answers = reader(
            torch.from_numpy(ids), torch.from_numpy(types), torch.ones(ids.shape, dtype=torch.bool)
        )
    session = open_session(describe(reader.weights(), "fp32").SerializeToString())
    inputs = {"input_ids": ids.astype(np.int32), "token_types": types.astype(np.int32)}
    found = dict(zip(("span", "answers"), session.run(["span", "answers"], inputs), strict=True))
    np.testing.assert_allclose(found["span"][0], spans[0].numpy(), atol=2e-4)
    np.testing.assert_allclose(found["answers"].ravel(), answers.numpy(), atol=2e-4)


def test_a_few_steps_learn_the_answer_and_leave_the_words_alone():
    reader, tokenizer = _reader(), load_tokenizer()
    before = reader.weights()
    items = items_of(GROUP, tokenizer)
    told: list[str] = []
    schedule = Schedule(epochs=20, rate=2e-4, tokens=1, average=0.5)
    trained = fit(reader, [items], schedule, told.append)
    after = trained.weights()
    assert np.array_equal(before[FROZEN], after[FROZEN])
    assert not np.array_equal(before["span.weight"], after["span.weight"])
    with torch.inference_mode():
        item = items[0]
        ids = torch.from_numpy(item.ids.astype(np.int64))[None]
        types = (torch.arange(len(item.ids)) >= item.types_from).long()[None]
        spans, _ = trained(ids, types, torch.ones(ids.shape, dtype=torch.bool))
    first, last = item.spans[0]
    assert int(spans[0, item.text_from : -1, 0].argmax()) + item.text_from == first
    assert int(spans[0, item.text_from : -1, 1].argmax()) + item.text_from == last
    assert told


def test_batches_hold_every_group_once_in_one_shape_each():
    tokenizer = load_tokenizer()
    groups = [items_of(GROUP, tokenizer) for _ in range(7)]
    groups += [items_of(Group("What?", (RIGHT,)), tokenizer) for _ in range(3)]
    found = batches(groups, 200, np.random.default_rng(0))
    assert sum(len(batch) for batch in found) == 10
    for batch in found:
        assert len({(padded(group), len(group)) for group in batch}) == 1
