"""The API as a Flask application of its own, described by what its endpoints take and answer."""

from collections.abc import Iterable
from functools import partial
from importlib import import_module

from flask import Response
from flask_openapi3.models.info import Info
from flask_openapi3.models.tag import Tag
from flask_openapi3.openapi import OpenAPI
from pydantic import BaseModel, ValidationError
from werkzeug.exceptions import HTTPException

from app import domains
from app.api.call import Auth, Caller, Endpoint
from app.api.problems import FieldFault, Problem, ProblemError, problem_response
from app.domains.domain import Domains
from app.settings import Settings
from app.web.refusals import log_fault
from core.db.database import Database
from core.security.keyring import Keyring
from core.sign_in.tokens import Signer

PREFIX = "/api/v1"
BODY_BYTES_MAXIMUM = 256 * 1024
_HTTP_PROBLEMS = {
    400: "not_json",
    404: "not_found",
    405: "method_not_allowed",
    413: "too_large",
    415: "not_json",
}
_ABOUT = (
    "What staff and phones do, by a program; and what is theirs, by people who signed in. Amounts"
    " are integers in minor units of an ISO 4217 currency; times are in UTC. Every POST takes an"
    " Idempotency-Key: sent again with the same key, a request is answered as it was, for 30 days."
)


def create_api(settings: Settings, database: Database, keys: Keyring) -> OpenAPI:
    """The API of an installation."""
    api = OpenAPI(
        "piga-api",
        static_folder=None,
        info=Info(title="Piga", version="1", description=_ABOUT),
        security_schemes={
            Auth.KEY.value: {"type": "http", "scheme": "bearer"},
            Auth.PERSON.value: {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"},
        },
        doc_ui=False,
        validation_error_callback=_invalid,
        validation_error_model=Problem,
    )
    api.config["MAX_CONTENT_LENGTH"] = BODY_BYTES_MAXIMUM
    api.url_map.merge_slashes = False
    signer = Signer(keys, settings.public_url or settings.url)
    caller = Caller(database, signer, settings.redis_url)
    for endpoint in load_endpoints(domains.load().endpoints):
        _add(api, endpoint, caller)
    api.register_error_handler(HTTPException, _http_problem)
    api.register_error_handler(Exception, _fault)
    api.add_url_rule(f"{PREFIX}/openapi.json", "openapi_json", lambda: api.api_doc)
    api.add_url_rule(f"{PREFIX}/jwks.json", "jwks", lambda: {"keys": signer.public_keys()})
    return api


def load_endpoints(modules: Iterable[str]) -> list[Endpoint]:
    """The endpoints that domains bring, by the modules that have them as ENDPOINTS."""
    return [endpoint for module in modules for endpoint in import_module(module).ENDPOINTS]


def load_scopes(loaded: Domains) -> list[str]:
    """What a key may have: the scopes of endpoints, and of lists that may be exported."""
    endpoints = load_endpoints(loaded.endpoints)
    scopes = {endpoint.scope for endpoint in endpoints if endpoint.auth is Auth.KEY}
    return sorted(scopes | {listing.api_scope for listing in loaded.listings.values()})


def _add(api: OpenAPI, endpoint: Endpoint, caller: Caller) -> None:
    """Make an endpoint a route. The library reads what it takes from the annotations."""
    parts = {
        "path": endpoint.path_model,
        "query": endpoint.query_model,
        "body": endpoint.body_model,
    }

    def view(**given: BaseModel) -> Response:
        return caller.answer(endpoint, given)

    view.__name__ = endpoint.view.__name__
    view.__doc__ = endpoint.view.__doc__
    view.__annotations__ = {name: model for name, model in parts.items() if model is not None}
    add = partial(
        getattr(api, endpoint.method.lower()),
        PREFIX + endpoint.path,
        tags=[Tag(name=tag) for tag in endpoint.tags],
        operation_id=endpoint.view.__name__,
        security=endpoint.security,
        responses=endpoint.responses,
    )
    add(openapi_extensions={"x-scope": endpoint.scope})(view)


def _invalid(error: ValidationError) -> Response:
    faults = [
        FieldFault(field=".".join(map(str, one["loc"])), detail=one["msg"])
        for one in error.errors(include_url=False, include_input=False, include_context=False)
    ]
    return problem_response(ProblemError("invalid", errors=faults))


def _http_problem(error: HTTPException) -> Response:
    return problem_response(ProblemError(_HTTP_PROBLEMS.get(error.code or 500, "not_found")))


def _fault(error: Exception) -> Response:
    log_fault("api call", error)
    return problem_response(ProblemError("fault"))
