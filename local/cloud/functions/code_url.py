"""The URL that GetFunctionCode gives: for a while it opens the code to whoever has it, as the real one of OSS does."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlencode

from local.cloud.errors import Refusal
from local.cloud.functions.platform import Platform

ROUTE = "/_local/code/{account}/{region}/{function}.zip"
_LIFE = timedelta(minutes=10)
_KEY = secrets.token_bytes(32)


@dataclass(frozen=True)
class CodeAddress:
    """Whose code a URL opens."""

    account_id: str
    region: str
    function: str

    def url(self, cloud_url: str, now: datetime) -> str:
        """Return the URL, good from *now* on."""
        expires = str(int((now + _LIFE).timestamp()))
        path = ROUTE.format(account=self.account_id, region=self.region, function=self.function)
        return f"{cloud_url}{path}?{urlencode({'Expires': expires, 'Signature': self._sign(expires)})}"

    def open(self, platform: Platform, expires: str, signature: str) -> bytes:
        """Return the zip; raises Refusal where the URL was made by nobody or is too old, or the code is gone."""
        if not hmac.compare_digest(signature.encode(), self._sign(expires).encode()):
            raise Refusal(403, "AccessDenied", "the URL is not one that GetFunctionCode gave")
        if platform.clock().timestamp() > int(expires):
            raise Refusal(403, "AccessDenied", "the URL has expired: ask GetFunctionCode for another one")
        deployment = platform.find(self.account_id, self.region, self.function)
        if deployment is None or deployment.archive is None:
            raise Refusal(404, "FunctionNotFound", f"function '{self.function}' has no code any more")
        return deployment.archive.content

    def _sign(self, expires: str) -> str:
        signed = f"{self.account_id}/{self.region}/{self.function}/{expires}"
        return hmac.new(_KEY, signed.encode(), hashlib.sha256).hexdigest()
