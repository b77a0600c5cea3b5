"""The configured language model, over a real socket against a local server."""

from __future__ import annotations

import asyncio
import gzip
import json
import logging
import socket
import subprocess
import sys
import traceback
from collections.abc import Sequence
from typing import Any

import pytest
from llama_index.core.llms import ChatMessage

from qa.errors import BadConfiguration
from qa.llm import LLMFailed, configured_llm, parse_address, tokens_of
from qa.settings import Settings
from tests.llm_server import (
    STALLS,
    Reply,
    Request,
    fails,
    llm_server,
    says,
    watched_connections,
)

KEY = "sk-zqcanaryqz-0123456789"
SOON = {"retry_after": "0.01"}
PATIENT = 60.0


def ask(llm: Any, text: str = "who?") -> str:
    return llm.chat([ChatMessage(role="user", content=text)]).message.content


def failing(replies: Sequence[Reply], timeout: float = PATIENT, **options: Any) -> tuple[str, int]:
    """(the error, in full as a log would show it; how often the server was asked)"""
    with llm_server(replies) as server:
        llm = configured_llm(server.spec, KEY, timeout, **options)
        with pytest.raises(LLMFailed) as failed:
            ask(llm)
    shown = "".join(traceback.format_exception(failed.value))
    assert KEY not in shown
    return str(failed.value), len(server.asked)


def test_a_question_is_sent_as_a_chat_at_temperature_0() -> None:
    with llm_server([says("Ada Lovelace.")]) as server:
        llm = configured_llm(server.spec, KEY)
        assert server.asked == []
        response = llm.chat([ChatMessage(role="user", content="who?")])
    assert response.message.content == "Ada Lovelace."
    assert tokens_of(response) == {"prompt_tokens": 120, "completion_tokens": 7}
    [asked] = server.asked
    assert asked.path == "/v1/chat/completions"
    assert asked.body["model"] == "stub" and asked.body["temperature"] == 0
    assert asked.body["messages"] == [{"role": "user", "content": "who?"}]
    assert asked.headers["authorization"] == f"Bearer {KEY}"


def test_every_way_of_asking_is_the_same() -> None:
    message = [ChatMessage(role="user", content="who?")]

    async def asynchronously(llm: Any) -> list[str]:
        chat = await llm.achat(message)
        complete = await llm.acomplete("who?")
        deltas = [part.delta async for part in await llm.astream_chat(message)]
        return [chat.message.content, complete.text, "".join(deltas)]

    with llm_server([says(f"Ada {KEY}")]) as server:
        llm = configured_llm(server.spec, KEY)
        texts = [
            ask(llm),
            llm.complete("who?").text,
            "".join(part.delta for part in llm.stream_chat(message)),
            "".join(part.delta for part in llm.stream_complete("who?")),
            *asyncio.run(asynchronously(llm)),
        ]
    assert texts == ["Ada [the API key]"] * 7


def test_nothing_of_the_environment_is_sent(monkeypatch) -> None:
    foreign = "zqforeignqz"
    for name in ("API_KEY", "ADMIN_KEY", "ORG_ID", "PROJECT_ID"):
        monkeypatch.setenv(f"OPENAI_{name}", foreign)
    monkeypatch.setenv("OPENAI_CUSTOM_HEADERS", f"X-Custom: {foreign}\nAuthorization: {foreign}")
    monkeypatch.setenv("OPENAI_BASE_URL", "http://127.0.0.1:9/")
    monkeypatch.setenv("OPENAI_API_BASE", "http://127.0.0.1:9/")
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9/")
    with llm_server([says("yes")]) as server:
        assert ask(configured_llm(server.spec, None)) == "yes"
        assert ask(configured_llm(server.spec, KEY)) == "yes"
    without, with_key = server.asked
    assert foreign not in str(server.asked)
    assert "authorization" not in without.headers
    assert with_key.headers["authorization"] == f"Bearer {KEY}"
    assert not [name for name in with_key.headers if name.startswith("x-")]


def test_only_the_configured_server_is_reached() -> None:
    with watched_connections() as reached, llm_server([says("yes")]) as server:
        llm = configured_llm(server.spec, KEY)
        ask(llm)
        llm.complete("who?")
    assert reached and [one for one in reached if "127.0.0.1" not in one] == []


def test_too_many_requests_are_sent_again() -> None:
    with llm_server([fails(429, **SOON), fails(503, **SOON), says("at last")]) as server:
        assert ask(configured_llm(server.spec, KEY, PATIENT)) == "at last"
    assert len(server.asked) == 3


def test_a_server_that_fails_for_good_is_asked_a_few_times() -> None:
    told, times = failing([fails(500, f"boom {KEY}", **SOON)])
    assert told.endswith("answered 500") and times == 3


@pytest.mark.parametrize("status", [400, 401, 403, 404, 413])
def test_what_would_fail_again_is_sent_once(status: int) -> None:
    told, times = failing([fails(status, f"your key {KEY} and the question: who?")])
    assert f"answered {status} (" in told and "who?" not in told
    assert times == 1


def test_the_servers_error_code_is_told_where_it_is_one() -> None:
    assert "model_not_found" in failing([fails(404, code="model_not_found")])[0]
    assert "hidden" not in failing([fails(404, code="Hidden in <b>code</b>")])[0]
    assert KEY not in failing([fails(404, code=KEY)])[0]


def test_a_wait_longer_than_the_timeout_is_not_begun() -> None:
    told, times = failing([fails(429, retry_after="100")])
    assert "answered 429" in told and times == 1
    told, times = failing([fails(429, retry_after="Fri, 31 Dec 2100 23:59:59 GMT")])
    assert "answered 429" in told and times == 1


def test_a_stalled_server_ends_in_a_clear_error() -> None:
    told, times = failing([STALLS], timeout=0.3)
    assert told.endswith("gave no answer within 0.3 s")
    assert times <= 1  # the time is for all attempts together


def test_an_answer_that_comes_byte_by_byte_does_not_take_for_ever() -> None:
    told, _ = failing([Reply(b" " * 100_000, drips=True)], timeout=0.3)
    assert told.endswith("gave no answer within 0.3 s")


def test_a_server_that_is_not_there_is_named() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # bound, and never listening
        url = f"http://127.0.0.1:{taken.getsockname()[1]}/v1"
        with pytest.raises(LLMFailed, match=rf"{url} can't be reached \(ConnectError"):
            ask(configured_llm(f"openai-like:{url}#stub", KEY, retries=0))


def test_redirects_are_not_followed() -> None:
    with llm_server([says("stolen")]) as other:
        moved = Reply(b"", 307, {"Location": f"{other.url}/chat/completions"})
        told, _ = failing([moved])
    assert "redirects are not followed" in told
    assert other.asked == []


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<html>a proxy's page</html>",
        b"{",
        b"[]",
        b"null",
        b'"text"',
        b"{}",
        b'{"choices": []}',
        b'{"choices": null}',
        b'{"choices": [{}]}',
        b'{"choices": [{"message": null}]}',
        b'{"choices": [{"message": {"role": "assistant", "content": {"a": 1}}}]}',
        b"[" * 100_000,
        b"\xff\xfe\x00",
    ],
)
def test_what_is_no_completion_is_an_error(body: bytes) -> None:
    told, times = failing([Reply(body)])
    assert "did not answer with a chat completion" in told and times == 1


def test_huge_and_packed_answers_are_not_read() -> None:
    huge = b" " * (5 << 20)
    assert "more than 4 MiB" in failing([Reply(huge)])[0]
    packed = Reply(gzip.compress(huge), headers={"Content-Encoding": "gzip"})
    assert "packed" in failing([packed])[0]


@pytest.mark.parametrize("usage", [None, {}, [], "7", {"prompt_tokens": "many"}])
def test_usage_that_is_no_count_is_left_out(usage: Any) -> None:
    with llm_server([says("yes", usage=usage)]) as server:
        response = configured_llm(server.spec, KEY).chat([ChatMessage(content="who?")])
    assert response.message.content == "yes"
    assert tokens_of(response) == {}


def test_lone_surrogates_go_neither_out_nor_in() -> None:
    with llm_server([says("a\ud800b \U0001f600")]) as server:
        assert ask(configured_llm(server.spec, KEY), "\ud83d who?\x00") == "a\ufffdb \U0001f600"
    assert server.asked[0].prompt == "\ufffd who?\x00"


def test_the_key_shows_nowhere(caplog) -> None:
    def echo(request: Request) -> Reply:
        return says(json.dumps(request.headers))

    settings = Settings(llm="openai-like:http://127.0.0.1:1#m", llm_api_key=KEY)
    assert KEY not in repr(settings) + settings.model_dump_json()
    caplog.set_level(logging.DEBUG)
    with llm_server(echo) as server:
        llm = configured_llm(server.spec, KEY)
        response = llm.chat([ChatMessage(role="user", content="what are you sent?")])
    assert "Bearer [the API key]" in response.message.content
    assert KEY not in repr(response) + str(response)
    assert KEY not in repr(llm) + str(llm) + llm.to_json()
    assert KEY not in caplog.text


def test_a_short_key_is_no_secret_and_no_answer_is_changed_for_it() -> None:
    with llm_server([says("The test failed.")]) as server:
        assert ask(configured_llm(server.spec, "test")) == "The test failed."


def test_the_address_is_read() -> None:
    address = parse_address("openai-like:http://127.0.0.1:11434/v1/#org/llama3.1:8b#q4")
    assert (address.url, address.model) == ("http://127.0.0.1:11434/v1", "org/llama3.1:8b#q4")
    assert address.is_local
    assert not parse_address("openai-like:https://models.example/v1#m").is_local


@pytest.mark.parametrize(
    "spec",
    [
        "",
        "gpt",
        "openai-like:",
        "openai-like:http://h/v1",
        "openai-like:http://h/v1#",
        "openai-like:#m",
        "openai-like:h:80#m",
        "openai-like:ftp://h#m",
        "openai-like:http://#m",
        "openai-like:http://h:port/v1#m",
        "openai-like:http://[h/v1#m",
        f"openai-like:http://u:{KEY}@h/v1#m",
        f"openai-like:http://h/v1?key={KEY}#m",
        "openai-like:http://h/v1\n#m",
        "openai-like:http://h/v1#m\x1b[31m",
        "openai-like:http://h/v1#" + "m" * 201,
        "openai-like:http://h\u00e9/v1#m",
    ],
)
def test_an_address_that_is_none_is_refused_unrepeated(spec: str) -> None:
    with pytest.raises(BadConfiguration, match="DATELINE_LLM") as refused:
        configured_llm(spec, KEY)
    assert KEY not in str(refused.value)


@pytest.mark.parametrize("kind", ["openai", "anthropic", "ollama"])
def test_kinds_that_are_to_come_say_so(kind: str) -> None:
    with pytest.raises(BadConfiguration, match="not there yet.*openai-like serves most"):
        configured_llm(f"{kind}:some-model", KEY)


@pytest.mark.parametrize("key", ["two words", "line\nbreak", "\u00fcml\u00e4ut"])
def test_a_key_that_no_header_can_carry_is_refused(key: str) -> None:
    with pytest.raises(BadConfiguration, match="DATELINE_LLM_API_KEY") as refused:
        configured_llm("openai-like:http://127.0.0.1:1/v1#m", key)
    assert key not in str(refused.value)


def test_without_the_extra_the_error_names_it() -> None:
    # In a process of its own, where the package can be made absent.
    program = (
        "import sys\n"
        "sys.modules['llama_index.llms.openai_like'] = None\n"
        "sys.modules['openai'] = None\n"
        "from qa.llm import configured_llm\n"
        "assert not [name for name in sys.modules if name.startswith('llama_index.core')]\n"
        "configured_llm('openai-like:http://127.0.0.1:1/v1#m', None)\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert "BadConfiguration" in done.stderr and "openai-like" in done.stderr
    assert "pip install 'dateline[openai-like]'" in done.stderr
