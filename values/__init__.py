"""What everybody speaks of: ids, numbers, money, faults. Pure: it imports nobody of ours."""
