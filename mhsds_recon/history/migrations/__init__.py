"""The tables of the history, one step after the other; run from code, without an ini file."""
