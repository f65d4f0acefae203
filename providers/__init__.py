"""What is outside: one folder a provider; it parses, formats and sends, and knows no business."""
