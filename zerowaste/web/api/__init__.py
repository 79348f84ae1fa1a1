"""The JSON API: one module for each noun, all named in `routes.py`."""
