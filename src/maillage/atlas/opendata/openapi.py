"""What the API answers, for machines: OpenAPI 3.1."""

from typing import Any

from maillage.atlas.opendata.lists import ALL, LICENCE, LICENCE_ADDRESS, VERSION, OpenList
from maillage.lib.tableschema import json_schema_of

ADDRESS = {"type": "string", "format": "uri"}
LAST_PAGE = 9_999_999  # seven figures are read, no more
MAYBE_ADDRESS = {"type": ["string", "null"], "format": "uri"}


def describe_api(base: str, most: int) -> dict[str, Any]:
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Maillage : données ouvertes d’un atlas",
            "version": VERSION,
            "description": "Territoires, contrats de ville, expériences et rencontres publiques. En lecture seule, "
            "sans clé. Aucune personne n’y figure.",
            "license": {"name": LICENCE, "url": LICENCE_ADDRESS},
        },
        "servers": [{"url": base}],
        "paths": {
            "/api/v1/{space}/": _index(),
            **{f"/api/v1/{{space}}/{asked.name}": _list(asked, most) for asked in ALL},
        },
        "components": {
            "parameters": {
                "space": {
                    "name": "space",
                    "in": "path",
                    "required": True,
                    "description": "Le nom court de l’espace, tel que dans l’adresse de son atlas.",
                    "schema": {"type": "string"},
                },
                "page": {
                    "name": "page",
                    "in": "query",
                    "description": f"Le numéro de la page, à partir de 1 ; {most} lignes par page.",
                    "schema": {"type": "integer", "minimum": 1, "maximum": LAST_PAGE, "default": 1},
                },
                "departement": {
                    "name": "departement",
                    "in": "query",
                    "description": "Un code de département : 67, 2A, 974.",
                    "schema": {"type": "string", "pattern": "^([0-9]{2,3}|2[AB])$"},
                },
            },
            "responses": {
                "refused": {
                    "description": "Refusé, et pourquoi, en une phrase.",
                    "content": {"application/json": {"schema": {"$ref": "#/components/schemas/error"}}},
                },
                "same": {"description": "Rien n’a changé depuis l’ETag donné."},
            },
            "schemas": {
                "error": {
                    "type": "object",
                    "required": ["error"],
                    "properties": {
                        "error": {
                            "type": "object",
                            "required": ["status", "code", "sentence"],
                            "properties": {
                                "status": {"type": "integer"},
                                "code": {"type": "string"},
                                "sentence": {"type": "string"},
                            },
                        }
                    },
                },
                "lists": {
                    "type": "object",
                    "required": ["space", "title", "licence", "lists"],
                    "properties": {
                        "space": {"type": "string"},
                        "title": {"type": "string"},
                        "licence": {"type": "string"},
                        "lists": {"type": "array", "items": {"type": "object"}},
                    },
                },
                "links": {
                    "type": "object",
                    "required": ["self", "first", "prev", "next", "last"],
                    "properties": {
                        "self": ADDRESS,
                        "first": ADDRESS,
                        "prev": MAYBE_ADDRESS,
                        "next": MAYBE_ADDRESS,
                        "last": ADDRESS,
                    },
                },
                **{asked.name: json_schema_of(asked.columns) for asked in ALL},
            },
        },
    }


def _answers(schema: dict[str, Any]) -> dict[str, Any]:
    refused = {"$ref": "#/components/responses/refused"}
    return {
        "200": {"description": "Trouvé.", "content": {"application/json": {"schema": schema}}},
        "304": {"$ref": "#/components/responses/same"},
        "400": refused,
        "404": refused,
        "405": refused,
    }


def _index() -> dict[str, Any]:
    return {
        "parameters": [{"$ref": "#/components/parameters/space"}],
        "get": {
            "operationId": "lists",
            "summary": "Les listes d’un espace",
            "responses": _answers({"$ref": "#/components/schemas/lists"}),
        },
    }


def _list(asked: OpenList, most: int) -> dict[str, Any]:
    names = ["space", "page", *(["departement"] if asked.of_department else [])]
    page = {
        "type": "object",
        "required": ["list", "licence", "schema", "total", "page", "pages", "links", "data"],
        "properties": {
            "list": {"const": asked.name},
            "licence": {"type": "string"},
            "schema": ADDRESS,
            "total": {"type": "integer"},
            "page": {"type": "integer"},
            "pages": {"type": "integer"},
            "links": {"$ref": "#/components/schemas/links"},
            "data": {"type": "array", "maxItems": most, "items": {"$ref": f"#/components/schemas/{asked.name}"}},
        },
    }
    return {
        "parameters": [{"$ref": f"#/components/parameters/{name}"} for name in names],
        "get": {
            "operationId": asked.name,
            "summary": str(asked.title),
            "description": str(asked.about),
            "responses": _answers(page),
        },
    }
