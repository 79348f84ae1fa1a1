"""The OpenAPI document: whole, true, and written from the declarations alone."""

import re
from typing import Any

import pytest

from tests.web.conftest import Running
from zerowaste.web.views import PUBLIC, declared_views


@pytest.fixture
def document(running: Running) -> dict[str, Any]:
    answer = running.client().get("/api/v1/openapi.json")
    assert (answer.status_code, answer.content_type) == (200, "application/json")
    content: dict[str, Any] = answer.json
    return content


def operations(document: dict[str, Any]) -> list[tuple[str, str, dict[str, Any]]]:
    return [
        (method.upper(), path, operation)
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
    ]


def test_it_lists_every_view_and_nothing_else(running: Running, document: dict[str, Any]) -> None:
    declared = {
        (view.method, re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", view.rule))
        for view in declared_views(running.app).values()
        if not view.page
    }
    assert {(method, path) for method, path, _ in operations(document)} == declared


def test_it_is_openapi_3_1_with_bearer_tokens(document: dict[str, Any]) -> None:
    assert document["openapi"] == "3.1.0"
    assert document["components"]["securitySchemes"] == {"bearer": {"type": "http", "scheme": "bearer"}}
    assert document["security"] == [{"bearer": []}]


def test_every_operation_documents_its_refusals(running: Running, document: dict[str, Any]) -> None:
    public = {
        name.replace(".", "_") for name, view in declared_views(running.app).items() if view.policy is PUBLIC
    }
    for _, path, operation in operations(document):
        statuses = set(operation["responses"])
        assert {"422", "429", "503"} <= statuses, path
        if operation["operationId"] in public:
            assert operation["security"] == []
        else:
            assert {"401", "403"} <= statuses, path
        if "requestBody" in operation:
            assert {"400", "409", "413", "415"} <= statuses, path
        if "{" in path:
            assert "404" in statuses, path


def test_every_reference_leads_somewhere(document: dict[str, Any]) -> None:
    schemas = document["components"]["schemas"]
    references = set(re.findall(r"'\$ref': '([^']+)'", repr(document)))
    assert references
    for reference in references:
        assert reference.removeprefix("#/components/schemas/") in schemas


def test_unknown_members_are_ruled_out_in_bodies(document: dict[str, Any]) -> None:
    body = document["paths"]["/api/v1/login"]["post"]["requestBody"]["content"]["application/json"]
    schema = document["components"]["schemas"][body["schema"]["$ref"].rpartition("/")[2]]
    assert schema["additionalProperties"] is False
    assert schema["required"] == ["login", "password"]


def test_operations_say_which_roles_may_use_them(document: dict[str, Any]) -> None:
    drivers_only = document["paths"]["/api/v1/probe/for-drivers"]["get"]
    assert drivers_only["x-roles"] == ["administrator", "driver"]


def test_a_parameter_that_may_be_left_out_is_not_null(document: dict[str, Any]) -> None:
    parameters = document["paths"]["/api/v1/sites"]["get"]["parameters"]
    kind = next(parameter for parameter in parameters if parameter["name"] == "kind")
    assert kind["required"] is False
    assert "null" not in repr(kind["schema"])


def test_the_page_behind_a_code_is_documented_at_the_root(document: dict[str, Any]) -> None:
    assert document["paths"]["/Q/{token}"]["get"]["security"] == []
