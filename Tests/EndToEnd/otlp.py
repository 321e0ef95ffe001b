"""Makes OTLP/JSON export requests."""

import secrets
import time


def value(item):
    if isinstance(item, bool):
        return {"boolValue": item}
    if isinstance(item, int):
        return {"intValue": str(item)}
    if isinstance(item, float):
        return {"doubleValue": item}
    return {"stringValue": item}


def span(name, attributes, trace=None, parent="", start=None, milliseconds=500, error=False):
    start = start or time.time_ns() - milliseconds * 1_000_000
    return {
        "traceId": trace or secrets.token_hex(16), "spanId": secrets.token_hex(8), "parentSpanId": parent, "name": name, "kind": 3,
        "startTimeUnixNano": str(start), "endTimeUnixNano": str(start + milliseconds * 1_000_000),
        "attributes": [{"key": key, "value": value(item)} for key, item in attributes.items()],
        "status": {"code": 2} if error else {},
    }


def request(*spans, service="e2e"):
    return {"resourceSpans": [{
        "resource": {"attributes": [{"key": "service.name", "value": value(service)}]},
        "scopeSpans": [{"scope": {"name": "e2e", "version": "1"}, "spans": list(spans)}],
    }]}
