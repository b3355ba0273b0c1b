"""Talking to the API as a program does."""

import json
from dataclasses import dataclass
from typing import Any

from django.test import Client

from accounts.models import User
from accounts.tests.factories import bearer


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer: its status, its headers, and its body as JSON (None without one)."""

    status: int
    headers: dict[str, str]
    body: Any
    content: bytes

    def errors(self) -> dict[str, str]:
        """What a problem says is wrong, by field."""
        assert self.headers["Content-Type"] == "application/problem+json", self.body
        return {error["field"]: error["message"] for error in self.body["errors"]}

    def hints(self) -> dict[str, str]:
        """What a problem says to do, by field."""
        return {error["field"]: error.get("hint", "") for error in self.body["errors"]}

    def ids(self) -> list[int]:
        """The jobs of a list."""
        return [job["id"] for job in self.body["results"]]


class Api:
    """The API, for one person."""

    def __init__(self, person: User) -> None:
        self.person = person
        self._client = Client(headers=bearer(person), raise_request_exception=False)

    def get(self, path: str, **headers: str) -> Answer:
        return self.send("GET", path, None, headers)

    def post(self, path: str, body: Any = None, **headers: str) -> Answer:
        return self.send("POST", path, body, headers)

    def patch(self, path: str, body: Any, **headers: str) -> Answer:
        return self.send("PATCH", path, body, headers)

    def delete(self, path: str, **headers: str) -> Answer:
        return self.send("DELETE", path, None, headers)

    def send(self, method: str, path: str, body: Any, headers: dict[str, str]) -> Answer:
        """`body`: bytes as they are, anything else as JSON, None for no body."""
        data = body if isinstance(body, bytes) else b"" if body is None else json.dumps(body).encode()
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        content_type = named.pop("Content-Type", "application/json" if data else "")
        response = self._client.generic(
            method, f"/api/{path}", data, content_type=content_type, headers=named
        )
        content = b"".join(response) if response.streaming else response.content
        is_json = "json" in response.headers.get("Content-Type", "") and not response.streaming
        return Answer(
            response.status_code, dict(response.headers), json.loads(content) if is_json else None, content
        )
