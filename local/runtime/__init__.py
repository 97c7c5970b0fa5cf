"""What Function Compute does around a handler, on this machine: processes, contexts, credentials, time-outs, triggers."""
