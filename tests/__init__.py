"""The tests: each layer's in the folder of its name; `house` keeps the habits."""
