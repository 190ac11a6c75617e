"""FIGURES → RANKS: pure functions; index formulas as versioned data, ranks, report tables."""
