"""The local side: a strict local cloud, a local Function Compute runtime, and their commands. Never deployed."""
