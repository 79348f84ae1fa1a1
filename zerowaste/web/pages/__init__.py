"""The HTML pages: one module for each noun, all named in `routes.py`."""
