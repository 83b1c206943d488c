"""The OpenAPI document for people: one plain page, made here, that needs no scripts."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from html import escape
from typing import Any, Final

Json = Mapping[str, Any]
_PAGE: Final = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}: HTTP API</title>
<link rel="icon" href="/static/icon.svg">
<link rel="stylesheet" href="/static/page.css">
<link rel="stylesheet" href="/static/docs.css">
</head>
<body>
<header class="head"><h1><a href="/">Bench</a></h1><p class="vin">HTTP API {version}</p>
<a href="/openapi.json">openapi.json</a></header>
<main class="docs">
<div class="about">{about}</div>
<nav aria-label="Operations">{contents}</nav>
{sections}
<h2 class="group">Answers</h2>
{answers}
</main>
</body>
</html>
"""


def page(document: Json) -> str:
    """Return the page for a document of ``vehicle_sim.bench.openapi``."""
    groups: dict[str, list[tuple[str, str, Json]]] = {tag["name"]: [] for tag in document["tags"]}
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            groups[operation["tags"][0]].append((method.upper(), path, operation))
    schemas = document["components"]["schemas"]
    return _PAGE.format(
        title=escape(document["info"]["title"]),
        version=escape(document["info"]["version"]),
        about=_words(document["info"]["description"]),
        contents="".join(_contents(name, operations) for name, operations in groups.items()),
        sections="".join(
            f"<h2 class='group'>{escape(name)}</h2>{''.join(_section(one, schemas) for one in operations)}"
            for name, operations in groups.items()
        ),
        answers="".join(
            f'<section class="card" id="{name}"><h3>{name}</h3>{_of(schemas[name], "", schemas)}</section>'
            for name in sorted(_answered(groups.values()))
        ),
    )


def _answered(groups: Iterable[list[tuple[str, str, Json]]]) -> Iterator[str]:
    """Yield the names of all answers, each once."""
    found = (
        _name(content["schema"])
        for operations in groups
        for _, _, told in operations
        for status, answer in told["responses"].items()
        if (content := answer.get("content", {}).get("application/json")) and status != "default"
    )
    yield from dict.fromkeys(found)


def _name(schema: Json) -> str:
    return str(schema["$ref"]).rpartition("/")[2]


def _contents(name: str, operations: list[tuple[str, str, Json]]) -> str:
    links = "".join(
        f'<li><a href="#{told["operationId"]}"><code>{method}</code> {_address(path)}</a></li>'
        for method, path, told in operations
    )
    return f"<section><h2>{escape(name)}</h2><ul>{links}</ul></section>"


def _section(operation: tuple[str, str, Json], schemas: Json) -> str:
    method, path, told = operation
    parts = [
        f'<section class="card" id="{told["operationId"]}">',
        f"<h3><code>{method}</code> {_address(path)}</h3>",
        f"<p>{_inline(told['summary'])}.</p>",
        _words(told.get("description", "")),
    ]
    asked = [one for one in told["parameters"] if one["in"] == "query"]
    if asked:
        rows = [(one["name"], _type(one["schema"], schemas), one["description"]) for one in asked]
        parts.append(_table("Query", rows))
    if "requestBody" in told:
        parts.append(_of(told["requestBody"]["content"]["application/json"]["schema"], "Body", schemas))
    for status, answer in told["responses"].items():
        if status == "default":
            continue
        content = answer.get("content", {})
        if content.get("application/json"):
            name = _name(content["application/json"]["schema"])
            parts.append(f'<p class="answer">{status} <a href="#{name}">{name}</a></p>')
        else:
            what = ", ".join(content) or answer["description"]
            parts.append(f'<p class="answer">{status} {escape(what)}</p>')
    return "".join([*parts, "</section>"])


def _of(schema: Json, title: str, schemas: Json) -> str:
    resolved = _resolved(schema, schemas)
    needed = resolved.get("required", ())
    rows = [
        (f"{name}{'' if name in needed or title != 'Body' else '?'}", _type(field, schemas), _about(field))
        for name, field in resolved.get("properties", {}).items()
    ]
    about = _inline(resolved.get("description", ""))
    return _table(title, rows) if rows else f"{_heading(title)}<p>{about}</p>"


def _table(title: str, rows: list[tuple[str, str, str]]) -> str:
    return f"{_heading(title)}<dl>{''.join(_row(*row) for row in rows)}</dl>"


def _heading(title: str) -> str:
    return f"<h4>{escape(title)}</h4>" if title else ""


def _row(name: str, kind: str, about: str) -> str:
    told = f"<dd><span>{escape(kind)}</span> {_inline(about)}</dd>"
    return f"<div><dt><code>{escape(name)}</code></dt>{told}</div>"


def _about(field: Json) -> str:
    return str(field.get("description", ""))


def _type(schema: Json, schemas: Json) -> str:
    """Return in a few words what a value looks like."""
    return " or ".join(dict.fromkeys(_kinds(_resolved(schema, schemas), schemas))) or "anything"


def _kinds(schema: Json, schemas: Json) -> Iterator[str]:
    for one in schema.get("anyOf", ()):
        yield from _kinds(_resolved(one, schemas), schemas)
    if "enum" in schema:
        yield " | ".join(map(str, schema["enum"]))
    elif "const" in schema:
        yield str(schema["const"])
    elif schema.get("type") == "array":
        items = schema.get("items")
        yield f"list of {_type(items, schemas)}" if items else "list"
    elif schema.get("type") == "object" and "properties" in schema:
        yield "{" + ", ".join(schema["properties"]) + "}"
    elif "type" in schema:
        yield str(schema.get("format", schema["type"]))


def _resolved(schema: Json, schemas: Json) -> Json:
    while "$ref" in schema:
        schema = schemas[schema["$ref"].rpartition("/")[2]]
    return schema


def _address(path: str) -> str:
    return re.sub(r"\{(\w+)\}", r"<i>\1</i>", escape(path))


def _words(text: str) -> str:
    return "".join(f"<p>{_inline(one)}</p>" for one in text.strip().split("\n\n") if one)


def _inline(text: str) -> str:
    return re.sub(r"``?([^`]+)``?", r"<code>\1</code>", escape(text))
