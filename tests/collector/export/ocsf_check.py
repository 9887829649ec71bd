"""Looks at objects by a part of OCSF 1.8.0: the classes and objects that we write, with what they must have.

`ocsf-1.8.0.json` was taken from the published schema (schema.ocsf.io, Apache-2.0); attributes that are not in it are
faults here.
"""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

SCHEMA = json.loads((Path(__file__).parent / "ocsf-1.8.0.json").read_text("utf-8"))
TYPES = {"string_t": str, "integer_t": int, "long_t": int, "timestamp_t": int, "boolean_t": bool, "float_t": float}


def faults(document: Mapping[str, Any]) -> list[str]:
    """What is wrong with an event."""
    spec = SCHEMA["classes"].get(str(document["class_uid"]))
    if spec is None:
        return [f"class {document['class_uid']}"]
    wrong = list(_faults("", spec, document))
    if document["type_uid"] != 100 * document["class_uid"] + document["activity_id"]:
        wrong.append("type_uid")
    return wrong


def _faults(where: str, spec: Mapping[str, Any], value: Mapping[str, Any]) -> Iterator[str]:
    attributes = spec["attributes"]
    yield from (f"{where}.{name} is not known" for name in value.keys() - attributes.keys())
    yield from (f"{where}.{name} is wanted" for name, a in attributes.items() if "required" in a and name not in value)
    one_of = spec.get("constraints", {}).get("at_least_one", ())
    if one_of and not set(one_of) & value.keys():
        yield f"{where} has none of {one_of}"
    for name in value.keys() & attributes.keys():
        yield from _attribute(f"{where}.{name}", attributes[name], value[name])


def _attribute(where: str, spec: Mapping[str, Any], value: Any) -> Iterator[str]:
    if spec.get("array", False) != isinstance(value, list) and spec["type"] != "json_t":
        yield f"{where} is {'no' if 'array' in spec else 'a'} list"
        return
    for each in value if isinstance(value, list) else [value]:
        if spec["type"] == "object_t":
            if not isinstance(each, dict):
                yield f"{where} is no object"
            elif spec["object"] != "object":
                yield from _faults(where, SCHEMA["objects"].get(spec["object"], {"attributes": {}}), each)
        elif spec["type"] != "json_t" and type(each) is not TYPES[spec["type"]]:
            yield f"{where} is {each!r}, no {spec['type']}"
        elif "enum" in spec and each not in spec["enum"]:
            yield f"{where} is {each!r}"
