"""THE COMMAND: `kepu …`, thin."""
