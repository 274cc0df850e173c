"""What the INSEK office writes in the CMS: pages, pictures, documents (Wagtail)."""
