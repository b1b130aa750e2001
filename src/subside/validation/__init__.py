"""Published protocol in, verdict out; and the scripts that fit parameters to published figures."""
