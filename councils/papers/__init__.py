"""What a body takes into its sitting: dossiers, documents and spreadsheets."""
