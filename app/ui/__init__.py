"""Words, state, charts and caches of the pages."""
