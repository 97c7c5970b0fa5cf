"""The programs that are compared: what a user would write with each SDK, and this project's function.

Each is a process of its own. It reads a Task on standard input, lists services and functions of every target, one after
the other but for ours, and prints a Count.
"""
