"""Everything a person may configure: `DATELINE_*` variables over one TOML file over defaults.

Read when a command starts, never at import. The TOML file is `dateline.toml` in the
current folder, or the one that DATELINE_CONFIG names.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic import Field, SecretStr, ValidationError
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

from index.config import IndexConfig
from qa.config import Thoroughness
from qa.errors import BadConfiguration

DEFAULT_FILE = "dateline.toml"


class Settings(BaseSettings):
    """One field per variable: `data` is DATELINE_DATA, or `data = "…"` in the file."""

    model_config = SettingsConfigDict(env_prefix="DATELINE_", extra="ignore", frozen=True)

    data: Path = Field(Path(".dateline"), description="The folder that holds everything")
    chroma_url: str | None = Field(
        None, description="A Chroma server, http://host:port; without it Chroma is embedded"
    )
    collection: str = Field(
        "dateline", min_length=3, max_length=512, description="Chroma's collection"
    )
    threads: int = Field(
        0, ge=0, le=256, description="Threads of the embedding model; 0: one per core"
    )
    passage_tokens: int = Field(
        200, ge=32, le=210, description="Most tokens of a passage; for new data folders"
    )
    title_tokens: int = Field(
        40, ge=0, le=44, description="Most tokens of the title embedded with it; likewise"
    )
    reading: Thoroughness = Field(
        "full", description="How much is read for a question: full or fast, which reads less"
    )
    host: str = Field("127.0.0.1", description="Where `dateline serve` listens")
    port: int = Field(8000, ge=0, le=65535, description="Its port; 0: any free one")
    kept_answers: int = Field(
        10_000,
        ge=0,
        le=10_000_000,
        description="The latest answers of the service, kept for feedback and for "
        "`dateline eval annotate`, and as many turns of conversations; 0: none, and those kept "
        "before are deleted",
    )
    conversation_turns: int = Field(
        200, ge=1, le=10_000, description="Most turns of a conversation; then a new one is begun"
    )
    conversations: int = Field(
        10_000,
        ge=1,
        le=1_000_000,
        description="Most conversations of one API key, or of all who ask without keys",
    )
    conversation_days: int = Field(
        30,
        ge=0,
        le=36_500,
        description="Days that a conversation is kept after its last turn; 0: for ever. Answers "
        "with feedback stay, of no conversation",
    )
    api_keys: SecretStr | None = Field(
        None,
        description="Keys of the service, separated by commas, each of 16 or more characters; "
        "each sees its own conversations alone. Without any, nobody needs one",
    )
    max_body_mb: int = Field(
        64, ge=1, le=1024, description="Largest article that POST /articles takes, in MiB"
    )
    llm: str | None = Field(
        None, description="A language model, openai-like:URL#MODEL; without it none is asked"
    )
    llm_api_key: SecretStr | None = Field(None, description="The key for it, where it wants one")

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        file = os.environ.get("DATELINE_CONFIG") or DEFAULT_FILE
        return init_settings, env_settings, TomlConfigSettingsSource(settings_cls, Path(file))

    @property
    def index(self) -> IndexConfig:
        """The part that indexing and storing read."""
        return IndexConfig(
            data=self.data.expanduser(),
            chroma_url=self.chroma_url or None,
            collection=self.collection,
            passage_tokens=self.passage_tokens,
            title_tokens=self.title_tokens,
            threads=self.threads,
        )


def read_settings(changes: Mapping[str, Any] | None = None) -> Settings:
    """The settings, with `changes` from the command line over everything else.

    Raises `BadConfiguration`, which names the variable and never its value.
    """
    named = os.environ.get("DATELINE_CONFIG")
    if named and not Path(named).is_file():
        raise BadConfiguration("DATELINE_CONFIG names a file that is not there.")
    try:
        return Settings(**{k: v for k, v in (changes or {}).items() if v is not None})
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        name = "_".join(str(part) for part in first["loc"])
        raise BadConfiguration(
            f"The setting {name} (DATELINE_{name.upper()}) can't be used: {first['msg']}."
        ) from None
    except ValueError as error:  # the TOML file itself
        raise BadConfiguration(f"The configuration file can't be read: {error}.") from None
