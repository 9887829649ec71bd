"""Migrations of the control store's schema (Alembic)."""
