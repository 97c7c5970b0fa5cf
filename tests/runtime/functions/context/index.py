"""Return every field of the context, and what its methods return."""


def _describe(value):
    if isinstance(value, (str, int, float, dict, type(None))):
        return value
    fields = {name: getattr(value, name) for name in dir(value) if not name.startswith("_")}
    return {name: _describe(field) if not callable(field) else "method" for name, field in fields.items()}


def handler(_event, context):
    fields = {name: getattr(context, name) for name in dir(context) if not name.startswith("_")}
    logger = fields.pop("logger")
    described = {name: "method" if callable(field) else _describe(field) for name, field in fields.items()}
    return {**described, "logger": None if logger is None else logger.name}


def methods(_event, context):
    return {"to_json": context.to_json(), "getLogger": context.getLogger().name}
