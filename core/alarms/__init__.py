"""What a person must look at, as rows that are looked at and closed."""
