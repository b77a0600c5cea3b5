"""A running service, by URL: what its users get, network included."""

from __future__ import annotations

import json
from typing import Any

from eval.ask_service import ServiceFailed, ask, call, new_client
from eval.records import Prediction
from eval.systems import Asked
from eval.systems.from_answer import prediction_of


class Service:
    """Implements `eval.systems.System`: each question is a `POST /ask`."""

    name = "service"
    most_jobs = 8

    def __init__(self, url: str, timeout_seconds: float = 30.0) -> None:
        self.url = url.rstrip("/")
        self._timeout = timeout_seconds
        self._client = new_client(timeout_seconds)

    def settings(self) -> dict[str, str]:
        """Asks the service whether it is ready. Raises `ServiceFailed`."""
        address = f"{self.url}/health/ready"
        received = call(self._client, "GET", address, self._timeout)
        try:
            ready = json.loads(received)
        except (ValueError, RecursionError):
            ready = None
        if not isinstance(ready, dict):
            raise ServiceFailed(f"{address} did not answer with a JSON object.")
        known = ("index_version", "embedding_model")
        return {"url": self.url, **{key: str(ready[key]) for key in known if ready.get(key)}}

    def answer(self, asked: Asked) -> Prediction:
        filters = asked.filters
        body: dict[str, Any] = {"question": asked.question}
        if asked.as_of:
            body["as_of"] = asked.as_of.isoformat()
        if asked.conversation_id:
            body["conversation_id"] = asked.conversation_id
        chosen = {
            "sources": list(filters.sources),
            "published_from": filters.published_from and filters.published_from.isoformat(),
            "published_to": filters.published_to and filters.published_to.isoformat(),
        }
        if filters:
            body["filters"] = {key: value for key, value in chosen.items() if value}
        return prediction_of(ask(self._client, self.url, body, self._timeout))

    def close(self) -> None:
        self._client.close()
