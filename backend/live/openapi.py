"""Puts what goes over `/ws/` into the API's description, so that it is documented and typed like the rest."""

from typing import Any, get_args, get_origin, get_type_hints

from drf_spectacular.plumbing import resolve_type_hint

from live.frames import Component, Frame, Message

JSONSchema = dict[str, Any]

UNIONS = {
    "LiveFrame": (
        Frame,
        "What the server sends over `/ws/`: JSON, told apart by `type`.",
    ),
    "LiveMessage": (
        Message,
        "What a browser sends over `/ws/`: JSON of at most 16 KiB.",
    ),
}


def describe_live_frames(result: JSONSchema, generator: object, request: object, public: bool) -> JSONSchema:
    """Add every frame and message to the description's schemas (a hook of drf-spectacular)."""
    schemas = result["components"]["schemas"]
    for name, (union, description) in UNIONS.items():
        members = get_args(union)
        schemas.update({member.__name__: _schema_of(member) for member in members})
        references = [{"$ref": f"#/components/schemas/{member.__name__}"} for member in members]
        schemas[name] = {"oneOf": references, "description": description}
    result["components"]["schemas"] = dict(sorted(schemas.items()))
    return result


def _schema_of(declared: type) -> JSONSchema:
    marked = get_type_hints(declared, include_extras=True)
    properties = {
        name: _component_of(marked[name]) or resolve_type_hint(hint)  # type: ignore[no-untyped-call]
        for name, hint in get_type_hints(declared).items()
    }
    return {
        "type": "object",
        "description": declared.__doc__,
        "properties": properties,
        "required": sorted(getattr(declared, "__required_keys__", ())),
        "additionalProperties": False,
    }


def _component_of(hint: object) -> JSONSchema | None:
    if get_origin(hint) is list and (each := _component_of(get_args(hint)[0])):
        return {"type": "array", "items": each}
    marks = [mark for mark in getattr(hint, "__metadata__", ()) if isinstance(mark, Component)]
    return {"$ref": f"#/components/schemas/{marks[0].name}"} if marks else None
