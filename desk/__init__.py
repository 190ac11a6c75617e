"""THE WEB DESK: pages, JSON, feeds out. Each page is one small function: read, call, render."""
