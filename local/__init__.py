"""The local side of the project: a strict local Alibaba Cloud, a local Function Compute runtime, the command line. Never deployed."""
