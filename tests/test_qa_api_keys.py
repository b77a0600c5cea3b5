"""API keys: which are good ones, whose a presented one is, and that none is told to anybody."""

from __future__ import annotations

import hashlib
import re

import pytest
from pydantic import SecretStr

from qa.api_keys import ApiKeys
from qa.errors import BadConfiguration
from qa.settings import Settings, read_settings

FIRST, SECOND = "first-key-0123456789", "second~key!9876543210"


@pytest.mark.parametrize("setting", [None, "", "  ", SecretStr("")])
def test_without_a_setting_there_are_none(setting) -> None:
    keys = ApiKeys.parse(setting)
    assert not keys and len(keys) == 0
    assert keys.owner_of("") is None


def test_each_key_has_an_owner_of_its_own() -> None:
    keys = ApiKeys.parse(f" {FIRST},, {SECOND} ,{FIRST},")
    assert keys and len(keys) == 2
    assert keys.owner_of(FIRST) == hashlib.sha256(FIRST.encode()).hexdigest()[:32]
    assert re.fullmatch("[0-9a-f]{32}", keys.owner_of(SECOND) or "")
    assert keys.owner_of(FIRST) != keys.owner_of(SECOND)


@pytest.mark.parametrize(
    "presented",
    ["", " ", FIRST[:-1], FIRST + "x", FIRST.upper(), f"{FIRST},{SECOND}", " " + FIRST, "\ud800",
     "\x00", "é" * 20, "x" * 1_000_000, hashlib.sha256(FIRST.encode()).hexdigest()],
)  # fmt: skip
def test_what_is_no_key_has_no_owner(presented: str) -> None:
    assert ApiKeys.parse(f"{FIRST},{SECOND}").owner_of(presented) is None


@pytest.mark.parametrize(
    "bad",
    [
        "short-key-01234",
        "key with a space 0123",
        "schlüssel-0123456789",
        "tab\tkey-0123456789",
        "line\nkey-0123456789",
        "nul\x00key-0123456789",
        "\x7f-key-0123456789",
    ],
)
def test_a_bad_key_is_named_by_its_place_alone(bad: str) -> None:
    with pytest.raises(BadConfiguration, match="Key 3 of DATELINE_API_KEYS") as raised:
        ApiKeys.parse(f"{FIRST},,{bad}")
    assert bad not in str(raised.value) and FIRST not in str(raised.value)


def test_commas_alone_do_not_open_the_service_to_all() -> None:
    with pytest.raises(BadConfiguration, match="no key"):
        ApiKeys.parse(" , ,")


def test_no_key_is_shown(monkeypatch, tmp_path) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DATELINE_API_KEYS", f"{FIRST},{SECOND}")
    settings = read_settings()
    keys = ApiKeys.parse(settings.api_keys)
    assert keys.owner_of(SECOND) is not None
    for shown in (repr(settings), str(settings), settings.model_dump_json(), repr(keys), str(keys)):
        assert FIRST not in shown and SECOND not in shown
    assert FIRST not in repr(vars(keys))


def test_the_settings_of_conversations_and_keys() -> None:
    settings = Settings()
    assert (settings.conversation_turns, settings.conversations) == (200, 10_000)
    assert (settings.conversation_days, settings.api_keys) == (30, None)
    for name, value in (("conversation_turns", 0), ("conversations", 0), ("conversation_days", -1)):
        with pytest.raises(BadConfiguration, match=f"DATELINE_{name.upper()}"):
            read_settings({name: value})
