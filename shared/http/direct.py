"""Routes for hundreds of requests a second: pydantic reads the body from its bytes, and nothing else is looked for.

FastAPI reads a request for whatever a signature may ask: it makes dictionaries of the JSON and then the model of them,
parses the media type, and solves dependencies. For a route that asks for a body, parameters of the path and headers,
this costs more than its rules (docs/performance.md). A request that is not right goes FastAPI's way, so every mistake
has the same answer as anywhere else.
"""

from collections.abc import Callable, Coroutine
from typing import Any, Final

from fastapi.dependencies.utils import request_params_to_args
from fastapi.routing import APIRoute
from pydantic import TypeAdapter, ValidationError
from starlette.requests import Request
from starlette.responses import Response

_JSON: Final = "application/json"
_Handler = Callable[[Request], Coroutine[Any, Any, Response]]


class DirectRoute(APIRoute):
    """The `route_class=` of routers with busy routes.

    It concerns routes whose parameters are of the path, headers, `request` and, except for GET, one JSON body, without
    dependencies, and which return a `Response`; all others of the router are FastAPI's own.
    """

    def get_route_handler(self) -> _Handler:
        """FastAPI: how a request is handled."""
        usual, dependant, endpoint = super().get_route_handler(), self.dependant, self.endpoint
        others = (dependant.dependencies, dependant.query_params, dependant.cookie_params)
        if any(others) or self._embed_body_fields or not dependant.request_param_name:
            return usual
        if self.body_field is None:
            return self._without_body(usual)
        body_name, request_name = self.body_field.name, dependant.request_param_name
        model: Any = self.body_field.field_info.annotation
        body_model: TypeAdapter[Any] = TypeAdapter(model)

        async def handler(request: Request) -> Response:
            if request.headers.get("content-type") != _JSON:
                return await usual(request)
            path, wrong = request_params_to_args(dependant.path_params, request.path_params)
            headers, wrong_headers = request_params_to_args(dependant.header_params, request.headers)
            try:
                body = body_model.validate_json(await request.body())
            except ValidationError:
                return await usual(request)
            if wrong or wrong_headers:
                return await usual(request)
            response: Response = await endpoint(**path, **headers, **{body_name: body, request_name: request})
            return response

        return handler

    def _without_body(self, usual: _Handler) -> _Handler:
        dependant, endpoint = self.dependant, self.endpoint
        request_name = dependant.request_param_name
        if self.methods != {"GET"} or request_name is None:
            return usual

        async def handler(request: Request) -> Response:
            path, wrong = request_params_to_args(dependant.path_params, request.path_params)
            headers, wrong_headers = request_params_to_args(dependant.header_params, request.headers)
            if wrong or wrong_headers:
                return await usual(request)
            response: Response = await endpoint(**path, **headers, **{request_name: request})
            return response

        return handler
