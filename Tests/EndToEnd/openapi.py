"""Reads Docs/openapi.yaml and compares values with its schemas. Standard library only.

The reader knows the part of YAML that the document uses: block mappings and lists, flow collections on one line, quoted and plain
scalars, comments on lines of their own. Anything else is an error with its line.
"""

import json
import re


class YAMLError(Exception):
    pass


def scalar(text):
    if text.startswith('"'):
        return json.loads(text)
    if text in ("true", "false"):
        return text == "true"
    if re.fullmatch(r"-?[0-9]+", text):
        return int(text)
    if not text or text[0] in "'&*|>%@`!":
        raise YAMLError(f"not read: {text!r}")
    return text


class Flow:
    """`{a: b, c: [d]}` on one line."""

    def __init__(self, text):
        self.text = text
        self.at = 0

    def blanks(self):
        while self.at < len(self.text) and self.text[self.at] == " ":
            self.at += 1

    def take(self, character):
        self.blanks()
        if self.text[self.at : self.at + 1] != character:
            return False
        self.at += 1
        return True

    def word(self, stops):
        self.blanks()
        if self.text[self.at : self.at + 1] == '"':
            value, self.at = json.JSONDecoder().raw_decode(self.text, self.at)
            return value
        start = self.at
        while self.at < len(self.text) and not any(self.text.startswith(stop, self.at) for stop in stops):
            self.at += 1
        return scalar(self.text[start : self.at].strip())

    def value(self):
        if self.take("{"):
            result = {}
            while not self.take("}"):
                key = self.word([": "])
                if not self.take(":") or key in result:
                    raise YAMLError(f"a member at {self.at} of {self.text!r}")
                result[key] = self.value()
                if not self.take(",") and self.text[self.at : self.at + 1] != "}":
                    raise YAMLError(f"no comma at {self.at} of {self.text!r}")
            return result
        if self.take("["):
            result = []
            while not self.take("]"):
                result.append(self.value())
                if not self.take(",") and self.text[self.at : self.at + 1] != "]":
                    raise YAMLError(f"no comma at {self.at} of {self.text!r}")
            return result
        return self.word([",", "}", "]"])

    @classmethod
    def parse(cls, text):
        if not text.startswith(("{", "[")):
            return scalar(text)
        flow = cls(text)
        value = flow.value()
        flow.blanks()
        if flow.at != len(text):
            raise YAMLError(f"more after the value: {text!r}")
        return value


def load(text):
    lines = []
    for number, line in enumerate(text.splitlines(), 1):
        body = line.strip()
        if body and not body.startswith("#"):
            if "\t" in line or " #" in line:
                raise YAMLError(f"line {number}: a tab or a comment behind a value")
            lines.append((number, len(line) - len(line.lstrip(" ")), body))
    value, rest = block(lines, 0, 0)
    if rest != len(lines):
        raise YAMLError(f"line {lines[rest][0]}: indentation")
    return value


def block(lines, at, indent):
    if lines[at][2].startswith("- "):
        items = []
        while at < len(lines) and lines[at][1] == indent and lines[at][2].startswith("- "):
            items.append(Flow.parse(lines[at][2][2:].strip()))
            at += 1
        return items, at
    members = {}
    while at < len(lines) and lines[at][1] == indent:
        number, _, body = lines[at]
        match = re.fullmatch(r'("[^"]*"|[^":]+):(?: (.*))?', body)
        if not match:
            raise YAMLError(f"line {number}: {body!r}")
        key = match.group(1).strip('"')
        if key in members:
            raise YAMLError(f"line {number}: `{key}` stands twice")
        at += 1
        if match.group(2):
            try:
                members[key] = Flow.parse(match.group(2).strip())
            except (YAMLError, ValueError) as error:
                raise YAMLError(f"line {number}: {error}") from None
        else:
            if at >= len(lines) or lines[at][1] <= indent and not lines[at][2].startswith("- "):
                raise YAMLError(f"line {number}: `{key}` has no value")
            members[key], at = block(lines, at, lines[at][1])
    return members, at


TYPES = {
    "object": lambda value: isinstance(value, dict),
    "array": lambda value: isinstance(value, list),
    "string": lambda value: isinstance(value, str),
    "integer": lambda value: isinstance(value, int) and not isinstance(value, bool),
    "boolean": lambda value: isinstance(value, bool),
    "null": lambda value: value is None,
}
KNOWN = {
    "type", "properties", "required", "additionalProperties", "items", "enum", "const", "pattern", "minimum", "maximum", "minLength",
    "maxLength", "minItems", "maxItems", "description", "default", "format", "$ref",
}


class Document:
    def __init__(self, text):
        self.root = load(text)

    def resolve(self, value):
        while isinstance(value, dict) and "$ref" in value:
            target = self.root
            for part in value["$ref"].removeprefix("#/").split("/"):
                target = target[part]
            value = target
        return value

    def references(self, value=None):
        value = self.root if value is None else value
        if isinstance(value, dict):
            if isinstance(value.get("$ref"), str):
                yield value["$ref"]
            for member in value.values():
                yield from self.references(member)
        elif isinstance(value, list):
            for item in value:
                yield from self.references(item)

    def operations(self):
        for path, methods in self.root["paths"].items():
            for method, operation in methods.items():
                yield path, method.upper(), operation

    def operation(self, identifier):
        return next(operation for _, _, operation in self.operations() if operation["operationId"] == identifier)

    def answer_schema(self, identifier, status=200):
        responses = self.operation(identifier)["responses"]
        response = self.resolve(responses.get(str(status)) or responses["default"])
        return next(iter(response["content"].values()))["schema"]

    def faults(self, value, schema, path="$"):
        """What about `value` is not as `schema` says; empty when all is."""
        schema = self.resolve(schema)
        unknown = set(schema) - KNOWN
        if unknown:
            raise YAMLError(f"a schema at {path} uses {unknown}, which is not checked")
        types = schema.get("type")
        if types and not any(TYPES[name](value) for name in (types if isinstance(types, list) else [types])):
            return [f"{path}: {value!r} is not {types}"]
        found = []
        if "enum" in schema and value not in schema["enum"]:
            found.append(f"{path}: {value!r} is not one of {schema['enum']}")
        if "const" in schema and value != schema["const"]:
            found.append(f"{path}: {value!r} is not {schema['const']!r}")
        if isinstance(value, str):
            if "pattern" in schema and not re.search(schema["pattern"], value):
                found.append(f"{path}: {value!r} does not match {schema['pattern']}")
            if not schema.get("minLength", 0) <= len(value.encode()) <= schema.get("maxLength", len(value.encode())):
                found.append(f"{path}: length of {value!r}")
        if TYPES["integer"](value) and not schema.get("minimum", value) <= value <= schema.get("maximum", value):
            found.append(f"{path}: {value} is out of range")
        if isinstance(value, list):
            if not schema.get("minItems", 0) <= len(value) <= schema.get("maxItems", len(value)):
                found.append(f"{path}: {len(value)} items")
            for index, item in enumerate(value):
                found += self.faults(item, schema.get("items", {}), f"{path}[{index}]")
        if isinstance(value, dict):
            properties = schema.get("properties", {})
            found += [f"{path}.{name} is missing" for name in schema.get("required", []) if name not in value]
            for name, member in value.items():
                if name in properties:
                    found += self.faults(member, properties[name], f"{path}.{name}")
                elif schema.get("additionalProperties") is False:
                    found.append(f"{path}.{name} is not described")
        return found
