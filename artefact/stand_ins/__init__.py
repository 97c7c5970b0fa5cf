"""Modules that ship in a slim artefact, in place of packages or beside them."""
