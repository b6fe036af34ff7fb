"""Everything a person touches: commands, pages, exports."""
