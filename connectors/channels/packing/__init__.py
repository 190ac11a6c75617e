"""Hand-over packages: a body as blocks, a Word file, pictures and covers, and one ZIP whose bytes never change."""
