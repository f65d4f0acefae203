"""Exchange rates: polled, judged, kept, served."""
