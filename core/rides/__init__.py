"""Rides by motorcycle taxi: fares, bookings, riders on duty, offers, and the ride itself."""
