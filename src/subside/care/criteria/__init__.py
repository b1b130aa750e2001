"""Diagnostic criteria as pure functions over answers that may be unknown; own wording, cited."""
