"""What runs inside the function's own process: standard library only, any Python from 3.9 on."""
