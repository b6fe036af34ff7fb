"""The commands of ``siteselect``, one module for each kind of work."""
