"""JSON answers by msgspec, and the one shape of every error."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final

import msgspec
import structlog
from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException

from tramgac_collector import refusals
from tramgac_collector.api.errors import ApiError

if TYPE_CHECKING:
    from collections.abc import Iterable

_LOG: Final = structlog.get_logger(__name__)
NDJSON: Final = "application/x-ndjson"
_DEMANDS: Final = frozenset({"ge", "gt", "le", "lt", "min_length", "max_length", "pattern", "expected"})
_ENCODER: Final = msgspec.json.Encoder(enc_hook=str)  # an enum or a path that slipped in becomes its text


def encode(value: object) -> bytes:
    """Encode a value as one line of JSON."""
    return _ENCODER.encode(value)


def answer(value: object, status: int = HTTPStatus.OK) -> Response:
    """Answer with JSON; never cached (the header stands in `api/headers.py`)."""
    return Response(encode(value), status, media_type="application/json")


def done() -> Response:
    """Answer 204: it is done and there is nothing to say."""
    return Response(status_code=HTTPStatus.NO_CONTENT)


def lines(values: Iterable[object]) -> Iterator[bytes]:
    """Encode values as JSON lines, about 64 kB at a time."""
    block = bytearray()
    for value in values:
        block += encode(value) + b"\n"
        if len(block) >= 1 << 16:
            yield bytes(block)
            block.clear()
    if block:
        yield bytes(block)


def problem(status: int, code: str, params: Mapping[str, object], headers: Mapping[str, str] | None = None) -> Response:
    """Answer with `{"error": code, "params": params}`."""
    body = encode({"error": code, "params": params})
    return Response(body, status, dict(headers or {}), media_type="application/json")


_REFUSED: Final[Mapping[type[refusals.Refusal], tuple[int, str]]] = {
    refusals.LoginDelayed: (429, "too_many_tries"),
    refusals.LoginRefused: (401, "login_refused"),
    refusals.AlertUnknown: (404, "not_found"),
    refusals.HostUnknown: (404, "not_found"),
    refusals.HoldUnknown: (404, "not_found"),
    refusals.ExceptionUnknown: (404, "not_found"),
    refusals.UserUnknown: (404, "not_found"),
    refusals.TokenUnknown: (404, "not_found"),
    refusals.AccessTokenUnknown: (404, "not_found"),
    refusals.RuleUnknown: (404, "not_found"),
    refusals.AlertChanged: (409, "conflict"),
    refusals.HostSpoke: (409, "conflict"),
    refusals.UserExists: (409, "conflict"),
    refusals.UserClosed: (409, "conflict"),
    refusals.ReasonMissing: (422, "reason_missing"),
    refusals.Refusal: (422, "refused"),
}
"""Status and code of what the control store refuses; a class that is not here has its parent's."""


def _refused(error: refusals.Refusal) -> Response:
    status, code = next(_REFUSED[kind] for kind in type(error).__mro__ if kind in _REFUSED)
    if isinstance(error, refusals.LoginDelayed):
        return problem(status, code, {"retry_after_s": error.seconds}, {"Retry-After": str(error.seconds)})
    if isinstance(error, refusals.LoginRefused):
        return problem(status, code, {})
    # This is for the command line; the page has its own sentence for the code.
    return problem(status, code, {"refusal": error.word, "reason": str(error), **error.params})


def _limits(error: Mapping[str, Any]) -> dict[str, object]:
    """Give what the model demands, such as {"le": 5}; nothing in it is the sender's."""
    return {name: value for name, value in error.get("ctx", {}).items() if name in _DEMANDS}


def install_handlers(app: FastAPI) -> None:
    """Give every error, also those of the framework, the one shape."""

    @app.exception_handler(ApiError)
    def told(_request: Request, error: ApiError) -> Response:
        return problem(error.status, error.code, error.params)

    @app.exception_handler(refusals.Refusal)
    def refused(_request: Request, error: refusals.Refusal) -> Response:
        return _refused(error)

    @app.exception_handler(RequestValidationError)
    def invalid(_request: Request, error: RequestValidationError) -> Response:
        # The values stay out: they are the sender's, and may be secrets or very long.
        fields = [
            {"at": ".".join(map(str, e["loc"])), "kind": e["type"], "limits": _limits(e)} for e in error.errors()[:20]
        ]
        return problem(HTTPStatus.UNPROCESSABLE_ENTITY, "refused", {"fields": fields})

    @app.exception_handler(HTTPException)
    def framework(_request: Request, error: HTTPException) -> Response:
        code = HTTPStatus(error.status_code).phrase.lower().replace(" ", "_")
        return problem(error.status_code, code, {}, error.headers)
