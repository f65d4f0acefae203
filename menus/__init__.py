"""What a person sees and answers: texts, screens, pages, trees. No database, no wire."""
