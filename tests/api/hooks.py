"""What the fuzzer can't know from the description, said to it in hooks."""

import itertools
import re

import schemathesis

_keys: dict = {}
_count = itertools.count()


@schemathesis.hook
def before_call(ctx, case, kwargs):
    """A key that went with another order is refused (422), rightly: a fresh one then.

    The description can't say that a value must not have been used before. What is no
    valid key stays as it is, and must be refused for that.
    """
    # The fuzzer takes a user's `id` for what belongs into `X-Request-Id`, and can't send a number.
    for name, value in (case.headers or {}).items():
        if isinstance(value, int):
            case.headers[name] = str(value)
    if case.operation.label != "POST /orders" or not isinstance(case.body, dict):
        return
    name = next((n for n in case.headers or {} if n.lower() == "idempotency-key"), None)
    key = name and case.headers[name]
    if not isinstance(key, str) or not 1 <= len(key) <= 255 or not key.isascii():
        return
    place = (str(case.body.get("tenant_id")), key.strip())
    body = repr(sorted(case.body.items(), key=repr))
    if _keys.setdefault(place, body) != body:
        case.headers[name] = f"fresh-{next(_count)}"


@schemathesis.hook
def filter_case(ctx, case):
    """Leaves out what a caller may not do and the description can't forbid, and what the
    service never gets to see."""
    query = case.query or {}
    # Whether a key is one depends on the keyspace.
    path = case.path_parameters or {}
    if path.get("keyspace") == "users" and not re.fullmatch("-?[0-9]{1,18}", str(path["key"])):
        return False
    # To JSON `2046.0` is a whole number; in an address it is text, and other text than `2046`.
    if any(
        isinstance(value, float) and value.is_integer()
        for value in [*path.values(), *query.values()]
    ):
        return False
    # A number with a point is refused where it could be read as its neighbour.
    if isinstance(case.body, dict) and any(
        isinstance(value, float) and abs(value) >= 2**48 for value in case.body.values()
    ):
        return False
    # Rocket drops a header whose value is not UTF-8 before the service sees the request, so
    # that what is optional is then missing. HTTP itself calls such values obsolete.
    return all(str(value).isascii() for value in (case.headers or {}).values())
