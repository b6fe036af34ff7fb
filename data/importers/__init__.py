"""Importers: from official source lists to the tables of the project."""
