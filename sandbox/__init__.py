"""A LOCAL WORLD: stand-ins of the platforms and a sample newsroom, as real HTTP servers. Imports nothing of ours."""
