"""HTTP: the JSON API and the pages. Views parse, call one service, and render."""
