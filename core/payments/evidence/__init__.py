"""What proves a payment: the networks' confirmation texts, read into fields."""
