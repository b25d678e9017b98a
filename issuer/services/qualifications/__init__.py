"""Qualification records: reported, corrected, withdrawn, looked at; the persons that they are about."""
