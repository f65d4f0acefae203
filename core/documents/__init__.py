"""Tables that people take away: written as CSV, XLSX or PDF, row by row, into an open file."""
