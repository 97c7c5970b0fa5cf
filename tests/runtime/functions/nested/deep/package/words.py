"""What the handler says."""

GREETING = "from the package"
