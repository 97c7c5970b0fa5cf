"""A strict local Alibaba Cloud: STS, RAM and Function Compute over HTTP on loopback. It says no by default."""

from local.cloud.fault import Fault
from local.cloud.policy_document import parse_policy, parse_trust_policy
from local.cloud.recording import RecordedRequest
from local.cloud.server import LocalCloud
from local.cloud.world import World
from local.cloud.world_file import WorldError, load_world

__all__ = [
    "Fault",
    "LocalCloud",
    "RecordedRequest",
    "World",
    "WorldError",
    "load_world",
    "parse_policy",
    "parse_trust_policy",
]
