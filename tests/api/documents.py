"""Tells what a newer OpenAPI or AsyncAPI document breaks for whoever was promised an older one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from tests.api.schemas import Comparison, Schema, Use, resolved

Document = Mapping[str, Any]
_METHODS: Final = ("get", "put", "post", "delete", "options", "head", "patch", "trace")


def openapi_breaks(old: Document, new: Document) -> list[str]:
    """Return what callers of the old HTTP API meet in the new one, one sentence each."""
    return list(_OpenApi(Comparison(old, new)).breaks())


def asyncapi_breaks(old: Document, new: Document) -> list[str]:
    """Return what an end that speaks the old messages meets among those that speak the new ones."""
    return list(_AsyncApi(Comparison(old, new)).breaks())


class _Pair:
    """Two documents, and the comparison of what their schemas say."""

    def __init__(self, schemas: Comparison) -> None:
        self.old, self.new = schemas.old, schemas.new
        self._schemas = schemas

    def schema(self, old: Schema, new: Schema, use: Use, where: str) -> Iterator[str]:
        for one in self._schemas.differences(old, new, where):
            if one.breaks(use):
                yield str(one)

    def both(self, old: Document, new: Document, where: str) -> Iterator[tuple[str, str, Document, Document]]:
        """Yield what stands in both under the same name: the name, where it is, the two of it."""
        for name in old:
            if name in new:
                before, after = resolved(self.old, old[name]), resolved(self.new, new[name])
                yield name, f"{where} {name}".strip(), before, after


class _OpenApi(_Pair):
    def breaks(self) -> Iterator[str]:
        yield from _gone(self.old["paths"], self.new["paths"], "")
        for path, _, before, after in self.both(self.old["paths"], self.new["paths"], ""):
            for method in _METHODS:
                where = f"{method.upper()} {path}"
                if method in before and method not in after:
                    yield f"{where}: is gone"
                elif method in before:
                    yield from self._operation(before[method], after[method], where)

    def _operation(self, old: Document, new: Document, where: str) -> Iterator[str]:
        if old["operationId"] != new["operationId"]:
            yield f"{where}: was called {old['operationId']}, is called {new['operationId']}"
        if any(way not in new.get("security", [{}]) for way in old.get("security", [{}])):
            yield f"{where}: whom it lets in was {old.get('security')}, is {new.get('security')}"
        yield from self._parameters(old, new, where)
        yield from self._body(old.get("requestBody", {}), new.get("requestBody", {}), f"{where} body")
        yield from self._answers(old["responses"], new["responses"], where)

    def _parameters(self, old: Document, new: Document, where: str) -> Iterator[str]:
        olds, news = (
            {f"{one['in']} {one['name']}": one for one in side.get("parameters", ())} for side in (old, new)
        )
        yield from _gone(olds, news, where)
        for name in news.keys() - olds.keys():
            if news[name].get("required"):
                yield f"{where} {name}: is new and required"
        for _, inside, before, after in self.both(olds, news, where):
            if after.get("required") and not before.get("required"):
                yield f"{inside}: was optional, is required"
            yield from self.schema(before["schema"], after["schema"], Use.TAKEN, inside)

    def _body(self, old: Document, new: Document, where: str) -> Iterator[str]:
        if new.get("required") and not old.get("required"):
            yield f"{where}: is required"
        yield from self._contents(old, new, Use.TAKEN, where)

    def _answers(self, old: Document, new: Document, where: str) -> Iterator[str]:
        yield from _gone({status: one for status, one in old.items() if status < "400"}, new, where)
        for _, inside, before, after in self.both(old, new, where):
            yield from _gone(before.get("headers", {}), after.get("headers", {}), inside)
            yield from self._contents(before, after, Use.GIVEN, inside)

    def _contents(self, old: Document, new: Document, use: Use, where: str) -> Iterator[str]:
        olds, news = old.get("content", {}), new.get("content", {})
        yield from _gone(olds, news, where)
        for media, inside, before, after in self.both(olds, news, where):
            place = where if media == "application/json" else inside
            yield from self.schema(before.get("schema", {}), after.get("schema", {}), use, place)


class _AsyncApi(_Pair):
    def breaks(self) -> Iterator[str]:
        yield from _gone(self.old["servers"], self.new["servers"], "server")
        for _, where, old, new in self.both(self.old["servers"], self.new["servers"], "server"):
            yield from _same(old, new, ("protocol", "protocolVersion", "security"), where)
            binding, bound = old["bindings"]["mqtt"], new["bindings"]["mqtt"]
            yield from _same(binding, bound, ("cleanSession", "clientId"), where)
            will, willed = binding.get("lastWill", {}), bound.get("lastWill", {})
            yield from _same(will, willed, ("qos", "retain"), f"{where} will")
        yield from _gone(self.old["channels"], self.new["channels"], "channel")
        for _, where, old, new in self.both(self.old["channels"], self.new["channels"], "channel"):
            yield from _same(old, new, ("address",), where)
            yield from _gone(old["messages"], new["messages"], where)
            for _, inside, said, says in self.both(old["messages"], new["messages"], where):
                yield from _same(said, says, ("contentType",), inside)
                yield from self.schema(said["payload"], says["payload"], Use.EXCHANGED, inside)
        yield from _gone(self.old["operations"], self.new["operations"], "operation")
        for _, where, old, new in self.both(self.old["operations"], self.new["operations"], "operation"):
            yield from _same(old, new, ("action", "channel"), where)
            yield from _same(old["bindings"]["mqtt"], new["bindings"]["mqtt"], ("qos", "retain"), where)


def _gone(old: Document, new: Document, where: str) -> Iterator[str]:
    for name in old:
        if name not in new:
            yield f"{where} {name}".strip() + ": is gone"


def _same(old: Document, new: Document, keys: tuple[str, ...], where: str) -> Iterator[str]:
    for key in keys:
        if old.get(key) != new.get(key):
            yield f"{where}: {key} was {old.get(key)}, is {new.get(key)}"
