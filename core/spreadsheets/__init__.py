"""Files of rows that people bring: CSV and XLSX, read as cells with their places."""
