"""Build-time code: turns raw public files into the tables shipped in ``data``."""
