"""Whole models by name: the parts joined, the compiled loop, a named parameter set."""
