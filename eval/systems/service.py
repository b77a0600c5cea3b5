"""A running service, by URL: what its users get, network included."""

from __future__ import annotations

from typing import Any

import httpx
from pydantic import ValidationError

from eval.errors import EvalError
from eval.records import Prediction
from eval.systems import Asked
from eval.systems.from_answer import prediction_of
from qa.records import Answer


class ServiceFailed(EvalError):
    """The service gave no answer: it is down, slow, busy, or says what is wrong."""


class Service:
    """Implements `eval.systems.System`: each question is a `POST /ask`."""

    name = "service"
    most_jobs = 8

    def __init__(self, url: str, timeout_seconds: float = 30.0) -> None:
        self.url = url.rstrip("/")
        # Proxies of the environment are not for a service that was named outright.
        self._client = httpx.Client(
            base_url=self.url, timeout=timeout_seconds, trust_env=False, follow_redirects=False
        )

    def settings(self) -> dict[str, str]:
        """Asks the service whether it is ready. Raises `ServiceFailed`."""
        ready = self._json(self._send("GET", "/health/ready"))
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
        if any(chosen.values()):
            body["filters"] = {key: value for key, value in chosen.items() if value}
        answered = self._json(self._send("POST", "/ask", body))
        try:
            return prediction_of(Answer.model_validate(answered))
        except ValidationError as error:
            raise ServiceFailed(
                f"{self.url}/ask gave something else than an answer "
                f"({error.error_count()} fields are wrong or missing)"
            ) from None

    def close(self) -> None:
        self._client.close()

    def _send(self, method: str, path: str, body: dict[str, Any] | None = None) -> httpx.Response:
        try:
            response = self._client.request(method, path, json=body)
        except httpx.TimeoutException:
            raise ServiceFailed(f"{self.url}{path} did not answer in time") from None
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise ServiceFailed(
                f"{self.url}{path} can't be reached ({type(error).__name__}: {error})"
            ) from None
        if response.status_code != 200:
            raise ServiceFailed(f"{self.url}{path} answered {response.status_code}{_why(response)}")
        return response

    def _json(self, response: httpx.Response) -> dict[str, Any]:
        try:
            value = response.json()
        except (ValueError, RecursionError):
            value = None
        if not isinstance(value, dict):
            raise ServiceFailed(f"{response.url} did not answer with a JSON object")
        return value


def _why(response: httpx.Response) -> str:
    """The error's own words, where it has the service's form."""
    try:
        problem = response.json()
        return f": {problem['error_code']}, {problem['detail']}"[:300]
    except (ValueError, KeyError, TypeError, RecursionError):
        return ""
