"""Account B's function: assume account A's role, list its Function Compute services and functions, answer in JSON."""
