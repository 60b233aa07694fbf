"""Validates, counts, reconciles and signs off a trust's monthly MHSDS submission."""
