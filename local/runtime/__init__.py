"""What Function Compute does around a handler, here: processes, contexts, credentials, time-outs, triggers."""
