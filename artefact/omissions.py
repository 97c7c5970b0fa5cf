"""What a slim artefact leaves out, and which imports wait there. `make build FULL=1` does neither.

The SDKs import at once what only their asynchronous half, their WebSockets, RSA keys and other sources of credentials
need. Function Compute imports it all in each new instance, before the first event.
"""

from __future__ import annotations

# Packages, by the name that is imported, and libraries in them that none of the function's calls runs.
LEFT_OUT = frozenset(
    {
        "aiofiles",  # credentials from files, asynchronously
        "aiohttp",  # asynchronous calls, with all that follows down to yarl
        "aiohappyeyeballs",
        "aiosignal",
        "async_timeout",
        "attr",
        "attrs",
        "frozenlist",
        "multidict",
        "propcache",
        "yarl",
        "apscheduler",  # credentials of an ECS instance, refreshed in the background
        "tzlocal",
        "cryptography",  # RSA keys as credentials; TLS is Python's own
        "_cffi_backend",
        "websocket",  # APIs over WebSocket
        "charset_normalizer",  # guesses charsets: artefact/stand_ins/charset_normalizer.py
        "typing_extensions",  # newer than Python's own; only msgspec asks, and does without
        "urllib3.contrib.socks",  # SOCKS proxies, which take one more package
        "_yaml",  # YAML by a C library: targets documents are read once, by Python
        "yaml._yaml",
    }
)

# Modules whose import waits until they are used: what is left out, and what is there but not needed by a listing.
DEFERRED = LEFT_OUT | {
    "alibabacloud_credentials.credentials",  # the older of two ways to hold keys
    "alibabacloud_credentials.provider",  # each source of credentials, of which a call uses one
    "alibabacloud_endpoint_util",  # hosts are given (fc_inventory/regions.py)
    "alibabacloud_fc20230330.models",  # answers are read without the SDKs' models (fc_inventory/sdk.py)
    "alibabacloud_fc_open20210406.models",
    "alibabacloud_gateway_fc_util",  # invoking HTTP triggers
    "alibabacloud_gateway_spi",  # signatures of other products' gateways
    "alibabacloud_openapi_util",  # queries of typed calls
    "alibabacloud_tea_openapi.sm3",  # another hash for signatures
    "alibabacloud_tea_openapi.websocket_utils",
    "asyncio",
    "configparser",  # CLI profiles
    "darabonba.utils.xml",  # APIs that answer in XML
    "darabonba.websocket",
    "http.cookies",
    "importlib.metadata",  # whether the package h2 is there
    "ipaddress",  # hosts without a name
    "msgspec._json_schema",  # the published schemas are written by `make schemas`
    "msgspec.inspect",
    "msgspec.msgpack",
    "msgspec.toml",
    "msgspec.yaml",
    "tempfile",
    "urllib.request",  # proxies of the environment, digest authentication
    "urllib3.fields",  # forms
    "urllib3.filepost",
    "zipfile",  # certificates in a zip
}

# Modules of Python whose place one of artefact/stand_ins takes.
REPLACED = {"http.cookiejar": "no_cookies"}


def is_left_out(module: str) -> bool:
    """Tell whether *module* (`yarl._url`) is, or is in, one that is left out."""
    return _place(module, LEFT_OUT) is not None


def is_deferred(module: str, package: str) -> bool:
    """Tell whether the import of *module* waits in a module of *package*; inside of what is deferred it does not."""
    place = _place(module, DEFERRED)
    return place is not None and place != _place(package, DEFERRED)


def _place(module: str, named: frozenset[str]) -> str | None:
    """Return the one of *named* that *module* is, or is in."""
    parts = module.split(".")
    return next((name for count in range(1, len(parts) + 1) if (name := ".".join(parts[:count])) in named), None)
